//! `taper plans`: asks a server about one plan, and prints the answer for people.

mod explain;
mod forecast;
mod look;
mod migrate;
mod place;
mod receipt;
mod simulate;
mod trends;
mod visits;

use std::process::ExitCode;

use clap::{Args, Subcommand};

/// Asks about one treatment plan: why, what if, what next, how it went; issues receipts of its advice and checks them.
#[derive(Debug, Args)]
pub struct Plans {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Explain(explain::Explain),
    Simulate(simulate::Simulate),
    Forecast(forecast::Forecast),
    Trends(trends::Course),
    Visits(visits::Visits),
    Issue(receipt::Issue),
    Verify(receipt::Verify),
    Migrate(migrate::Migrate),
}

impl Plans {
    /// Does what was asked.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self.what {
            What::Explain(command) => command.run().await,
            What::Simulate(command) => command.run().await,
            What::Forecast(command) => command.run().await,
            What::Trends(command) => command.run().await,
            What::Visits(command) => command.run().await,
            What::Issue(command) => command.run().await,
            What::Verify(command) => command.run().await,
            What::Migrate(command) => command.run().await,
        }
    }
}
