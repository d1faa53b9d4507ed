//! TLS: a certificate from files that may change while the server runs, and the handshakes of those who connect.

mod files;
mod incoming;

use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use taper_core::limits;
use tokio::sync::watch;

pub use files::{ClientAuthorities, TlsFault, TlsFiles};
pub(crate) use incoming::Incoming;

use files::Contents;

/// The limits of TLS, as [`crate::ServerLimits`] are those of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TlsLimits {
    /// From a connection's first byte, or none, to the end of its handshake.
    pub handshake_within: Duration,
    /// Handshakes at once; more connections wait until one of these ends.
    pub handshakes_at_once_max: usize,
    /// Between two looks at the files.
    pub files_read_every: Duration,
}

impl TlsLimits {
    /// The limits of `taper_core::limits`.
    pub fn of_table() -> Self {
        Self {
            handshake_within: Duration::from_secs(limits::HANDSHAKE_SECONDS_MAX),
            handshakes_at_once_max: limits::HANDSHAKES_AT_ONCE_MAX as usize,
            files_read_every: Duration::from_secs(limits::CERTIFICATE_READ_INTERVAL_SECONDS),
        }
    }
}

/// A certificate, its key, and the authorities of clients, as the files have them now.
#[derive(Clone)]
pub struct Tls {
    config: watch::Receiver<Arc<ServerConfig>>,
    limits: TlsLimits,
}

impl Tls {
    /// Reads the files, and looks at them again for as long as this value or a clone of it is there.
    pub async fn load(files: TlsFiles) -> Result<Self, TlsFault> {
        Self::load_within(files, TlsLimits::of_table()).await
    }

    /// The same with other limits.
    pub async fn load_within(files: TlsFiles, limits: TlsLimits) -> Result<Self, TlsFault> {
        let contents = read(&files).await?;
        let (sender, config) = watch::channel(Arc::new(contents.config(&files)?));
        tokio::spawn(follow(files, contents.sha256(), limits.files_read_every, sender));
        Ok(Self { config, limits })
    }

    /// What the next handshake uses. The whole of it is swapped, so that authorities change with the certificate.
    fn config(&self) -> Arc<ServerConfig> {
        self.config.borrow().clone()
    }
}

/// Takes what changed in the files into use; what cannot be used is told, once, and changes nothing.
///
/// The files are read rather than their times compared: they are a few kilobytes, and a file that was put in place with
/// an old time, or twice within one tick of the clock, counts too.
async fn follow(files: TlsFiles, first: [u8; 32], every: Duration, config: watch::Sender<Arc<ServerConfig>>) {
    let mut seen = Ok(first);
    loop {
        tokio::select! {
            () = config.closed() => return,
            () = tokio::time::sleep(every) => {}
        }
        let contents = read(&files).await;
        let found = contents.as_ref().map(Contents::sha256).map_err(TlsFault::to_string);
        if found == seen {
            continue;
        }
        seen = found;
        match contents.and_then(|contents| contents.config(&files)) {
            Ok(changed) => {
                config.send_replace(Arc::new(changed));
                let file = files.certificate_chain.display();
                tracing::info!(%file, "the certificate was read again; new connections use it");
            }
            Err(fault) => tracing::error!(%fault, "the certificate that was read before stays in use"),
        }
    }
}

async fn read(files: &TlsFiles) -> Result<Contents, TlsFault> {
    let read = files.clone();
    let read = tokio::task::spawn_blocking(move || read.read()).await;
    read.unwrap_or_else(|fault| Err(TlsFault::unread(&files.certificate_chain, fault.into())))
}
