//! The files of TLS: what is in them, and what is wrong with them, told by their names and never by their content.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::version::{TLS12, TLS13};
use rustls::{InconsistentKeys, RootCertStore, ServerConfig};
use sha2::{Digest, Sha256};

/// Where the certificate of a server is. Every file is PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The server's certificate, then those that lead from it to its authority.
    pub certificate_chain: PathBuf,
    /// Its key: PKCS#8, PKCS#1 or SEC1, not encrypted.
    pub private_key: PathBuf,
    /// Who signs the certificates of clients; without it no client is asked for one.
    pub client_authorities: Option<ClientAuthorities>,
}

/// Who signs the certificates of clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientAuthorities {
    /// Their certificates.
    pub file: PathBuf,
    /// Whether a client without a certificate is refused. One with a certificate that nobody here signed always is.
    pub is_certificate_required: bool,
}

/// Why the files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsFault {
    /// A file that cannot be read.
    #[error("cannot read {}: {cause}", file.display())]
    Unread {
        /// The file.
        file: PathBuf,
        /// What the system says; not named `source`, or it would be printed twice.
        cause: io::Error,
    },
    /// Not PEM, or broken off. What the parser says would quote the file.
    #[error("{} is not PEM, or not all of it", file.display())]
    Pem {
        /// The file.
        file: PathBuf,
    },
    /// PEM without a certificate.
    #[error("there is no certificate in {} (-----BEGIN CERTIFICATE-----)", file.display())]
    NoCertificate {
        /// The file.
        file: PathBuf,
    },
    /// PEM without a key.
    #[error("there is no private key in {} (-----BEGIN PRIVATE KEY-----); an encrypted one is not read", file.display())]
    NoKey {
        /// The file.
        file: PathBuf,
    },
    /// A certificate that does not parse.
    #[error("a certificate in {} cannot be used", file.display())]
    Certificate {
        /// The file.
        file: PathBuf,
    },
    /// A key of a kind or size that is not supported.
    #[error("the private key in {} cannot be used; take ECDSA P-256 or P-384, Ed25519, or RSA of at least 2048 bits", file.display())]
    Key {
        /// The file.
        file: PathBuf,
    },
    /// The key of another certificate.
    #[error("the private key in {} is not that of the first certificate in {}", key.display(), certificate.display())]
    OtherKey {
        /// The file of the key.
        key: PathBuf,
        /// The file of the certificate.
        certificate: PathBuf,
    },
    /// A setting of our own that the library refuses.
    #[error("TLS cannot be set up: {0}")]
    Settings(String),
}

impl TlsFault {
    pub(super) fn unread(file: &Path, cause: io::Error) -> Self {
        Self::Unread { file: file.to_owned(), cause }
    }
}

/// The content of the files. It has no `Debug`: a key is printed nowhere.
pub(super) struct Contents {
    certificate_chain: Vec<u8>,
    private_key: Vec<u8>,
    client_authorities: Option<Vec<u8>>,
}

impl TlsFiles {
    pub(super) fn read(&self) -> Result<Contents, TlsFault> {
        let content = |file: &Path| std::fs::read(file).map_err(|fault| TlsFault::unread(file, fault));
        Ok(Contents {
            certificate_chain: content(&self.certificate_chain)?,
            private_key: content(&self.private_key)?,
            client_authorities: self.client_authorities.as_ref().map(|found| content(&found.file)).transpose()?,
        })
    }
}

impl Contents {
    /// Changes with any of the files.
    pub(super) fn sha256(&self) -> [u8; 32] {
        let mut sum = Sha256::new();
        let authorities = self.client_authorities.as_deref().unwrap_or_default();
        for part in [self.certificate_chain.as_slice(), &self.private_key, authorities] {
            sum.update(Sha256::digest(part));
        }
        sum.finalize().into()
    }

    /// TLS 1.3 and 1.2 with our suites, HTTP/2, and a client's certificate as the files want it.
    pub(super) fn config(&self, files: &TlsFiles) -> Result<ServerConfig, TlsFault> {
        let provider = Arc::new(provider());
        let clients = self.clients(files, &provider)?;
        let chain = certificates(&self.certificate_chain, &files.certificate_chain)?;
        let builder = ServerConfig::builder_with_provider(provider).with_protocol_versions(&[&TLS13, &TLS12]);
        let builder = builder.map_err(|fault| TlsFault::Settings(fault.to_string()))?;
        let config = builder.with_client_cert_verifier(clients).with_single_cert(chain, self.key(files)?);
        let mut config = config.map_err(|fault| match fault {
            rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
                TlsFault::OtherKey { key: files.private_key.clone(), certificate: files.certificate_chain.clone() }
            }
            rustls::Error::InvalidCertificate(_) => TlsFault::Certificate { file: files.certificate_chain.clone() },
            _ => TlsFault::Key { file: files.private_key.clone() },
        })?;
        config.alpn_protocols = vec![b"h2".to_vec()];
        // Connections live long, so resuming them saves little; without it every connection's certificate is verified.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(config)
    }

    fn key(&self, files: &TlsFiles) -> Result<PrivateKeyDer<'static>, TlsFault> {
        let file = || files.private_key.clone();
        PrivateKeyDer::from_pem_slice(&self.private_key).map_err(|fault| match fault {
            pem::Error::NoItemsFound => TlsFault::NoKey { file: file() },
            _ => TlsFault::Pem { file: file() },
        })
    }

    fn clients(
        &self,
        files: &TlsFiles,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Arc<dyn ClientCertVerifier>, TlsFault> {
        let (Some(content), Some(authorities)) = (&self.client_authorities, &files.client_authorities) else {
            return Ok(WebPkiClientVerifier::no_client_auth());
        };
        let mut roots = RootCertStore::empty();
        for certificate in certificates(content, &authorities.file)? {
            let added = roots.add(certificate);
            added.map_err(|_| TlsFault::Certificate { file: authorities.file.clone() })?;
        }
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone());
        let verifier = match authorities.is_certificate_required {
            true => verifier,
            false => verifier.allow_unauthenticated(),
        };
        verifier.build().map_err(|fault| TlsFault::Settings(fault.to_string()))
    }
}

/// All certificates of a file, at least one.
fn certificates(content: &[u8], file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsFault> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(content).collect();
    let found = found.map_err(|_| TlsFault::Pem { file: file.to_owned() })?;
    match found.is_empty() {
        true => Err(TlsFault::NoCertificate { file: file.to_owned() }),
        false => Ok(found),
    }
}

/// aws-lc-rs, named here and not taken from the process, with suites that encrypt and authenticate in one and whose keys
/// are made anew for each connection.
fn provider() -> CryptoProvider {
    use aws_lc_rs::cipher_suite as suite;
    let cipher_suites = vec![
        suite::TLS13_AES_256_GCM_SHA384,
        suite::TLS13_AES_128_GCM_SHA256,
        suite::TLS13_CHACHA20_POLY1305_SHA256,
        suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        suite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        suite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ];
    CryptoProvider { cipher_suites, ..aws_lc_rs::default_provider() }
}
