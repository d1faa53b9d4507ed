//! The README's commands, run in order as a new user would, their output compared with what the README shows.

mod blocks;
mod database;
mod matching;
mod normal;
mod replay;

use anyhow::{Context, bail};

use crate::place::Place;
use crate::python::Venv;
use crate::steps::{Done, Tally};

use blocks::{Block, Kind};
use database::Database;
use replay::Replay;

/// Runs every `sh run` block, compares its output, and checks that no shell block is left out.
pub fn check(place: &Place, venv: &Venv) -> anyhow::Result<Done<()>> {
    let text = std::fs::read_to_string(place.root.join("README.md")).context("cannot read README.md")?;
    let blocks = blocks::read(&text)?;
    let database = Database::start(place)?;
    let mut replay = Replay::new(place, venv, &database)?;
    let mut tally = Tally::default();
    for block in &blocks {
        println!("README.md:{} ({})", block.line, block.kind.words());
        let outcome = match block.kind {
            Kind::Run => replay.run(block),
            Kind::Server => replay.serve(block),
            Kind::CheckedByCi => ci_runs(place, block),
        };
        let one = match outcome {
            Ok(()) => Tally::ONE_PASSED,
            Err(error) => {
                println!("README.md:{}: FAILED: {error:#}", block.line);
                Tally::ONE_FAILED
            }
        };
        tally = tally.plus(one);
    }
    replay.end()?;
    database.stop()?;
    if tally.passed + tally.failed == 0 {
        bail!("README.md has no command to run");
    }
    Ok(Done { value: (), tally, note: "blocks of README.md".to_owned() })
}

/// The block's only command is one that .ci/run executes.
fn ci_runs(place: &Place, block: &Block) -> anyhow::Result<()> {
    let script = std::fs::read_to_string(place.root.join(".ci/run")).context("cannot read .ci/run")?;
    let command = block.script.trim();
    let runs = script.lines().map(str::trim).any(|line| line.strip_prefix("exec ").unwrap_or(line) == command);
    if !runs {
        bail!(".ci/run does not run `{command}`");
    }
    Ok(())
}
