//! `taper protocols`: checks, tests and publishes protocol documents, and replays a version over a clinic's past cases.

mod check;
mod list;
mod publish;
mod replay;
mod test;

use std::process::ExitCode;

use clap::{Args, Subcommand};

/// Checks, tests, replays, lists and publishes protocols.
#[derive(Debug, Args)]
pub struct Protocols {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Check(check::Check),
    Test(test::Test),
    Replay(replay::Replay),
    List(list::List),
    Publish(publish::Publish),
}

impl Protocols {
    /// Does what was asked.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self.what {
            What::Check(command) => command.run(),
            What::Test(command) => command.run().await,
            What::Replay(command) => command.run().await,
            What::List(command) => command.run().await,
            What::Publish(command) => command.run().await,
        }
    }
}
