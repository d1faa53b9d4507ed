//! `taper serve`: one service, or all, on a database that is given.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use taper_kit::tls::{ClientAuthorities, TlsFiles};
use taper_kit::{Listener, Tls, logs, stop};
use taper_login::Login;
use taper_login::token::{Issuer, Tokens};

use crate::server::Part;
use crate::{database, gate, loopback, server};

/// Serves one service, or all of them, on a database that `taper migrate up` has prepared.
#[derive(Debug, Args)]
pub struct Serve {
    /// Which services this process has
    #[arg(value_enum)]
    part: Part,

    /// The database: postgres://USER:PASSWORD@HOST/DATABASE or sqlite://PATH
    #[arg(long, value_name = "URL", env = database::URL_VARIABLE, hide_env_values = true)]
    database_url: String,

    /// The file of the key that wraps the keys of patients: 64 hexadecimal digits, made when it is missing. Needed for
    /// Postgres; for a SQLite file it is PATH.key where nothing is said
    #[arg(long, value_name = "FILE", env = database::KEY_VARIABLE)]
    master_key: Option<PathBuf>,

    /// Lets everybody on this machine in, without login
    #[arg(long)]
    open: bool,

    /// The address to listen on; one that other machines can reach needs TLS and a login
    #[arg(long, value_name = "ADDRESS", default_value = loopback::DEFAULT, value_parser = loopback::parse_any)]
    listen: SocketAddr,

    #[command(flatten)]
    encryption: Encryption,

    /// Also lets in holders of an issuer's tokens who are members of a clinic: a TOML file with url, audience and keys
    #[arg(long, value_name = "FILE", conflicts_with = "open")]
    oidc: Option<PathBuf>,

    /// Lets people in whose token does not say that they logged in with more than one factor
    #[arg(long, requires = "oidc")]
    one_factor_is_enough: bool,
}

/// The files of TLS. They are read again every few seconds, so that a certificate is renewed without a restart.
#[derive(Debug, Args)]
struct Encryption {
    /// The server's certificate, then those that lead to its authority, PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_certificate: Option<PathBuf>,

    /// The key of the certificate, PEM, not encrypted
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    tls_key: Option<PathBuf>,

    /// Who signs the certificates of clients, PEM; without it no client is asked for one
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    tls_client_authorities: Option<PathBuf>,

    /// Refuses clients without a certificate
    #[arg(long, requires = "tls_client_authorities")]
    tls_client_required: bool,
}

impl Encryption {
    fn files(self) -> Option<TlsFiles> {
        let is_certificate_required = self.tls_client_required;
        let authorities = |file| ClientAuthorities { file, is_certificate_required };
        Some(TlsFiles {
            certificate_chain: self.tls_certificate?,
            private_key: self.tls_key?,
            client_authorities: self.tls_client_authorities.map(authorities),
        })
    }
}

impl Serve {
    /// Serves until SIGTERM or SIGINT.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let files = self.encryption.files();
        loopback::may_listen(self.listen, files.is_some(), !self.open).map_err(anyhow::Error::msg)?;
        logs::init(logs::Form::Json)?;
        let stop = stop::requested()?;
        let (store, key) = database::open_with_key(&self.database_url, self.master_key).await?;
        database::check(&store).await?;
        database::check_key(&store, &key).await?;
        let tls = match files {
            Some(files) => Some(Tls::load(files).await?),
            None => None,
        };
        let port = loopback::bind(self.listen).await?;
        let address = port.local_addr()?.to_string();
        let has_tls = tls.is_some();
        let database = database::without_secrets(&self.database_url);
        let listener = match tls {
            Some(tls) => Listener::with_tls(port, tls),
            None => port.into(),
        };
        let has_login = !self.open;
        tracing::info!(
            address,
            has_tls,
            has_login,
            database,
            part = ?self.part,
            version = env!("CARGO_PKG_VERSION"),
            "serving"
        );
        let gate = match self.open {
            true => gate::open(&store)?,
            false => {
                let tokens = self.oidc.as_deref().map(tokens).transpose()?;
                gate::with_login(&store, Login::new(store.clone(), tokens, !self.one_factor_is_enough))?
            }
        };
        if self.open {
            tracing::warn!("no login: whoever reaches this address may read and change everything");
        }
        server::serve(listener, store, self.part, gate, stop).await?;
        tracing::info!("stopped");
        Ok(ExitCode::SUCCESS)
    }
}

/// Reads the settings of an issuer.
fn tokens(path: &Path) -> anyhow::Result<Tokens> {
    let file = || path.display().to_string();
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", file()))?;
    let issuer: Issuer =
        toml::from_str(&text).with_context(|| format!("{} is not the settings of an issuer", file()))?;
    Tokens::new(issuer).with_context(|| format!("the issuer of {} cannot be used", file()))
}
