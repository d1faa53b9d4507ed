//! Calls of any method by its path and bytes, as the contract describes them, so that a new one cannot be forgotten.

use std::sync::LazyLock;

use prost_reflect::{DescriptorPool, MethodDescriptor};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::metadata::{KeyAndValueRef, MetadataMap};
use tonic::transport::Channel;
use tonic::{Request, Status};

/// The whole contract.
pub fn pool() -> DescriptorPool {
    static POOL: LazyLock<DescriptorPool> =
        LazyLock::new(|| DescriptorPool::decode(taper_api::FILE_DESCRIPTOR_SET).expect("our own descriptors"));
    POOL.clone()
}

/// Every method of the contract.
pub fn methods() -> Vec<MethodDescriptor> {
    let pool = pool();
    let services = pool.services().filter(|service| service.package_name() == "taper.v1");
    let methods: Vec<MethodDescriptor> = services.flat_map(|service| service.methods().collect::<Vec<_>>()).collect();
    assert!(methods.len() >= 38, "only {} methods", methods.len());
    methods
}

/// `/taper.v1.PatientService/GetPatient`.
pub fn path_of(method: &MethodDescriptor) -> String {
    format!("/{}/{}", method.parent_service().full_name(), method.name())
}

/// Sends a message's bytes to a path, and gives the bytes of every message of the answer.
pub async fn call(
    channel: &Channel,
    path: &str,
    message: Vec<u8>,
    headers: MetadataMap,
) -> Result<Vec<Vec<u8>>, Status> {
    call_whole(channel, path, message, headers).await.map(|(answers, _)| answers)
}

/// The same, with the headers and the trailers of the answer.
pub async fn call_whole(
    channel: &Channel,
    path: &str,
    message: Vec<u8>,
    headers: MetadataMap,
) -> Result<(Vec<Vec<u8>>, MetadataMap), Status> {
    let mut client = tonic::client::Grpc::new(channel.clone());
    client.ready().await.map_err(|fault| Status::unavailable(fault.to_string()))?;
    let mut request = Request::new(Raw(message));
    *request.metadata_mut() = headers;
    let path = path.parse::<PathAndQuery>().expect("a path");
    // A unary answer is a stream of one message.
    let (mut around, mut stream, _) = client.server_streaming(request, path, RawCodec).await?.into_parts();
    let mut answers = Vec::new();
    while let Some(Raw(answer)) = stream.message().await? {
        answers.push(answer);
    }
    let trailers = stream.trailers().await?.unwrap_or_default();
    for one in trailers.iter() {
        match one {
            KeyAndValueRef::Ascii(key, value) => drop(around.append(key, value.clone())),
            KeyAndValueRef::Binary(key, value) => drop(around.append_bin(key, value.clone())),
        }
    }
    Ok((answers, around))
}

/// Bytes that are sent and received as they are.
struct Raw(Vec<u8>);

#[derive(Clone, Copy)]
struct RawCodec;

impl tonic::codec::Codec for RawCodec {
    type Encode = Raw;
    type Decode = Raw;
    type Encoder = RawCodec;
    type Decoder = RawCodec;

    fn encoder(&mut self) -> RawCodec {
        RawCodec
    }

    fn decoder(&mut self) -> RawCodec {
        RawCodec
    }
}

impl tonic::codec::Encoder for RawCodec {
    type Item = Raw;
    type Error = Status;

    fn encode(&mut self, item: Raw, buffer: &mut tonic::codec::EncodeBuf<'_>) -> Result<(), Status> {
        bytes::BufMut::put_slice(buffer, &item.0);
        Ok(())
    }
}

impl tonic::codec::Decoder for RawCodec {
    type Item = Raw;
    type Error = Status;

    fn decode(&mut self, buffer: &mut tonic::codec::DecodeBuf<'_>) -> Result<Option<Raw>, Status> {
        let mut bytes = vec![0; bytes::Buf::remaining(buffer)];
        bytes::Buf::copy_to_slice(buffer, &mut bytes);
        Ok(Some(Raw(bytes)))
    }
}
