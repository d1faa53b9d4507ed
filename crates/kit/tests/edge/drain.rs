//! The end of a server, in good order.

use std::time::Duration;

use taper_kit::serve::Drained;
use tokio::net::TcpStream;
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::running::{Running, call, reason};

async fn health(client: &mut HealthClient<tonic::transport::Channel>, service: &str) -> ServingStatus {
    let request = HealthCheckRequest { service: service.to_owned() };
    client.check(request).await.unwrap().into_inner().status()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drain_says_not_serving_takes_no_connection_and_finishes_the_calls_at_work() {
    let server = Running::start().await;
    let (address, probe) = (server.address, server.probe.clone());
    let channel = server.channel().await;
    let mut client = HealthClient::new(channel.clone());
    assert_eq!(health(&mut client, "").await, ServingStatus::Serving);
    assert_eq!(health(&mut client, "taper.test.v1.Probe").await, ServingStatus::Serving);

    let mut watch = client.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
    assert_eq!(watch.message().await.unwrap().unwrap().status(), ServingStatus::Serving);

    let at_work = tokio::spawn(async move { call(&channel, "CreateGated", "done").await });
    probe.until_begun(1).await;
    let ended = server.stop();
    assert_eq!(watch.message().await.unwrap().unwrap().status(), ServingStatus::NotServing);
    assert_eq!(health(&mut client, "taper.test.v1.Probe").await, ServingStatus::NotServing);

    let closed = async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), closed).await.expect("the listener is still open");
    assert!(!at_work.is_finished());
    probe.gate.add_permits(1);
    assert_eq!(at_work.await.unwrap().unwrap().get_ref(), "done");
    assert_eq!(ended.await.unwrap(), Drained::Whole);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drain_waits_for_work_whose_caller_has_gone() {
    let server = Running::start().await;
    let probe = server.probe.clone();
    let channel = server.channel().await;
    let caller = tokio::spawn(async move { call(&channel, "CreateSlow", "1500").await });
    probe.until_begun(1).await;
    caller.abort();
    assert_eq!(server.stop().await.unwrap(), Drained::Whole);
    assert_eq!(probe.done.load(std::sync::atomic::Ordering::SeqCst), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drain_tells_those_who_watch_health_and_ends_their_streams() {
    let server = Running::start().await;
    let mut client = HealthClient::new(server.channel().await);
    let mut watch = client.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
    assert_eq!(watch.message().await.unwrap().unwrap().status(), ServingStatus::Serving);
    let ended = server.stop();
    assert_eq!(watch.message().await.unwrap().unwrap().status(), ServingStatus::NotServing);
    let end = tokio::time::timeout(Duration::from_secs(5), watch.message()).await;
    let status = end.expect("the stream is still open").unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Unavailable, "SHUTTING_DOWN"));
    drop(client);
    let drained = tokio::time::timeout(Duration::from_secs(5), ended).await.unwrap();
    assert_eq!(drained.unwrap(), Drained::Whole);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_asks_for_the_stop() {
    let mut requested = Box::pin(taper_kit::stop::requested().unwrap());
    let early = tokio::time::timeout(Duration::from_millis(50), &mut requested).await;
    assert!(early.is_err(), "nobody has asked yet");
    let kill = std::process::Command::new("kill").arg("-TERM").arg(std::process::id().to_string()).status();
    assert!(kill.unwrap().success());
    tokio::time::timeout(Duration::from_secs(5), requested).await.unwrap();
}
