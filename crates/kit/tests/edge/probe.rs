//! A service of a few methods that answer, refuse, panic or take their time; a message is one text.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use taper_core::refusal::{Reason, Refusal, Violations};
use taper_kit::access::Peer;
use taper_kit::{Call, server_stream, unary};
use tokio::sync::Semaphore;
use tonic::body::Body;
use tonic::codegen::BoxStream;
use tonic::server::{Grpc, NamedService};
use tonic_prost::ProstCodec;
use tower::Service;

#[derive(Clone)]
pub struct Probe {
    pub begun: Arc<AtomicUsize>,
    pub done: Arc<AtomicUsize>,
    /// `CreateGated` waits for a permit of this.
    pub gate: Arc<Semaphore>,
}

impl Default for Probe {
    fn default() -> Self {
        Self { begun: Arc::default(), done: Arc::default(), gate: Arc::new(Semaphore::new(0)) }
    }
}

impl Probe {
    /// Waits until so many units of work have been done.
    pub async fn until_done(&self, count: usize) {
        until(&self.done, count).await;
    }

    /// Waits until so many units of work have begun.
    pub async fn until_begun(&self, count: usize) {
        until(&self.begun, count).await;
    }
}

async fn until(counter: &AtomicUsize, count: usize) {
    let waiting = async {
        while counter.load(Ordering::SeqCst) < count {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let seen = || counter.load(Ordering::SeqCst);
    tokio::time::timeout(Duration::from_secs(20), waiting).await.unwrap_or_else(|_| panic!("{} of {count}", seen()));
}

impl NamedService for Probe {
    const NAME: &'static str = "taper.test.v1.Probe";
}

impl Service<http::Request<Body>> for Probe {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let probe = self.clone();
        let method = request.uri().path().rsplit('/').next().unwrap().to_owned();
        Box::pin(async move {
            if method == "GetNothing" {
                // As the generated servers answer a method that they do not have.
                return Ok(tonic::Status::unimplemented("").into_http());
            }
            let peer = request.extensions().get::<Peer>().and_then(|peer| peer.certificate);
            let codec = ProstCodec::<String, String>::default();
            if method == "StreamEndless" {
                let handler = tower::service_fn(|request| server_stream(request, |_, text| endless(text)));
                return Ok(Grpc::new(codec).server_streaming(handler, request).await);
            }
            let handler = tower::service_fn(move |request: tonic::Request<String>| {
                let (probe, method) = (probe.clone(), method.clone());
                unary(request, move |call, text| async move {
                    match method.as_str() {
                        "GetPeer" => Ok(format!("{peer:?}")),
                        method => probe.handle(method, call, text).await,
                    }
                })
            });
            Ok(Grpc::new(codec).unary(handler, request).await)
        })
    }
}

/// The same text again and again: one is always ready.
async fn endless(text: String) -> Result<BoxStream<String>, Refusal> {
    Ok(Box::pin(tokio_stream::iter(std::iter::repeat(Ok(text)))))
}

impl Probe {
    async fn handle(&self, method: &str, call: Call, text: String) -> Result<String, Refusal> {
        match method {
            "GetEcho" => Ok(text),
            "GetCall" => Ok(format!("{} {}", call.id, call.remaining().as_millis())),
            "GetBig" => Ok("x".repeat(text.parse().unwrap())),
            "GetPanic" => panic!("Ann Miller"),
            // As after a commit that wrote the event down with the change.
            "CreateThenPanic" => {
                call.mark_recorded();
                panic!("Ann Miller");
            }
            "GetFault" => Err(Refusal::new(Reason::Internal, "Ann Miller")),
            "GetRefusal" => {
                let mut violations = Violations::new();
                violations.add("first", "is missing");
                violations.add("second[0].third", "is 11; 0 to 10 are possible");
                violations.finish().map(|()| String::new())
            }
            "CreateSlow" => {
                self.begun.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(text.parse().unwrap())).await;
                self.done.fetch_add(1, Ordering::SeqCst);
                Ok(text)
            }
            "CreateGated" => {
                self.begun.fetch_add(1, Ordering::SeqCst);
                let _permit = self.gate.acquire().await;
                self.done.fetch_add(1, Ordering::SeqCst);
                Ok(text)
            }
            other => panic!("no method {other}"),
        }
    }
}
