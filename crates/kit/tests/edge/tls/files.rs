//! Files that cannot be used: each is named, and nothing of its content is told.

use taper_kit::Tls;

use super::authority::{Authority, Files, write};

/// Loading says this of the files, and nothing that was in them.
async fn check(files: &Files, expected: &str) {
    let Err(fault) = Tls::load(files.paths.clone()).await else { panic!("it loads; {expected:?} was expected") };
    let told = fault.to_string();
    let folder = format!("{}/", files.path("").display().to_string().trim_end_matches('/'));
    assert_eq!(told.replace(&folder, ""), expected);
    for content in ["SENTINEL", "U0VOVElORUw", "MIG"] {
        assert!(!format!("{told} {fault:?}").contains(content), "{fault:?}");
    }
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_is_told_by_its_file() {
    let authority = Authority::new();
    let pem = |body: &str| format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
    for (content, expected) in [
        ("SENTINEL".to_owned(), "there is no certificate in server.pem (-----BEGIN CERTIFICATE-----)"),
        (String::new(), "there is no certificate in server.pem (-----BEGIN CERTIFICATE-----)"),
        (pem("SENTINEL!"), "server.pem is not PEM, or not all of it"),
        ("-----BEGIN CERTIFICATE-----\nU0VOVElORUw=\n".to_owned(), "server.pem is not PEM, or not all of it"),
        (pem("U0VOVElORUw="), "a certificate in server.pem cannot be used"),
        (
            authority.server().certificate.pem(),
            "the private key in server.key is not that of the first certificate in server.pem",
        ),
        // The authority before the server's own.
        (
            authority.pem() + &authority.server().certificate.pem(),
            "the private key in server.key is not that of the first certificate in server.pem",
        ),
    ] {
        let files = Files::of(&authority.server());
        write(&files.path("server.pem"), &content);
        check(&files, expected).await;
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_used_is_told_by_its_file() {
    let no_key = "there is no private key in server.key (-----BEGIN PRIVATE KEY-----); an encrypted one is not read";
    let unusable = "the private key in server.key cannot be used; take ECDSA P-256 or P-384, Ed25519, or RSA of at \
                    least 2048 bits";
    let pem = |kind: &str, body: &str| format!("-----BEGIN {kind}-----\n{body}\n-----END {kind}-----\n");
    for (content, expected) in [
        ("SENTINEL".to_owned(), no_key),
        (pem("ENCRYPTED PRIVATE KEY", "U0VOVElORUw="), no_key),
        (pem("CERTIFICATE", "U0VOVElORUw="), no_key),
        (pem("PRIVATE KEY", "SENTINEL!"), "server.key is not PEM, or not all of it"),
        ("-----BEGIN PRIVATE KEY----- SENTINEL".to_owned(), "server.key is not PEM, or not all of it"),
        (pem("PRIVATE KEY", "U0VOVElORUw="), unusable),
    ] {
        let files = Files::of(&Authority::new().server());
        write(&files.path("server.key"), &content);
        check(&files, expected).await;
    }
}

#[tokio::test]
async fn an_authority_of_clients_that_cannot_be_used_is_told_by_its_file() {
    let authority = Authority::new();
    for (content, expected) in [
        ("", "there is no certificate in clients.pem (-----BEGIN CERTIFICATE-----)"),
        (
            "-----BEGIN CERTIFICATE-----\nU0VOVElORUw=\n-----END CERTIFICATE-----\n",
            "a certificate in clients.pem cannot be used",
        ),
    ] {
        let files = Files::of(&authority.server()).with_client_authority(&authority, false);
        write(&files.path("clients.pem"), content);
        check(&files, expected).await;
    }
}

#[tokio::test]
async fn a_file_that_is_not_there_is_named() {
    let authority = Authority::new();
    for name in ["server.pem", "server.key", "clients.pem"] {
        let files = Files::of(&authority.server()).with_client_authority(&authority, false);
        std::fs::remove_file(files.path(name)).unwrap();
        check(&files, &format!("cannot read {name}: No such file or directory (os error 2)")).await;
    }
}
