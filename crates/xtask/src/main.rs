//! The repository's own commands: `cargo xtask test` checks everything, `cargo xtask bench` measures.

mod arguments;
mod bench;
mod cql;
mod debian;
mod parts;
mod place;
mod postgres;
mod process;
mod python;
mod readme;
mod requirements;
mod server;
mod steps;
mod sweeper;
mod test;

use std::process::ExitCode;

use arguments::Command;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the command asked for; `false` when it ran and found faults.
fn run() -> anyhow::Result<bool> {
    match arguments::parse(std::env::args().skip(1))? {
        Command::Test { parts } => test::run(&parts),
        Command::Bench { seconds } => bench::run(seconds),
        Command::Sweep { scratch } => sweeper::sweep(std::io::stdin().lock(), &scratch).map(|()| true),
        Command::Help => {
            println!("{}", arguments::HELP);
            Ok(true)
        }
    }
}
