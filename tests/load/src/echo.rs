//! A bare tonic echo of fixed sizes: what gRPC alone costs on this machine.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use anyhow::Result;
use prost_types::Any;
use tonic::body::Body;
use tonic::codegen::http;
use tonic::transport::server::TcpIncoming;
use tonic_prost::ProstCodec;

use crate::measured::{Counted, Load, Measured, summary};
use crate::server::Server;

#[derive(Clone)]
struct Echo {
    response: Any,
}

struct Answer(Any);

impl tonic::server::UnaryService<Any> for Answer {
    type Response = Any;
    type Future = Pin<Box<dyn Future<Output = Result<tonic::Response<Any>, tonic::Status>> + Send>>;

    fn call(&mut self, _: tonic::Request<Any>) -> Self::Future {
        let answer = self.0.clone();
        Box::pin(async move { Ok(tonic::Response::new(answer)) })
    }
}

impl tonic::server::NamedService for Echo {
    const NAME: &'static str = "taper.load.Echo";
}

impl tower::Service<http::Request<Body>> for Echo {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let answer = Answer(self.response.clone());
        Box::pin(async move {
            let mut grpc = tonic::server::Grpc::new(ProstCodec::<Any, Any>::default());
            Ok(grpc.unary(answer, request).await)
        })
    }
}

fn message(bytes: usize) -> Any {
    Any { type_url: String::new(), value: vec![7; bytes] }
}

/// Serves until the process is ended; prints its address in one line first.
pub async fn serve(response_bytes: usize) -> Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    let echo = Echo { response: message(response_bytes) };
    tonic::transport::Server::builder().add_service(echo).serve_with_incoming(incoming).await?;
    Ok(())
}

/// Offers the load to the echo.
pub async fn load(load: Load, server: &Server, request_bytes: usize) -> Result<Measured> {
    let (cpu, started) = (server.cpu_us(), Instant::now());
    let mut callers = Vec::new();
    for _ in 0..load.connections {
        let channel = tonic::transport::Channel::from_shared(server.address.clone())?.connect().await?;
        for _ in 0..load.in_flight {
            callers.push(tokio::spawn(call_until(channel.clone(), started + load.time, request_bytes)));
        }
    }
    let mut counted = Vec::new();
    for caller in callers {
        counted.push(caller.await??);
    }
    summary(counted, started.elapsed(), (server.cpu_us() - cpu) as f64, 0.0)
}

async fn call_until(channel: tonic::transport::Channel, end: Instant, request_bytes: usize) -> Result<Counted> {
    let mut client = tonic::client::Grpc::new(channel).max_decoding_message_size(16 << 20);
    let mut counted = Counted::new()?;
    let path = http::uri::PathAndQuery::from_static("/taper.load.Echo/Call");
    while Instant::now() < end {
        let since = Instant::now();
        client.ready().await?;
        let request = tonic::Request::new(message(request_bytes));
        let answer = client.unary(request, path.clone(), ProstCodec::<Any, Any>::default()).await?.into_inner();
        anyhow::ensure!(!answer.value.is_empty(), "the echo came back empty");
        counted.note(since);
    }
    Ok(counted)
}
