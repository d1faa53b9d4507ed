//! What is not spoken: old versions, old suites, other protocols, and no TLS at all.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::authority::{Authority, Files, SHORT, serve};
use super::client::Client;
use super::hello::{Said, say};
use crate::running::call;

const TLS_1_1: u16 = 0x0302;
const TLS_1_2: u16 = 0x0303;
const ECDSA_AES_128_GCM: u16 = 0xc02b;
const HANDSHAKE_FAILURE: u8 = 40;
const PROTOCOL_VERSION: u8 = 70;

#[tokio::test(flavor = "multi_thread")]
async fn suites_that_do_not_encrypt_and_authenticate_in_one_or_keep_a_key_are_refused() {
    let authority = Authority::new();
    let server = serve(&Files::of(&authority.server()), SHORT).await;
    let ask = async |suites: &[u16]| say(server.address, TLS_1_2, suites).await;
    assert_eq!(ask(&[ECDSA_AES_128_GCM]).await, Said::Hello, "else the refusals below prove nothing");
    for suites in [
        [0xc009, 0xc00a].as_slice(), // ECDHE-ECDSA, AES in CBC with SHA-1
        &[0xc023, 0xc024],           // the same with SHA-2
        &[0xc013, 0xc014, 0xc027],   // ECDHE-RSA, CBC
        &[0x002f, 0x0035, 0x009c],   // no fresh key
        &[0x000a, 0xc008],           // 3DES
        &[0x0005, 0xc007],           // RC4
        &[0x0000, 0xc006],           // no encryption
    ] {
        assert_eq!(ask(suites).await, Said::Alert(HANDSHAKE_FAILURE), "{suites:x?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_1_1_and_older_are_refused() {
    let authority = Authority::new();
    let server = serve(&Files::of(&authority.server()), SHORT).await;
    for version in [TLS_1_1, 0x0301, 0x0300] {
        let said = say(server.address, version, &[ECDSA_AES_128_GCM, 0xc009]).await;
        assert_eq!(said, Said::Alert(PROTOCOL_VERSION), "{version:x}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_of_another_protocol_is_refused() {
    let authority = Authority::new();
    let server = serve(&Files::of(&authority.server()), SHORT).await;
    let client = Client { protocols: &["http/1.1"], ..Client::trusting(&authority) };
    let refusal = client.ask(server.address, "GetEcho").await.unwrap_err();
    assert!(refusal.contains("NoApplicationProtocol"), "{refusal}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_speaks_without_tls_hears_nothing_of_http() {
    let authority = Authority::new();
    let server = serve(&Files::of(&authority.server()), SHORT).await;
    for request in ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0", "GET / HTTP/1.1\r\nhost: x\r\n\r\n"] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // A reset in place of the end is as good.
        let _end = tokio::time::timeout(Duration::from_secs(4), stream.read_to_end(&mut answer)).await.unwrap();
        let is_alert = answer.is_empty() || (answer[0] == 21 && answer.len() == 7);
        assert!(is_alert, "{answer:?} to {request:?}");
    }
    // tonic's client says that it is connected before it has heard anything.
    let channel = tonic::transport::Channel::from_shared(format!("http://{}", server.address)).unwrap().connect_lazy();
    call(&channel, "GetEcho", "hello").await.unwrap_err();
}
