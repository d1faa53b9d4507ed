//! `taper case`: patients' stories in files, played by the rules alone, without a server.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use taper_core::case::{Case, EXPECTS_NOTHING, StepOutcome};
use taper_core::ids::PatientId;
use taper_core::protocol::{self, Protocol};
use taper_kit::name;
use uuid::Uuid;

use crate::paper::{Paper, say};
use crate::play;
use crate::story::{Day, Story};

/// Plays a patient's story from a file, or checks what it expects (*.case.toml).
#[derive(Debug, Args)]
pub struct CaseCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Prints a story by date: what was recorded, the phase, the visits, and the reasons
    Run {
        /// The story
        file: PathBuf,
    },
    /// Checks that the rules advise what the stories expect; exit status 1 when one does not
    Test {
        /// The stories
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

impl CaseCommand {
    /// Does what was asked.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        match self.what {
            What::Run { file } => run(&file),
            What::Test { files } => test(&files),
        }
    }
}

fn run(file: &Path) -> anyhow::Result<ExitCode> {
    let case = read(file)?;
    let protocol = protocol::find(&case.plan.protocol).context("the story's protocol is not built in")?;
    let mut story = Story::on(Paper::of_stdout());
    say(format_args!("{}\n", story.opening(&case)))?;
    for (step, outcome) in case.steps.iter().zip(case.play_with(protocol)) {
        let day = Day {
            date: step.date,
            number: step.day,
            recorded: play::sentences(&case, step)?,
            advice: answer(protocol, &outcome)?,
        };
        say(format_args!("{}\n", story.told(&day)))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The advice in the form of the contract, for a plan that is on no server.
fn answer(protocol: &Protocol, outcome: &StepOutcome) -> anyhow::Result<taper_api::v1::Recommendation> {
    let plan = name::Plan {
        clinic: "story".parse()?,
        patient: PatientId(Uuid::nil()),
        injury: outcome.record.injury.id,
        plan: outcome.record.plan.id,
    };
    Ok(taper_treatment_plans::answer(&plan, protocol, &outcome.recommendation))
}

fn test(files: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let mut failed = 0;
    for file in files {
        let faults = faults(file);
        match faults.is_empty() {
            true => say(format_args!("ok      {}", file.display()))?,
            false => {
                failed += 1;
                say(format_args!("FAILED  {}", file.display()))?;
            }
        }
        for fault in faults {
            say(format_args!("    {}", fault.replace('\n', "\n    ")))?;
        }
    }
    say(format_args!("{} passed, {failed} failed", files.len() - failed))?;
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Why a story fails: it does not read, it expects nothing, or the rules advise something else.
fn faults(file: &Path) -> Vec<String> {
    let case = match read(file) {
        Ok(case) => case,
        Err(fault) => return vec![format!("{fault:#}")],
    };
    if case.expects_nothing() {
        return vec![EXPECTS_NOTHING.to_owned()];
    }
    let mismatches = case.check().into_iter();
    mismatches.map(|mismatch| format!("line {}: {mismatch}", mismatch.line)).collect()
}

fn read(file: &Path) -> anyhow::Result<Case> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    Case::parse(&text).with_context(|| format!("{} is no story", file.display()))
}
