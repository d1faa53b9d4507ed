//! The built taper binary as a running server, on SQLite or on Postgres.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, bail};

use crate::place::Place;
use crate::postgres::Postgres;
use crate::process::{self, Background};

/// A server that runs until this value goes.
pub struct Server<'p> {
    /// Where it listens, as host:port.
    pub address: String,
    process: Background<'p>,
}

/// How long a server may take until it is healthy. It promises a second; the machine may be busy.
const READY_WITHIN: Duration = Duration::from_secs(10);

impl<'p> Server<'p> {
    /// `taper dev` on an empty data folder.
    pub fn on_sqlite(place: &'p Place) -> anyhow::Result<Server<'p>> {
        let data = place.scratch.join("dev-data");
        std::fs::create_dir_all(&data)?;
        let mut dev = Command::new(place.taper());
        dev.arg("dev").arg("--data-dir").arg(data);
        Server::start(place, dev, "taper-dev.log")
    }

    /// `taper migrate up`, then `taper serve all`, on an empty database.
    pub fn on_postgres(place: &'p Place, postgres: &Postgres) -> anyhow::Result<Server<'p>> {
        let url = postgres.database("black_box")?;
        place.run(Command::new(place.taper()).args(["migrate", "up", "--database-url", &url]))?;
        let mut serve = Command::new(place.taper());
        serve.args(["serve", "all", "--open", "--database-url", &url]);
        serve.arg("--master-key").arg(place.scratch.join("master.key"));
        Server::start(place, serve, "taper-serve.log")
    }

    fn start(place: &'p Place, mut command: Command, log: &str) -> anyhow::Result<Server<'p>> {
        let address = format!("127.0.0.1:{}", process::free_port()?);
        let log = place.scratch.join(log);
        command.args(["--listen", &address]);
        let mut process = Background::start(&place.sweeper, &mut command, "TERM", &log)?;
        let healthy = process::retry(READY_WITHIN, || {
            if let Some(status) = process.ended()? {
                bail!("it ended at its start: {status}");
            }
            check_health(&place.taper(), &address)
        });
        if let Err(error) = healthy {
            let log = std::fs::read_to_string(&log).unwrap_or_default();
            return Err(error.context(format!("the server is not healthy; it said:\n{log}")));
        }
        Ok(Server { address, process })
    }

    /// Asks it to stop; an error when it does not stop in good order.
    pub fn stop(self) -> anyhow::Result<()> {
        let status = self.process.stop()?;
        if !status.success() {
            bail!("the server did not end in good order on SIGTERM: {status}");
        }
        Ok(())
    }
}

/// Asks `taper health` once.
pub fn check_health(taper: &Path, address: &str) -> anyhow::Result<()> {
    process::output(Command::new(taper).args(["health", "--address", address])).context("taper health").map(|_| ())
}
