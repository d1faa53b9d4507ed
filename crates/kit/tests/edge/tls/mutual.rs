//! Certificates of clients: whose are taken, and who learns of them.

use sha2::{Digest, Sha256};
use taper_kit::{Gate, Tls};

use super::authority::{Authority, Door, Files, SHORT, serve, write};
use super::client::Client;
use crate::running::Running;

#[tokio::test(flavor = "multi_thread")]
async fn the_certificate_of_a_client_is_told_to_the_gate_and_to_the_handler() {
    let authority = Authority::new();
    let files = Files::of(&authority.server()).with_client_authority(&authority, false);
    let door = Door::default();
    let tls = Tls::load_within(files.paths.clone(), SHORT).await.unwrap();
    let server = Running::start_with(Some(tls), Gate::open().with_login(door.clone())).await;

    let (one, other) = (authority.client(), authority.client());
    let mut expected = Vec::new();
    for identity in [&one, &other] {
        let sum: [u8; 32] = Sha256::digest(identity.certificate.der()).into();
        expected.push(Some(sum));
        let session = Client::trusting(&authority).showing(identity).connect(server.address).await.unwrap();
        assert_eq!(session.ask("GetPeer", "").await, Ok(format!("{:?}", Some(sum))));
    }
    assert_eq!(Client::trusting(&authority).ask(server.address, "GetPeer").await.as_deref(), Ok("None"));
    expected.push(None);
    assert_eq!(*door.0.lock().unwrap(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_of_a_connection_has_its_clients_certificate() {
    let authority = Authority::new();
    let files = Files::of(&authority.server()).with_client_authority(&authority, true);
    let server = serve(&files, SHORT).await;
    let identity = authority.client();
    let session = Client::trusting(&authority).showing(&identity).connect(server.address).await.unwrap();
    let sum: [u8; 32] = Sha256::digest(identity.certificate.der()).into();
    for _ in 0..3 {
        assert_eq!(session.ask("GetPeer", "").await, Ok(format!("{:?}", Some(sum))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_our_authority_did_not_sign_for_a_client_is_refused() {
    let (authority, foreign) = (Authority::new(), Authority::new());
    for is_required in [false, true] {
        let files = Files::of(&authority.server()).with_client_authority(&authority, is_required);
        let server = serve(&files, SHORT).await;
        for identity in [foreign.client(), authority.server()] {
            let client = Client::trusting(&authority).showing(&identity);
            client.ask(server.address, "GetEcho").await.unwrap_err();
        }
        let ours = authority.client();
        let client = Client::trusting(&authority).showing(&ours);
        assert_eq!(client.ask(server.address, "GetEcho").await.as_deref(), Ok("hello"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_without_a_certificate_is_refused_where_one_is_required() {
    let authority = Authority::new();
    let files = Files::of(&authority.server()).with_client_authority(&authority, true);
    let server = serve(&files, SHORT).await;
    Client::trusting(&authority).ask(server.address, "GetEcho").await.unwrap_err();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_not_asked_for_where_there_is_no_authority() {
    let authority = Authority::new();
    let server = serve(&Files::of(&authority.server()), SHORT).await;
    let identity = authority.client();
    let client = Client::trusting(&authority).showing(&identity);
    assert_eq!(client.ask(server.address, "GetPeer").await.as_deref(), Ok("None"));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_authority_of_clients_counts_for_new_connections() {
    let (authority, next) = (Authority::new(), Authority::new());
    let files = Files::of(&authority.server()).with_client_authority(&authority, false);
    let server = serve(&files, SHORT).await;
    let (before, after) = (authority.client(), next.client());
    let ask = async |identity| Client::trusting(&authority).showing(identity).ask(server.address, "GetEcho").await;
    ask(&before).await.unwrap();
    ask(&after).await.unwrap_err();

    write(&files.path("clients.pem"), &next.pem());
    let taken = async {
        while ask(&after).await.is_err() {
            tokio::time::sleep(SHORT.files_read_every).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(5), taken).await.expect("the new authority is not taken");
    ask(&before).await.unwrap_err();
}
