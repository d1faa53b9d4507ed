//! The limits, as they hold on a connection.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use taper_core::limits;
use taper_kit::ServerLimits;
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_types::StatusExt;

use crate::running::{Running, call, reason};

#[test]
fn the_servers_limits_are_those_of_the_table() {
    let read_back = ServerLimits::of_table();
    let expected = ServerLimits {
        concurrent_streams_max: 100,
        local_error_reset_streams_max: 1024,
        pending_accept_reset_streams_max: 20,
        header_list_bytes_max: 16384,
        frame_bytes_max: 16384,
        stream_window_bytes: 524_288,
        connection_window_bytes: 2_097_152,
        keepalive_interval: Duration::from_secs(30),
        keepalive_timeout: Duration::from_secs(10),
        connection_age_max: Duration::from_secs(900),
        tcp_nodelay: true,
    };
    assert_eq!(read_back, expected);
    assert_eq!(limits::CONCURRENT_STREAMS_MAX, u64::from(read_back.concurrent_streams_max));
    assert_eq!(limits::CONNECTION_AGE_SECONDS_MAX, read_back.connection_age_max.as_secs());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_connection_is_told_the_limits_of_the_table() {
    let server = Running::start().await;
    let address = server.address;
    let settings = tokio::task::spawn_blocking(move || settings_of(address)).await.unwrap();
    let value = |id: u16| settings.iter().find(|(found, _)| *found == id).map(|(_, value)| u64::from(*value));
    assert_eq!(value(3), Some(limits::CONCURRENT_STREAMS_MAX), "SETTINGS_MAX_CONCURRENT_STREAMS");
    assert_eq!(value(4), Some(limits::STREAM_WINDOW_BYTES), "SETTINGS_INITIAL_WINDOW_SIZE");
    assert_eq!(value(5), Some(limits::FRAME_BYTES_MAX), "SETTINGS_MAX_FRAME_SIZE");
    assert_eq!(value(6), Some(limits::HEADER_LIST_BYTES_MAX), "SETTINGS_MAX_HEADER_LIST_SIZE");
}

/// The pairs of the SETTINGS frame that a server sends first.
fn settings_of(address: SocketAddr) -> Vec<(u16, u32)> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").unwrap();
    let mut head = [0; 9];
    stream.read_exact(&mut head).unwrap();
    assert_eq!(head[3], 4, "the first frame is SETTINGS");
    let mut payload = vec![0; usize::from(head[1]) * 256 + usize::from(head[2])];
    stream.read_exact(&mut payload).unwrap();
    let pair = |p: &[u8]| (u16::from_be_bytes([p[0], p[1]]), u32::from_be_bytes([p[2], p[3], p[4], p[5]]));
    payload.chunks_exact(6).map(pair).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_larger_than_its_limit_is_resource_exhausted() {
    let server = Running::start().await;
    let channel = server.channel().await;
    // A text of n bytes is a message of n + 4: its tag and three bytes of length.
    let largest = limits::REQUEST_BYTES_MAX as usize - 4;
    let answer = call(&channel, "GetEcho", &"x".repeat(largest)).await.unwrap();
    assert_eq!(answer.get_ref().len(), largest);
    for length in [largest + 1, 1 << 20, 5 << 20] {
        let status = call(&channel, "GetEcho", &"x".repeat(length)).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (Code::ResourceExhausted, "LIMIT_EXCEEDED"), "{length}");
        let metadata = status.get_details_error_info().unwrap().metadata;
        assert_eq!(metadata.get("bytes_max").map(String::as_str), Some("262144"));
        assert!(status.get_details_retry_info().is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_larger_than_its_limit_is_resource_exhausted() {
    let server = Running::start().await;
    let channel = server.channel().await;
    // As above: 4 194 300 bytes need four bytes of length.
    let largest = limits::RESPONSE_BYTES_MAX as usize - 5;
    let answer = call(&channel, "GetBig", &largest.to_string()).await.unwrap();
    assert_eq!(answer.get_ref().len(), largest);
    let status = call(&channel, "GetBig", &(largest + 1).to_string()).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::ResourceExhausted, "LIMIT_EXCEEDED"));
    assert!(status.message().contains("4194304"), "{}", status.message());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_call_more_than_the_server_takes_is_refused_and_health_still_answers() {
    let server = Running::start().await;
    let calls_max = limits::CALLS_AT_ONCE_MAX as usize;
    let mut waiting = Vec::new();
    let mut channel = server.channel().await;
    for index in 0..calls_max {
        if index % limits::CONCURRENT_STREAMS_MAX as usize == 0 {
            channel = server.channel().await;
        }
        let channel = channel.clone();
        waiting.push(tokio::spawn(async move { call(&channel, "CreateGated", "").await.map(|_| ()) }));
    }
    server.probe.until_begun(calls_max).await;

    let channel = server.channel().await;
    let status = call(&channel, "GetEcho", "").await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::ResourceExhausted, "OVERLOADED"));
    assert!(status.get_details_retry_info().unwrap().retry_delay.is_some());
    HealthClient::new(channel.clone()).check(HealthCheckRequest::default()).await.unwrap();

    server.probe.gate.add_permits(calls_max);
    for call in waiting {
        call.await.unwrap().unwrap();
    }
    call(&channel, "GetEcho", "").await.unwrap();
}
