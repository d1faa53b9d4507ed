//! Those who come without gRPC.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::running::Running;

/// Sends the text on a connection of its own, and reads until the server closes it.
async fn answer_to(server: &Running, request: &str) -> String {
    let (address, request) = (server.address, request.to_owned());
    let exchange = move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    tokio::task::spawn_blocking(exchange).await.unwrap()
}

fn request(method_and_path: &str, more: &str) -> String {
    format!("{method_and_path} HTTP/1.1\r\nHost: localhost:7\r\nConnection: close\r\n{more}\r\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_gets_a_short_text_that_says_how_to_call() {
    let server = Running::start().await;
    let answer = answer_to(&server, &request("GET /", "")).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.contains("content-type: text/plain"), "{answer}");
    for part in ["taper.test.v1.Probe", "buf curl --protocol grpc --http2-prior-knowledge", "http://localhost:7"] {
        assert!(answer.contains(part), "no {part} in {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_plain_requests_get_the_same_help_and_a_status_that_fits() {
    let server = Running::start().await;
    let json = "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    let grpc = "Content-Type: application/grpc\r\nContent-Length: 0\r\n";
    for (method_and_path, more, status) in [
        ("GET /favicon.ico", "", "404"),
        ("POST /taper.test.v1.Probe/GetEcho", json, "415"),
        ("POST /taper.test.v1.Probe/GetEcho", grpc, "505"),
        ("DELETE /", "", "404"),
    ] {
        let answer = answer_to(&server, &request(method_and_path, more)).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{method_and_path}: {answer}");
        assert!(answer.contains("buf curl"), "{method_and_path}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_no_host_is_not_repeated() {
    let server = Running::start().await;
    let answer = answer_to(&server, "GET / HTTP/1.1\r\nHost: $(reboot)\r\nConnection: close\r\n\r\n").await;
    assert!(!answer.contains("reboot"), "{answer}");
}
