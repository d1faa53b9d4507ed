//! An authority of a test, what it signs, and a server with the files of it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use taper_core::access::{Grant, Principal};
use taper_core::refusal::Refusal;
use taper_kit::access::{Credentials, Who};
use taper_kit::tls::{ClientAuthorities, TlsFiles, TlsLimits};
use taper_kit::{Gate, Tls};
use tempfile::TempDir;

use crate::running::Running;

/// Signs certificates.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key.
pub struct Identity {
    pub certificate: rcgen::Certificate,
    pub key: KeyPair,
}

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub fn pem(&self) -> String {
        self.0.pem()
    }

    pub fn der(&self) -> &rustls::pki_types::CertificateDer<'static> {
        self.0.der()
    }

    pub fn server(&self) -> Identity {
        self.signed(ExtendedKeyUsagePurpose::ServerAuth)
    }

    pub fn client(&self) -> Identity {
        self.signed(ExtendedKeyUsagePurpose::ClientAuth)
    }

    fn signed(&self, usage: ExtendedKeyUsagePurpose) -> Identity {
        let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        params.extended_key_usages.push(usage);
        let key = KeyPair::generate().unwrap();
        Identity { certificate: params.signed_by(&key, &self.0).unwrap(), key }
    }
}

/// A folder with the files of a server's TLS.
pub struct Files {
    folder: TempDir,
    pub paths: TlsFiles,
}

impl Files {
    pub fn of(server: &Identity) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let paths = TlsFiles {
            certificate_chain: folder.path().join("server.pem"),
            private_key: folder.path().join("server.key"),
            client_authorities: None,
        };
        let files = Self { folder, paths };
        files.put(server);
        files
    }

    pub fn with_client_authority(mut self, authority: &Authority, is_certificate_required: bool) -> Self {
        let file = self.path("clients.pem");
        write(&file, &authority.pem());
        self.paths.client_authorities = Some(ClientAuthorities { file, is_certificate_required });
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn put(&self, server: &Identity) {
        write(&self.paths.certificate_chain, &server.certificate.pem());
        write(&self.paths.private_key, &server.key.serialize_pem());
    }
}

pub fn write(file: &Path, content: &str) {
    std::fs::write(file, content).unwrap();
}

/// Short ones, so that a test need not wait.
pub const SHORT: TlsLimits = TlsLimits {
    handshake_within: Duration::from_secs(5),
    handshakes_at_once_max: 256,
    files_read_every: Duration::from_millis(20),
};

pub async fn serve(files: &Files, limits: TlsLimits) -> Running {
    let tls = Tls::load_within(files.paths.clone(), limits).await.unwrap();
    Running::start_with(Some(tls), Gate::open()).await
}

/// Lets everybody in, and keeps the certificates that they showed.
#[derive(Clone, Default)]
pub struct Door(pub Arc<Mutex<Vec<Option<[u8; 32]>>>>);

#[tonic::async_trait]
impl Who for Door {
    async fn identify(
        &self,
        credentials: Credentials<'_>,
        _: Timestamp,
        _: Instant,
    ) -> Result<Arc<Principal>, Refusal> {
        self.0.lock().unwrap().push(credentials.certificate);
        Ok(Arc::new(Principal::Open))
    }

    async fn grant(&self, _: &Principal, _: Timestamp, _: Instant) -> Result<Option<Grant>, Refusal> {
        Ok(None)
    }
}
