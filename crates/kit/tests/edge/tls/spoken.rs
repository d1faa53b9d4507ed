//! What is spoken: TLS 1.3 and 1.2 with suites of one kind, and HTTP/2.

use rustls::ProtocolVersion;
use rustls::crypto::aws_lc_rs::cipher_suite as suite;
use rustls::version::{TLS12, TLS13};

use super::authority::{Authority, Files, SHORT, serve};
use super::client::Client;

#[tokio::test(flavor = "multi_thread")]
async fn tls_1_3_and_1_2_carry_calls_over_http_2() {
    let authority = Authority::new();
    let server = serve(&Files::of(&authority.server()), SHORT).await;
    for (version, spoken) in [(&TLS13, ProtocolVersion::TLSv1_3), (&TLS12, ProtocolVersion::TLSv1_2)] {
        let client = Client { versions: vec![version], ..Client::trusting(&authority) };
        let session = client.connect(server.address).await.unwrap();
        assert_eq!((session.version, session.protocol.as_deref()), (spoken, Some(b"h2".as_slice())));
        assert_eq!(session.ask("GetEcho", "hello").await.as_deref(), Ok("hello"), "{spoken:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_suite_of_ours_is_spoken() {
    let authority = Authority::new();
    let server = serve(&Files::of(&authority.server()), SHORT).await;
    for one in [
        suite::TLS13_AES_256_GCM_SHA384,
        suite::TLS13_AES_128_GCM_SHA256,
        suite::TLS13_CHACHA20_POLY1305_SHA256,
        suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        suite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    ] {
        let versions = if one.tls13().is_some() { vec![&TLS13] } else { vec![&TLS12] };
        let client = Client { versions, suites: vec![one], ..Client::trusting(&authority) };
        assert_eq!(client.ask(server.address, "GetEcho").await.as_deref(), Ok("hello"), "{:?}", one.suite());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_authority_the_client_does_not_trust_is_not_spoken_to() {
    let server = serve(&Files::of(&Authority::new().server()), SHORT).await;
    let refusal = Client::trusting(&Authority::new()).ask(server.address, "GetEcho").await.unwrap_err();
    assert!(refusal.starts_with("handshake: invalid peer certificate"), "{refusal}");
}
