//! `taper plans`: asks a server about one plan, and prints the answer for people.

mod explain;
mod forecast;
mod place;
mod simulate;
mod trends;
mod visits;

use std::process::ExitCode;

use clap::{Args, Subcommand};

/// Asks about one treatment plan: why, what if, what next, how it went.
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
        }
    }
}
