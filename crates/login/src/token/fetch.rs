//! Reads the issuer's keys: from a file, or with one GET over HTTP/1.1 that follows no redirect.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use http::{Request, StatusCode, header};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

use super::issuer::{Address, Issuer, IssuerFault};

/// The whole of it: name, connection, TLS, answer.
const FETCH_TIME_MAX: Duration = Duration::from_secs(3);

/// The longest JWK Set that is read.
const KEYS_BYTES_MAX: usize = 256 * 1024;

/// Why the keys could not be read. Holds no address.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchFault {
    #[error("no answer within 3 s")]
    TimedOut,
    #[error("no connection: {0}")]
    Connection(#[from] std::io::Error),
    #[error("the name of an address of this machine led elsewhere")]
    NotThisMachine,
    #[error("no HTTP: {0}")]
    Http(#[from] hyper::Error),
    #[error("the answer was {0}")]
    Status(StatusCode),
    #[error("the answer broke off or has more than 256 KiB")]
    Body,
    #[error("the request cannot be made")]
    Request(#[from] http::Error),
    #[error("the file cannot be read")]
    File,
}

/// Where the keys are.
pub(super) enum Source {
    /// A file, read anew each time.
    File(PathBuf),
    /// A server.
    Server(Box<Server>),
}

/// A server that has the keys.
pub(super) struct Server {
    address: Address,
    /// None on this machine, without TLS.
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

impl Source {
    /// Of these settings.
    pub fn of(issuer: &Issuer) -> Result<Self, IssuerFault> {
        if !issuer.keys.contains("://") {
            let is_file = !issuer.keys.is_empty() && issuer.keys_authority.is_none();
            return if is_file { Ok(Self::File(PathBuf::from(&issuer.keys))) } else { Err(IssuerFault::Keys) };
        }
        let address = Address::read(&issuer.keys).ok_or(IssuerFault::Keys)?;
        let tls = if address.is_tls {
            let name = ServerName::try_from(address.host.clone()).map_err(|_| IssuerFault::Keys)?;
            Some((TlsConnector::from(Arc::new(client(issuer.keys_authority.as_deref())?)), name))
        } else {
            None
        };
        Ok(Self::Server(Box::new(Server { address, tls })))
    }

    /// The JWK Set as it is now.
    pub async fn read(&self) -> Result<Vec<u8>, FetchFault> {
        let read = async {
            match self {
                Source::File(path) => {
                    let path = path.clone();
                    tokio::task::spawn_blocking(move || file(&path)).await.map_err(|_| FetchFault::File)?
                }
                Source::Server(server) => server.get().await,
            }
        };
        tokio::time::timeout(FETCH_TIME_MAX, read).await.map_err(|_| FetchFault::TimedOut)?
    }
}

fn file(path: &Path) -> Result<Vec<u8>, FetchFault> {
    let mut text = Vec::new();
    let most = u64::try_from(KEYS_BYTES_MAX).unwrap_or(u64::MAX);
    let mut limited = File::open(path).map_err(|_| FetchFault::File)?.take(most.saturating_add(1));
    limited.read_to_end(&mut text).map_err(|_| FetchFault::File)?;
    if text.len() > KEYS_BYTES_MAX { Err(FetchFault::Body) } else { Ok(text) }
}

/// TLS 1.2 or later, of one authority where the settings name one, else of those that browsers trust.
fn client(authority: Option<&Path>) -> Result<ClientConfig, IssuerFault> {
    let mut roots = RootCertStore::empty();
    match authority {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(path) => {
            for certificate in CertificateDer::pem_file_iter(path).map_err(|_| IssuerFault::Authority)? {
                let certificate = certificate.map_err(|_| IssuerFault::Authority)?;
                roots.add(certificate).map_err(|_| IssuerFault::Authority)?;
            }
        }
    }
    if roots.is_empty() {
        return Err(IssuerFault::Authority);
    }
    // The provider is named here: a process that has not chosen one would otherwise panic.
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

impl Server {
    async fn get(&self) -> Result<Vec<u8>, FetchFault> {
        let stream = TcpStream::connect((self.address.host.as_str(), self.address.port)).await?;
        match &self.tls {
            Some((connector, name)) => self.ask(TokioIo::new(connector.connect(name.clone(), stream).await?)).await,
            None if stream.peer_addr()?.ip().is_loopback() => self.ask(TokioIo::new(stream)).await,
            None => Err(FetchFault::NotThisMachine),
        }
    }

    async fn ask<S>(&self, stream: S) -> Result<Vec<u8>, FetchFault>
    where
        S: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
    {
        let (mut sender, connection) = http1::handshake(stream).await?;
        // Ends with this set, whatever the server still has to say.
        let mut driver = JoinSet::new();
        driver.spawn(connection);
        let request = Request::get(&self.address.path)
            .header(header::HOST, &self.address.authority)
            .header(header::ACCEPT, "application/jwk-set+json, application/json")
            .body(Empty::<Bytes>::new())?;
        let answer = sender.send_request(request).await?;
        // A redirect is no answer: whoever could send us elsewhere could choose the keys.
        if answer.status() != StatusCode::OK {
            return Err(FetchFault::Status(answer.status()));
        }
        let body = Limited::new(answer.into_body(), KEYS_BYTES_MAX).collect().await;
        Ok(body.map_err(|_| FetchFault::Body)?.to_bytes().to_vec())
    }
}
