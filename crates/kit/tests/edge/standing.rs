//! Access ends on an open stream too: when the key ends, and when it is found to be worth nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use taper_core::access::{Grant, Known, Principal, Role};
use taper_core::refusal::{Reason, Refusal};
use taper_kit::Gate;
use taper_kit::access::{Credentials, Who};
use tonic::{Code, Request, Status};
use tonic_prost::ProstCodec;

use crate::recorded::table;
use crate::running::{Running, reason};

/// Knows one key, until it ends, and counts how often it is asked.
#[derive(Clone)]
struct OneKey {
    expires_at: Timestamp,
    asked: Arc<AtomicUsize>,
}

#[tonic::async_trait]
impl Who for OneKey {
    async fn identify(&self, shown: Credentials<'_>, now: Timestamp, _: Instant) -> Result<Arc<Principal>, Refusal> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if shown.authorization != [b"Bearer good".as_slice()] || now >= self.expires_at {
            return Err(Refusal::new(Reason::NotAuthenticated, "There is no valid key."));
        }
        Ok(Arc::new(Principal::Known(Known {
            subject: "key:one".into(),
            role: Role::ClinicAdmin,
            clinic: Some("north".parse().unwrap()),
            scopes: None,
            therapist: None,
            certificate: None,
            expires_at: Some(self.expires_at),
        })))
    }

    async fn grant(&self, _: &Principal, _: Timestamp, _: Instant) -> Result<Option<Grant>, Refusal> {
        Ok(None)
    }
}

async fn running(milliseconds: i64) -> (Running, OneKey) {
    let expires_at = Timestamp::now() + SignedDuration::from_millis(milliseconds);
    let key = OneKey { expires_at, asked: Arc::default() };
    let gate = Gate::open().with_table(table()).with_login(key.clone());
    (Running::start_with(None, gate).await, key)
}

/// Reads a stream for so long, or to its end.
async fn read(server: &Running, path: &str, text: &str, within: Duration) -> (usize, Option<Status>) {
    let mut client = tonic::client::Grpc::new(server.channel().await);
    client.ready().await.unwrap();
    let mut request = Request::new(text.to_owned());
    request.metadata_mut().insert("authorization", "Bearer good".parse().unwrap());
    let codec = ProstCodec::<String, String>::default();
    let answer = client.server_streaming(request, path.parse().unwrap(), codec).await.unwrap();
    let (mut stream, mut count) = (answer.into_inner(), 0);
    let reading = async {
        loop {
            match stream.message().await {
                Ok(Some(_)) => count += 1,
                Ok(None) => return None,
                Err(status) => return Some(status),
            }
        }
    };
    let ended = tokio::time::timeout(within, reading).await.unwrap_or(None);
    (count, ended)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_always_has_a_message_ready_ends_when_the_key_does() {
    let (server, key) = running(700).await;
    let (count, ended) = read(&server, "/taper.test.v1.Probe/StreamEndless", "x", Duration::from_secs(15)).await;
    let ended = ended.expect("the stream did not end");
    assert_eq!((ended.code(), reason(&ended).as_str()), (Code::Unauthenticated, "NOT_AUTHENTICATED"));
    assert!(count > 0 && Timestamp::now() >= key.expires_at, "{count} messages");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_health_watch_ends_when_the_key_does() {
    let (server, key) = running(700).await;
    // The empty message asks for the whole server; its answers are no texts, so the first would end the stream here.
    let mut client = tonic_health::pb::health_client::HealthClient::new(server.channel().await);
    let mut request = Request::new(tonic_health::pb::HealthCheckRequest::default());
    request.metadata_mut().insert("authorization", "Bearer good".parse().unwrap());
    let mut stream = client.watch(request).await.unwrap().into_inner();
    assert!(stream.message().await.unwrap().is_some());
    let ended = tokio::time::timeout(Duration::from_secs(15), stream.message()).await.unwrap().unwrap_err();
    assert_eq!(reason(&ended), "NOT_AUTHENTICATED");
    assert!(Timestamp::now() >= key.expires_at);
    assert_eq!(key.asked.load(Ordering::SeqCst), 3, "at its beginning twice, and when the key ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_of_a_key_that_lives_goes_on() {
    let (server, key) = running(60_000).await;
    let (count, ended) = read(&server, "/taper.test.v1.Probe/StreamEndless", "x", Duration::from_secs(2)).await;
    assert!(ended.is_none() && count > 0, "{ended:?} after {count}");
    assert_eq!(key.asked.load(Ordering::SeqCst), 2);
}
