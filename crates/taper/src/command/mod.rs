//! The commands of the program, one file each, and how a failed one is told.

mod arguments;

mod audit;
mod case;
mod caseload;
mod demo;
mod dev;
mod health;
mod keys;
mod measures;
mod migrate;
mod plans;
mod protocols;
mod serve;

use std::io;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "taper", version, about = ABOUT, after_help = EXAMPLES, arg_required_else_help = true)]
pub struct Program {
    #[command(subcommand)]
    command: Command,
}

const ABOUT: &str = "\
Records a hamstring injury and its sessions over gRPC, says which of four phases of rehabilitation it is in, \
what holds it there, and whether the visits can be tapered. It supports a clinician, who decides.";

const EXAMPLES: &str = "\
Begin with one of these:
  taper demo    plays a whole case against a server of its own, prints it, and leaves the server running
  taper dev     starts a server on this machine, with its own database";

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Demo),
    Dev(dev::Dev),
    Serve(serve::Serve),
    Migrate(migrate::Migrate),
    Health(health::Health),
    Case(case::CaseCommand),
    Plans(plans::Plans),
    Protocols(protocols::Protocols),
    Caseload(caseload::Caseload),
    Keys(keys::Keys),
    Audit(audit::Audit),
    Measures(measures::Measures),
}

/// Runs the command of this process's command line; a failure is told on stderr and in the exit status.
///
/// The status is 0 when it went well, 1 when not, 2 when the command line itself was wrong.
pub fn run() -> ExitCode {
    let program = Program::parse();
    match on_runtime(program.command) {
        Ok(status) => status,
        // The reader of our output has gone, for example `taper demo | head`; nobody is left to be told.
        Err(fault) if is_broken_pipe(&fault) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("taper: {fault:#}");
            ExitCode::FAILURE
        }
    }
}

fn on_runtime(command: Command) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the threads of the program cannot be started")?;
    runtime.block_on(async {
        match command {
            Command::Demo(demo) => demo.run().await,
            Command::Dev(dev) => dev.run().await,
            Command::Serve(serve) => serve.run().await,
            Command::Migrate(migrate) => migrate.run().await,
            Command::Health(health) => health.run().await,
            Command::Case(case) => case.run(),
            Command::Plans(plans) => plans.run().await,
            Command::Protocols(protocols) => protocols.run().await,
            Command::Caseload(caseload) => caseload.run().await,
            Command::Keys(keys) => keys.run().await,
            Command::Audit(audit) => audit.run().await,
            Command::Measures(measures) => measures.run(),
        }
    })
}

fn is_broken_pipe(fault: &anyhow::Error) -> bool {
    let cause = fault.root_cause().downcast_ref::<io::Error>();
    cause.is_some_and(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Program::command().debug_assert();
    }
}
