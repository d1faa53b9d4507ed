//! `taper dev`: all services in one process on a database of its own, for this machine only.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use taper_kit::{logs, stop};

use crate::embedded::{self, Embedded};
use crate::paper::say;
use crate::{invite, loopback};

/// Starts all services on this machine with a database of their own, which is kept. No login, no TLS.
#[derive(Debug, Args)]
pub struct Dev {
    /// The folder of the database; by default taper/ in the user's data folder
    #[arg(long, value_name = "FOLDER", env = embedded::FOLDER_VARIABLE)]
    data_dir: Option<PathBuf>,

    /// The address to listen on; of this machine only, since there is no TLS and no login
    #[arg(long, value_name = "ADDRESS", default_value = loopback::DEFAULT, value_parser = loopback::parse)]
    listen: SocketAddr,

    /// The time zone of clinics/default, which the first start makes; by default the machine's
    #[arg(long, value_name = "ZONE", value_parser = embedded::zone)]
    time_zone: Option<taper_core::record::clinic::TimeZoneName>,
}

impl Dev {
    /// Serves until SIGTERM or SIGINT.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        logs::init(logs::Form::Text)?;
        let stop = stop::requested()?;
        let folder = self.data_dir.map_or_else(embedded::default_folder, Ok)?;
        let server = Embedded::open(&folder, self.listen, self.time_zone).await?;
        say(banner(&server))?;
        server.serve(stop).await?;
        say(format_args!("Stopped. The database stays at {}.", folder.display()))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn banner(server: &Embedded) -> String {
    let address = server.address();
    let clinic = format!("{{\"name\": \"clinics/{}\"}}", embedded::CLINIC);
    let commands = [
        invite::taper(&format!("health --address {address}")),
        invite::taper("demo"),
        invite::list_methods(address),
        invite::call(address, "taper.v1.PatientService/GetClinic", &clinic),
        invite::BUF.to_owned(),
    ];
    format!(
        "Taper {}: all services in one process, for development.\n\n{}\n\nTry, in another terminal:\n{}\n\nCtrl-C stops it.",
        env!("CARGO_PKG_VERSION"),
        server.facts(),
        commands.join("\n"),
    )
}
