//! What a caller reads when a call does not end well.

use std::sync::atomic::Ordering;
use std::time::Duration;

use taper_kit::serve::Drained;
use tonic::{Code, Request};
use tonic_types::StatusExt;

use crate::running::{Running, call, call_within, header, reason, send};

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_ends_well_is_answered_and_carries_its_id() {
    let server = Running::start().await;
    let answer = call(&server.channel().await, "GetEcho", "moin").await.unwrap();
    assert_eq!(answer.get_ref(), "moin");
    let id = answer.metadata().get("x-request-id").unwrap().to_str().unwrap();
    assert_eq!(uuid::Uuid::parse_str(id).unwrap().get_version_num(), 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_knows_its_calls_id_and_the_time_that_is_left() {
    let server = Running::start().await;
    let mut request = Request::new(String::new());
    request.metadata_mut().insert("x-request-id", "tablet-7".parse().unwrap());
    let channel = server.channel().await;
    let answer = send(&channel, "/taper.test.v1.Probe/GetCall", request).await.unwrap();
    assert_eq!(answer.metadata().get("x-request-id").unwrap(), "tablet-7");
    let (id, ms) = answer.get_ref().split_once(' ').unwrap();
    assert_eq!(id, "tablet-7");
    assert!((4000..=5000).contains(&ms.parse::<u64>().unwrap()), "{ms} ms: a read has 5 s");

    let shorter = call_within(server.address, "800m", "GetCall", "").await.unwrap();
    let ms: u64 = shorter.split_once(' ').unwrap().1.parse().unwrap();
    assert!((400..=800).contains(&ms), "{ms} ms: the caller allowed 800");
    let longer = call_within(server.address, "1M", "GetCall", "").await.unwrap();
    let ms: u64 = longer.split_once(' ').unwrap().1.parse().unwrap();
    assert!((4000..=5000).contains(&ms), "{ms} ms: a read has 5 s, whatever the caller allows");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_names_all_fields_and_its_reason() {
    let server = Running::start().await;
    let status = call(&server.channel().await, "GetRefusal", "").await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::InvalidArgument, "INVALID_FIELDS"));
    let fields: Vec<String> =
        status.get_details_bad_request().unwrap().field_violations.into_iter().map(|v| v.field).collect();
    assert_eq!(fields, ["first", "second[0].third"]);
    assert!(!header(&status, "x-request-id").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_deadline_is_deadline_exceeded_and_the_work_goes_on() {
    let server = Running::start().await;
    for _ in 0..20 {
        let status = call_within(server.address, "100m", "CreateGated", "").await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (Code::DeadlineExceeded, "DEADLINE_EXCEEDED"));
    }
    // On a busy machine a deadline may pass before the handler begins; what has begun must end.
    let begun = server.probe.begun.load(Ordering::SeqCst);
    assert!(begun > 0);
    assert_eq!(server.probe.done.load(Ordering::SeqCst), 0);
    server.probe.gate.add_permits(begun);
    server.probe.until_done(begun).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_without_a_deadline_gets_ours() {
    let server = Running::start().await;
    let begin = std::time::Instant::now();
    let status = call(&server.channel().await, "CreateGated", "").await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::DeadlineExceeded, "DEADLINE_EXCEEDED"));
    assert!((9..=12).contains(&begin.elapsed().as_secs()), "a write has 10 s, this took {:?}", begin.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn work_whose_caller_hangs_up_goes_on() {
    let server = Running::start().await;
    let channel = server.channel().await;
    for round in 1..=20 {
        let channel = channel.clone();
        let caller = tokio::spawn(async move { call(&channel, "CreateGated", "").await });
        server.probe.until_begun(round).await;
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
    }
    // Time for the resets to arrive, which would end the work if anything did.
    tokio::time::sleep(Duration::from_millis(200)).await;
    server.probe.gate.add_permits(20);
    server.probe.until_done(20).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grpc_timeout_that_is_none_is_refused() {
    let server = Running::start().await;
    let mut request = Request::new(String::new());
    request.metadata_mut().insert("grpc-timeout", "soon".parse().unwrap());
    let status = send(&server.channel().await, "/taper.test.v1.Probe/GetEcho", request).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::InvalidArgument, "MALFORMED_REQUEST"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_does_not_decode_is_invalid_argument() {
    let server = Running::start().await;
    let not_text = Request::new(vec![0xff_u8, 0xfe]);
    let status = send(&server.channel().await, "/taper.test.v1.Probe/GetEcho", not_text).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::InvalidArgument, "MALFORMED_REQUEST"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_method_or_service_is_unimplemented_and_says_where_to_look() {
    let server = Running::start().await;
    let channel = server.channel().await;
    for path in ["/taper.test.v1.Probe/GetNothing", "/taper.v9.Nothing/Get", "/Nothing/Get"] {
        let status = send(&channel, path, Request::new(String::new())).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (Code::Unimplemented, "UNKNOWN_METHOD"), "{path}");
        assert!(status.message().contains("reflection"), "{}", status.message());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compressed_request_is_refused_with_the_reason_in_words() {
    let server = Running::start().await;
    let mut request = Request::new(String::new());
    request.metadata_mut().insert("grpc-encoding", "gzip".parse().unwrap());
    let status = send(&server.channel().await, "/taper.test.v1.Probe/GetEcho", request).await.unwrap_err();
    assert_eq!(status.code(), Code::Unimplemented);
    assert!(status.message().contains("grpc-encoding"), "{}", status.message());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_or_a_fault_gives_the_request_id_and_nothing_else() {
    let server = Running::start().await;
    let channel = server.channel().await;
    for method in ["GetPanic", "GetFault"] {
        let status = call(&channel, method, "").await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (Code::Internal, "INTERNAL"));
        let id = header(&status, "x-request-id");
        assert!(!id.is_empty() && status.message().contains(id), "{}", status.message());
        let metadata = status.get_details_error_info().unwrap().metadata;
        assert_eq!(metadata.into_iter().collect::<Vec<_>>(), [("request_id".to_owned(), id.to_owned())]);
        assert!(!format!("{status:?}").contains("Miller"));
    }
    assert_eq!(call(&channel, "GetEcho", "still here").await.unwrap().get_ref(), "still here");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_health_of_an_unknown_service_is_not_found_with_our_details() {
    let server = Running::start().await;
    let mut client = tonic_health::pb::health_client::HealthClient::new(server.channel().await);
    let request = tonic_health::pb::HealthCheckRequest { service: "nothing".to_owned() };
    let status = client.check(request).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::NotFound, "RESOURCE_NOT_FOUND"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_never_ends_is_ended_by_its_deadline_and_leaves_nothing_behind() {
    let server = Running::start().await;
    let stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
    let (client, connection) = h2::client::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    let request = http::Request::post(format!("http://{}/taper.test.v1.Probe/GetEcho", server.address))
        .header("content-type", "application/grpc")
        .header("grpc-timeout", "50m")
        .body(())
        .unwrap();
    let (answer, _never_ended) = client.ready().await.unwrap().send_request(request, false).unwrap();
    let status = tonic::Status::from_header_map(answer.await.unwrap().headers()).unwrap();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::DeadlineExceeded, "DEADLINE_EXCEEDED"));

    let drained = tokio::time::timeout(Duration::from_secs(5), server.stop()).await;
    assert_eq!(drained.expect("a handler still waits for the request").unwrap(), Drained::Whole);
}
