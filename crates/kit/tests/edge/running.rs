//! A server for one test on a free port, and the client's side of a call.

use std::net::SocketAddr;

use prost::Message;
use taper_kit::serve::Drained;
use taper_kit::{Clock, Gate, Listener, Services, Tls, serve};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::transport::Channel;
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;
use tonic_types::StatusExt;

use crate::probe::Probe;

pub struct Running {
    pub address: SocketAddr,
    pub probe: Probe,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<Drained>,
}

impl Running {
    pub async fn start() -> Self {
        Self::start_with(None, Gate::open()).await
    }

    pub async fn start_with(tls: Option<Tls>, gate: Gate) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let probe = Probe::default();
        let (stop, stopped) = oneshot::channel::<()>();
        let services = Services::new(&[]).unwrap().with(probe.clone()).behind(gate);
        let listener = match tls {
            Some(tls) => Listener::with_tls(listener, tls),
            None => listener.into(),
        };
        let ended = tokio::spawn(async move {
            let stopped = async { stopped.await.unwrap() };
            serve(listener, services, Clock::system(), stopped).await.unwrap()
        });
        Self { address, probe, stop, ended }
    }

    pub async fn channel(&self) -> Channel {
        Channel::from_shared(format!("http://{}", self.address)).unwrap().connect().await.unwrap()
    }

    /// Tells the server to stop; what it returns ends with the server.
    pub fn stop(self) -> JoinHandle<Drained> {
        self.stop.send(()).unwrap();
        self.ended
    }
}

/// Calls a method of the probe with a text.
pub async fn call(channel: &Channel, method: &str, text: &str) -> Result<Response<String>, Status> {
    send(channel, &format!("/taper.test.v1.Probe/{method}"), Request::new(text.to_owned())).await
}

/// The same with a `grpc-timeout`, by a client that waits for whatever the server says.
///
/// tonic's client ends such a call by itself, and says CANCELLED.
pub async fn call_within(address: SocketAddr, timeout: &str, method: &str, text: &str) -> Result<String, Status> {
    let stream = TcpStream::connect(address).await.unwrap();
    let (client, connection) = h2::client::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    let request = http::Request::post(format!("http://{address}/taper.test.v1.Probe/{method}"))
        .header("content-type", "application/grpc")
        .header("grpc-timeout", timeout)
        .body(())
        .unwrap();
    let (answer, mut body) = client.ready().await.unwrap().send_request(request, false).unwrap();
    let message = text.to_owned().encode_to_vec();
    let head = [&[0], u32::try_from(message.len()).unwrap().to_be_bytes().as_slice()].concat();
    body.send_data([head, message].concat().into(), true).unwrap();

    let answer = answer.await.unwrap();
    if let Some(status) = Status::from_header_map(answer.headers()) {
        return Err(status);
    }
    let data = answer.into_body().data().await.unwrap().unwrap();
    Ok(String::decode(&data[5..]).unwrap())
}

/// Sends any message to any path; the answer is read as one text.
pub async fn send<M>(channel: &Channel, path: &str, request: Request<M>) -> Result<Response<String>, Status>
where
    M: Message + Default + 'static,
{
    let mut client = tonic::client::Grpc::new(channel.clone()).max_decoding_message_size(16 << 20);
    client.ready().await.unwrap();
    client.unary(request, path.parse().unwrap(), ProstCodec::<M, String>::default()).await
}

pub fn reason(status: &Status) -> String {
    let info = status.get_details_error_info().unwrap_or_else(|| panic!("no ErrorInfo: {status:?}"));
    assert_eq!(info.domain, "taper");
    info.reason
}

pub fn header<'s>(status: &'s Status, name: &str) -> &'s str {
    status.metadata().get(name).unwrap().to_str().unwrap()
}
