//! `taper serve`: one service, or all, on a database that is given.

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Args;
use taper_kit::{logs, stop};
use taper_login::Login;

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

    /// Lets everybody on this machine in, without login
    #[arg(long)]
    open: bool,

    /// The address to listen on; of this machine only, since there is no TLS yet
    #[arg(long, value_name = "ADDRESS", default_value = loopback::DEFAULT, value_parser = loopback::parse)]
    listen: SocketAddr,
}

impl Serve {
    /// Serves until SIGTERM or SIGINT.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        logs::init(logs::Form::Json)?;
        let stop = stop::requested()?;
        let store = database::open(&self.database_url).await?;
        database::check(&store).await?;
        let listener = loopback::bind(self.listen).await?;
        let address = listener.local_addr()?.to_string();
        let database = database::without_secrets(&self.database_url);
        tracing::info!(address, database, part = ?self.part, version = env!("CARGO_PKG_VERSION"), "serving");
        let gate = match self.open {
            true => gate::open(&store)?,
            false => gate::with_login(&store, Login::new(store.clone(), None, true))?,
        };
        if self.open {
            tracing::warn!("no login: whoever reaches this address may read and change everything");
        }
        server::serve(listener, store, self.part, gate, stop).await?;
        tracing::info!("stopped");
        Ok(ExitCode::SUCCESS)
    }
}
