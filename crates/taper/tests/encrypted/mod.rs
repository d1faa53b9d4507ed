//! TLS and keys from outside: `taper serve` with a certificate, and what the other commands show to a server.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use jiff::Timestamp;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use taper_core::access::{Grant, Principal};
use taper_core::refusal::Refusal;
use taper_kit::access::{Credentials, Who};
use taper_kit::tls::TlsFiles;
use taper_kit::{Clock, Gate, Listener, Services, Tls};
use tempfile::TempDir;

use crate::running::{Server, command, failed, succeeded, taper};

/// A folder with an authority, a server's certificate for this machine, and a database.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        place.put_certificates();
        place
    }

    fn put_certificates(&self) {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &authority).unwrap();
        let client_key = KeyPair::generate().unwrap();
        let client = CertificateParams::default().signed_by(&client_key, &authority).unwrap();
        let files = [
            ("client.pem", client.pem()),
            ("client.key", client_key.serialize_pem()),
            ("ca.pem", authority.pem()),
            ("server.pem", certificate.pem()),
            ("server.key", key.serialize_pem()),
        ];
        for (name, content) in files {
            std::fs::write(self.file(name), content).unwrap();
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn path(&self, name: &str) -> String {
        self.file(name).display().to_string()
    }

    fn database(&self) -> String {
        let url = format!("sqlite://{}", self.path("clinic.db"));
        succeeded(taper(&["migrate", "up", "--database-url", &url]));
        url
    }

    fn tls_arguments(&self) -> [String; 4] {
        ["--tls-certificate".to_owned(), self.path("server.pem"), "--tls-key".to_owned(), self.path("server.key")]
    }
}

fn port(address: &str) -> &str {
    address.rsplit(':').next().unwrap()
}

#[test]
fn serve_with_a_certificate_is_spoken_to_with_tls_and_only_by_those_who_know_its_authority() {
    let (place, elsewhere) = (Place::new(), Place::new());
    let server = Server::serve_with("all", &place.database(), &place.tls_arguments());
    assert!(server.banner.contains("\"has_tls\":true"), "{}", server.banner);
    let health = |address: &str, more: &[&str]| taper(&[&["health", "--address", address], more].concat());
    let (ca, foreign) = (place.path("ca.pem"), elsewhere.path("ca.pem"));
    for host in ["https://localhost", "https://127.0.0.1", "localhost", "127.0.0.1"] {
        let address = format!("{host}:{}", port(&server.address));
        assert_eq!(succeeded(health(&address, &["--ca", &ca])), "SERVING\n", "{address}");
    }
    let list = ["protocols", "list", "--server", &server.address, "--clinic", "nowhere", "--ca", &ca];
    let told = failed(taper(&list));
    assert!(told.contains("RESOURCE_NOT_FOUND"), "the other commands speak TLS too: {told}");

    let https = format!("https://{}", server.address);
    for (address, more, expected) in [
        (&https, ["--ca", &foreign], "no connection to https://127.0.0.1"),
        (&https, ["--service", ""], "needs --ca FILE"),
        (&https, ["--ca", &place.path("server.key")], "server.key holds no -----BEGIN CERTIFICATE-----"),
        (&https, ["--ca", &place.path("nothing.pem")], "cannot read"),
        (&format!("http://{}", server.address), ["--ca", &ca], "are for https://"),
        (&server.address, ["--service", ""], ". The connection broke off: a server that has TLS needs --ca FILE"),
    ] {
        let told = failed(health(address, &more));
        assert!(told.contains(expected), "{address} {more:?}: {told}");
    }
    assert!(server.stopped().success());
}

#[test]
fn a_certificate_that_says_that_it_is_an_authority_is_told_as_that() {
    let place = Place::new();
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    std::fs::write(place.file("server.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
    std::fs::write(place.file("server.key"), key.serialize_pem()).unwrap();
    let server = Server::serve_with("all", &place.database(), &place.tls_arguments());
    let address = format!("localhost:{}", port(&server.address));
    let told = failed(taper(&["health", "--address", &address, "--ca", &place.path("server.pem")]));
    assert!(told.contains("must say CA:FALSE"), "{told}");
    assert!(server.stopped().success());
}

#[test]
fn a_server_that_wants_certificates_of_clients_is_asked_with_one() {
    let (place, elsewhere) = (Place::new(), Place::new());
    let mut arguments = place.tls_arguments().to_vec();
    arguments.extend(["--tls-client-authorities".to_owned(), place.path("ca.pem"), "--tls-client-required".to_owned()]);
    let server = Server::serve_with("all", &place.database(), &arguments);
    let address = format!("https://{}", server.address);
    let health = |place_of_client: Option<&Place>| {
        let mut arguments =
            ["health", "--address", &address, "--ca", &place.path("ca.pem")].map(str::to_owned).to_vec();
        if let Some(client) = place_of_client {
            let shown = ["--client-certificate".to_owned(), client.path("client.pem")];
            arguments.extend(shown.into_iter().chain(["--client-key".to_owned(), client.path("client.key")]));
        }
        taper(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    };
    assert_eq!(succeeded(health(Some(&place))), "SERVING\n");
    for other in [None, Some(&elsewhere)] {
        let told = failed(health(other));
        assert!(told.starts_with("taper: ") && told.lines().count() == 1, "{told}");
    }
    assert!(server.stopped().success());
}

#[test]
fn serve_refuses_an_address_that_others_can_reach_unless_there_are_tls_and_login() {
    let place = Place::new();
    let url = format!("sqlite://{}", place.path("clinic.db"));
    let start = |more: &[String]| {
        let mut arguments = vec!["serve", "all", "--database-url", &url, "--listen", "0.0.0.0:0"];
        arguments.extend(more.iter().map(String::as_str));
        failed(taper(&arguments))
    };
    let open = ["--open".to_owned()];
    let told = start(&open);
    assert!(told.contains("there is no TLS and no login"), "{told}");
    let told = start(&[]);
    assert!(told.contains("there is no TLS") && !told.contains("no login"), "{told}");
    let told = start(&[&open[..], &place.tls_arguments()].concat());
    assert!(told.contains("there is no login") && !told.contains("no TLS"), "{told}");
    assert!(!place.file("clinic.db").exists(), "a refused start must leave nothing behind");
}

#[test]
fn files_of_tls_that_cannot_be_used_stop_the_start_and_are_named() {
    let place = Place::new();
    let url = place.database();
    std::fs::write(place.file("server.key"), "-----BEGIN PRIVATE KEY-----\nSENTINEL").unwrap();
    let mut arguments = vec!["serve", "all", "--database-url", &url, "--listen", "127.0.0.1:0"];
    let tls = place.tls_arguments();
    arguments.extend(tls.iter().map(String::as_str));
    let told = failed(taper(&arguments));
    assert!(told.contains("server.key is not PEM") && !told.contains("SENTINEL"), "{told}");
    std::fs::remove_file(place.file("server.key")).unwrap();
    let told = failed(taper(&arguments));
    assert!(told.contains("cannot read") && told.matches("No such file").count() == 1, "{told}");

    for (part, missing) in [(&tls[..2], "--tls-key"), (&tls[2..], "--tls-certificate")] {
        let mut arguments = arguments[..6].to_vec();
        arguments.extend(part.iter().map(String::as_str));
        let told = failed(taper(&arguments));
        assert!(told.contains(missing) && told.contains("required"), "{told}");
    }
}

/// Lets everybody in, and keeps what they showed.
#[derive(Clone, Default)]
struct Door(Arc<Mutex<Vec<String>>>);

#[tonic::async_trait]
impl Who for Door {
    async fn identify(
        &self,
        credentials: Credentials<'_>,
        _: Timestamp,
        _: Instant,
    ) -> Result<Arc<Principal>, Refusal> {
        let shown = credentials.authorization.iter().map(|shown| String::from_utf8_lossy(shown)).collect::<Vec<_>>();
        self.0.lock().unwrap().push(shown.join(" and "));
        Ok(Arc::new(Principal::Open))
    }

    async fn grant(&self, _: &Principal, _: Timestamp, _: Instant) -> Result<Option<Grant>, Refusal> {
        Ok(None)
    }
}

/// Asks a server for its health with these arguments and this variable; what the server was shown.
async fn shown(tls: Option<Tls>, more: &[&str], variable: Option<&str>) -> Vec<String> {
    let door = Door::default();
    let port = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = port.local_addr().unwrap().to_string();
    let listener = match tls {
        Some(tls) => Listener::with_tls(port, tls),
        None => port.into(),
    };
    let services = Services::new(&[]).unwrap().behind(Gate::open().with_login(door.clone()));
    let serving = tokio::spawn(taper_kit::serve(listener, services, Clock::system(), std::future::pending()));
    let mut command = command(&[&["health", "--address", &address], more].concat());
    if let Some(key) = variable {
        command.env("TAPER_KEY", key);
    }
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert_eq!(succeeded(output), "SERVING\n");
    serving.abort();
    door.0.lock().unwrap().clone()
}

fn key_file(folder: &Path) -> String {
    let file = folder.join("key");
    std::fs::write(&file, "of-file\n").unwrap();
    file.display().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_shown_at_the_call_and_that_of_the_file_goes_before_the_variable() {
    let place = Place::new();
    let key = key_file(place.0.path());
    assert_eq!(shown(None, &[], None).await, [""]);
    assert_eq!(shown(None, &[], Some("of-variable")).await, ["Bearer of-variable"]);
    assert_eq!(shown(None, &["--key-file", &key], Some("of-variable")).await, ["Bearer of-file"]);

    let files = TlsFiles {
        certificate_chain: place.file("server.pem"),
        private_key: place.file("server.key"),
        client_authorities: None,
    };
    let tls = Tls::load(files).await.unwrap();
    let over_tls = shown(Some(tls), &["--ca", &place.path("ca.pem"), "--key-file", &key], None).await;
    assert_eq!(over_tls, ["Bearer of-file"]);
}

#[test]
fn a_key_is_not_sent_where_others_could_read_it_and_never_printed() {
    let place = Place::new();
    let key = key_file(place.0.path());
    let told = failed(taper(&["health", "--address", "http://192.0.2.1:1", "--key-file", &key]));
    assert!(told.contains("is not sent to http://192.0.2.1:1") && !told.contains("of-file"), "{told}");
    std::fs::write(place.file("key"), "SENTINEL SENTINEL").unwrap();
    let told = failed(taper(&["health", "--address", "127.0.0.1:1", "--key-file", &key]));
    assert!(told.contains("is not a key") && !told.contains("SENTINEL"), "{told}");
}
