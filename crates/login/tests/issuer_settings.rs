//! Settings of an issuer: which are refused before a server starts, and TLS to the server of the keys.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod issuer;
mod server;

use std::io::Write;
use std::sync::Arc;

use issuer::{AUDIENCE, Signer, URL, accepted, good_claims, key_set, now};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer as Authority, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use server::{Server, keys};
use taper_login::token::{Issuer, IssuerFault, TokenFault, Tokens};
use tokio_rustls::TlsAcceptor;

fn fault(issuer: Issuer) -> Option<IssuerFault> {
    Tokens::new(issuer).err()
}

#[test]
fn addresses_of_keys_are_https_or_of_this_machine_or_a_file() {
    for keys in [
        "https://login.example.org/keys",
        "https://login.example.org:8443/keys?a=b",
        "https://[2001:db8::1]/keys",
        "http://127.0.0.1:8080/keys",
        "http://127.9.9.9/keys",
        "http://[::1]:8080/keys",
        "http://localhost/keys",
        "/etc/taper/keys.json",
        "keys.json",
    ] {
        assert!(fault(Issuer::new(URL, AUDIENCE, keys)).is_none(), "{keys}");
    }
    for keys in [
        "",
        "http://login.example.org/keys",
        "http://10.0.0.1/keys",
        "http://0.0.0.0/keys",
        "http://localhost.evil.example/keys",
        "http://127.0.0.1.evil.example/keys",
        "http://127.0.0.1@evil.example/keys",
        "https://user:password@login.example.org/keys",
        "https://login.example.org/keys#a",
        "https:///keys",
        "ftp://login.example.org/keys",
        "file:///etc/taper/keys.json",
    ] {
        assert!(matches!(fault(Issuer::new(URL, AUDIENCE, keys)), Some(IssuerFault::Keys)), "{keys}");
    }
}

#[test]
fn names_of_issuer_audience_and_clinic_claim_are_checked() {
    for url in ["", "login.example.org", "http://login.example.org", "https://a.example?b", "https://a.example/#b"] {
        assert!(matches!(fault(Issuer::new(url, AUDIENCE, "keys.json")), Some(IssuerFault::Url)), "{url}");
    }
    assert!(fault(Issuer::new("http://localhost:8080/realms/a", AUDIENCE, "keys.json")).is_none());
    for audience in ["", " ", "two words", &"a".repeat(256)] {
        assert!(matches!(fault(Issuer::new(URL, audience, "keys.json")), Some(IssuerFault::Audience)), "{audience}");
    }
    for claim in ["", "sub", "exp", "scope", "cnf", "two words"] {
        let mut settings = Issuer::new(URL, AUDIENCE, "keys.json");
        settings.clinic_claim = claim.to_owned();
        assert!(matches!(fault(settings), Some(IssuerFault::ClinicClaim)), "{claim}");
    }
}

#[test]
fn settings_are_read_from_a_document_and_what_is_unknown_is_refused() {
    let text = format!(r#"{{"url":"{URL}","audience":"{AUDIENCE}","keys":"keys.json"}}"#);
    let settings: Issuer = serde_json::from_str(&text).unwrap();
    assert_eq!(settings.clinic_claim, "taper_clinic");
    assert!(settings.several_factors_acr.is_empty());
    assert!(fault(settings).is_none());
    let unknown = text.replacen('{', r#"{"audiences":[],"#, 1);
    assert!(serde_json::from_str::<Issuer>(&unknown).is_err());
}

#[test]
fn an_authority_must_be_a_file_of_certificates() {
    let mut no_certificate = tempfile::NamedTempFile::new().unwrap();
    no_certificate.write_all(b"not a certificate").unwrap();
    for path in [no_certificate.path().to_owned(), "/nowhere/authority.pem".into()] {
        let mut settings = Issuer::new(URL, AUDIENCE, "https://localhost/keys");
        settings.keys_authority = Some(path);
        assert!(matches!(fault(settings), Some(IssuerFault::Authority)));
    }
}

/// An authority, and a server's TLS with a certificate of it for `localhost`.
fn authority() -> (tempfile::NamedTempFile, TlsAcceptor) {
    let authority_key = KeyPair::generate().unwrap();
    let mut parameters = CertificateParams::new(Vec::new()).unwrap();
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = parameters.self_signed(&authority_key).unwrap();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(certificate.pem().as_bytes()).unwrap();

    let key = KeyPair::generate().unwrap();
    let signer = Authority::new(parameters, authority_key);
    let leaf = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &signer).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = builder.with_no_client_auth().with_single_cert(vec![leaf.der().clone()], key).unwrap();
    (file, TlsAcceptor::from(Arc::new(config)))
}

#[tokio::test]
async fn keys_come_over_tls_from_a_server_whose_authority_is_trusted_and_from_no_other() {
    let signer = Signer::new("one", "ES256");
    let token = signer.token(&good_claims());
    let (trusted, tls) = authority();
    let (strange, _) = authority();
    let server = Server::start(keys(key_set(&[signer.jwk()])), Some(tls)).await;
    let ask = async |host: &str, file: Option<&tempfile::NamedTempFile>| {
        let mut settings = Issuer::new(URL, AUDIENCE, format!("https://{host}:{}/keys", server.port));
        settings.keys_authority = file.map(|file| file.path().to_owned());
        Tokens::new(settings).unwrap().verify(&token, now()).await
    };
    assert_eq!(ask("localhost", None).await.err(), Some(TokenFault::NoKeys), "not of the public web");
    assert_eq!(ask("localhost", Some(&strange)).await.err(), Some(TokenFault::NoKeys), "of another authority");
    assert_eq!(ask("127.0.0.1", Some(&trusted)).await.err(), Some(TokenFault::NoKeys), "of another name");
    assert_eq!(server.requests(), 0);
    accepted(ask("localhost", Some(&trusted)).await);
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn a_server_without_tls_gives_no_keys_to_an_https_address() {
    let signer = Signer::new("one", "ES256");
    let server = Server::start(keys(key_set(&[signer.jwk()])), None).await;
    let settings = Issuer::new(URL, AUDIENCE, format!("https://localhost:{}/keys", server.port));
    let tokens = Tokens::new(settings).unwrap();
    assert_eq!(tokens.verify(&signer.token(&good_claims()), now()).await.err(), Some(TokenFault::NoKeys));
}
