//! A client that speaks TLS as it is told to, and HTTP/2 in it.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use h2::client::SendRequest;
use prost::Message;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ProtocolVersion, RootCertStore, SupportedCipherSuite, SupportedProtocolVersion};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::authority::{Authority, Identity};

/// What a client trusts, speaks and shows.
pub struct Client<'i> {
    pub trusts: &'i Authority,
    pub versions: Vec<&'static SupportedProtocolVersion>,
    pub suites: Vec<SupportedCipherSuite>,
    pub protocols: &'static [&'static str],
    pub shows: Option<&'i Identity>,
}

/// A connection that came to be.
pub struct Session {
    pub version: ProtocolVersion,
    pub protocol: Option<Vec<u8>>,
    /// The certificate that the server showed.
    pub server: CertificateDer<'static>,
    requests: SendRequest<Bytes>,
}

impl<'i> Client<'i> {
    /// A client as they are today.
    pub fn trusting(trusts: &'i Authority) -> Self {
        let suites = aws_lc_rs::DEFAULT_CIPHER_SUITES.to_vec();
        Self { trusts, versions: vec![&TLS13, &TLS12], suites, protocols: &["h2"], shows: None }
    }

    pub fn showing(self, identity: &'i Identity) -> Self {
        Self { shows: Some(identity), ..self }
    }

    pub async fn connect(&self, address: SocketAddr) -> Result<Session, String> {
        let tcp = TcpStream::connect(address).await.map_err(|fault| fault.to_string())?;
        let name = ServerName::try_from("localhost").unwrap();
        let connected = TlsConnector::from(Arc::new(self.config())).connect(name, tcp).await;
        let stream = connected.map_err(|fault| format!("handshake: {fault}"))?;
        let (_, tls) = stream.get_ref();
        let version = tls.protocol_version().unwrap();
        let protocol = tls.alpn_protocol().map(<[u8]>::to_vec);
        let server = tls.peer_certificates().unwrap()[0].clone().into_owned();
        let (requests, connection) = h2::client::handshake(stream).await.map_err(|fault| format!("HTTP/2: {fault}"))?;
        tokio::spawn(connection);
        Ok(Session { version, protocol, server, requests })
    }

    /// Connects and asks once: a client's certificate is refused after its own handshake (TLS 1.3).
    pub async fn ask(&self, address: SocketAddr, method: &str) -> Result<String, String> {
        self.connect(address).await?.ask(method, "hello").await
    }

    fn config(&self) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.trusts.der().clone()).unwrap();
        let provider = CryptoProvider { cipher_suites: self.suites.clone(), ..aws_lc_rs::default_provider() };
        let builder = ClientConfig::builder_with_provider(Arc::new(provider));
        let builder = builder.with_protocol_versions(&self.versions).unwrap().with_root_certificates(roots);
        let mut config = match self.shows {
            None => builder.with_no_client_auth(),
            Some(identity) => {
                let chain = vec![identity.certificate.der().clone()];
                let key = PrivateKeyDer::try_from(identity.key.serialize_der()).unwrap();
                builder.with_client_auth_cert(chain, key).unwrap()
            }
        };
        config.alpn_protocols = self.protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        config
    }
}

impl Session {
    /// Calls a method of the probe.
    pub async fn ask(&self, method: &str, text: &str) -> Result<String, String> {
        let request = http::Request::post(format!("https://localhost/taper.test.v1.Probe/{method}"));
        let request = request.header("content-type", "application/grpc").body(()).unwrap();
        let told = |fault: h2::Error| format!("HTTP/2: {fault}");
        let (answer, mut body) =
            self.requests.clone().ready().await.map_err(told)?.send_request(request, false).map_err(told)?;
        let message = text.to_owned().encode_to_vec();
        let head = [&[0], u32::try_from(message.len()).unwrap().to_be_bytes().as_slice()].concat();
        body.send_data([head, message].concat().into(), true).map_err(told)?;
        let answer = answer.await.map_err(told)?;
        match answer.into_body().data().await {
            Some(data) => Ok(String::decode(&data.map_err(told)?[5..]).unwrap()),
            None => Err("an answer without a message".to_owned()),
        }
    }
}
