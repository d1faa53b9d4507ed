//! `taper protocols check`: every fault of a document with its line, without a server.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use taper_core::protocol::{DocumentFault, Protocol};

use crate::paper::say;
use crate::story::words;

/// Checks protocol documents without a server, and prints every fault with its line; exit status 1 when there is one.
#[derive(Debug, Args)]
pub struct Check {
    /// The documents (TOML)
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl Check {
    /// Checks each.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let mut has_faults = false;
        for file in &self.files {
            match Protocol::check(&read(file)?) {
                Ok(protocol) => say(passed(file, &protocol))?,
                Err(faults) => {
                    has_faults = true;
                    say(told(file, &faults))?;
                }
            }
        }
        Ok(if has_faults { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

/// The text of a document.
pub(super) fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

/// `FILE:LINE: reason`, a line each.
pub(super) fn told(file: &Path, faults: &[DocumentFault]) -> String {
    let lines = faults.iter().map(|fault| format!("{}:{}: {}", file.display(), fault.line, fault.reason));
    lines.collect::<Vec<_>>().join("\n")
}

fn passed(file: &Path, protocol: &Protocol) -> String {
    let reference = &protocol.reference;
    let rules = words::counted_items(protocol.rules.len(), "rule");
    format!("{}: ok, {} version {}, {rules}", file.display(), reference.protocol, reference.version)
}
