//! `taper protocols test`: golden cases on a document, without a server, or on a version that a server has.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use taper_api::v1;
use taper_api::v1::protocol_service_client::ProtocolServiceClient;
use taper_core::case::{Case, EXPECTS_NOTHING};
use taper_core::protocol::Protocol;

use crate::connection::{Server, answered, asked};
use crate::paper::say;

use super::check;

/// Plays golden cases on a protocol and says which fail; exit status 1 when one does.
#[derive(Debug, Args)]
pub struct Test {
    /// A document (TOML), which needs no server; or the name of a version, [clinics/.../]protocols/.../versions/...
    #[arg(value_name = "FILE|NAME")]
    protocol: String,

    /// Golden cases (*.case.toml); those in the folder `cases` beside the document, or the version's own, when absent
    #[arg(value_name = "CASE")]
    cases: Vec<PathBuf>,

    #[command(flatten)]
    server: Server,
}

/// How one case came out.
struct Outcome {
    name: String,
    faults: Vec<String>,
}

impl Test {
    /// Plays each case.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let is_name = self.protocol.starts_with("protocols/") || self.protocol.starts_with("clinics/");
        let file = Path::new(&self.protocol);
        // A file of such a name is still a file.
        if is_name && !file.is_file() {
            return told(&self.on_server().await?);
        }
        let document = check::read(file)?;
        let protocol = match Protocol::check(&document) {
            Ok(protocol) => protocol,
            Err(faults) => {
                say(check::told(file, &faults))?;
                return Ok(ExitCode::FAILURE);
            }
        };
        let cases = if self.cases.is_empty() { beside(file)? } else { self.cases };
        told(&cases.iter().map(|case| on_document(&protocol, case)).collect::<Vec<_>>())
    }

    async fn on_server(&self) -> anyhow::Result<Vec<Outcome>> {
        let cases = self.cases.iter().map(|case| check::read(case)).collect::<anyhow::Result<Vec<String>>>()?;
        let mut protocols = ProtocolServiceClient::new(self.server.connect().await?);
        let request = v1::TestProtocolRequest { name: self.protocol.clone(), cases, ..Default::default() };
        let answer = answered("TestProtocol", protocols.test_protocol(asked(request)).await)?;
        let outcome = |(place, result): (usize, v1::CaseResult)| {
            let file = self.cases.get(place).map(|file| file.display().to_string());
            let name = file.unwrap_or_else(|| format!("{}: {}", result.case_id, result.display_name));
            let mut faults: Vec<String> =
                result.faults.iter().map(|fault| format!("line {}: {}", fault.line, fault.reason)).collect();
            if !result.passed && faults.is_empty() {
                faults.push("it failed".to_owned());
            }
            Outcome { name, faults }
        };
        Ok(answer.results.into_iter().enumerate().map(outcome).collect())
    }
}

/// The golden cases in the folder `cases` beside a document, by name.
fn beside(file: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let folder = file.parent().unwrap_or(Path::new("")).join("cases");
    let entries = std::fs::read_dir(&folder);
    let entries = entries.with_context(|| format!("there are no cases in {}; name some", folder.display()))?;
    let mut cases = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(".case.toml") {
            cases.push(path);
        }
    }
    cases.sort();
    if cases.is_empty() {
        bail!("there are no cases in {}; name some", folder.display());
    }
    Ok(cases)
}

fn on_document(protocol: &Protocol, file: &Path) -> Outcome {
    let name = file.display().to_string();
    let text = match check::read(file) {
        Ok(text) => text,
        Err(fault) => return Outcome { name, faults: vec![format!("{fault:#}")] },
    };
    let case = match Case::parse_for(&text, protocol) {
        Ok(case) => case,
        Err(fault) => return Outcome { name, faults: vec![fault.to_string()] },
    };
    if case.expects_nothing() {
        return Outcome { name, faults: vec![EXPECTS_NOTHING.to_owned()] };
    }
    let mismatches = case.check_with(protocol).into_iter();
    Outcome { name, faults: mismatches.map(|mismatch| format!("line {}: {mismatch}", mismatch.line)).collect() }
}

fn told(outcomes: &[Outcome]) -> anyhow::Result<ExitCode> {
    let mut failed = 0_usize;
    for outcome in outcomes {
        let verdict = if outcome.faults.is_empty() { "ok    " } else { "FAILED" };
        failed = failed.saturating_add(usize::from(!outcome.faults.is_empty()));
        say(format_args!("{verdict}  {}", outcome.name))?;
        for fault in &outcome.faults {
            say(format_args!("    {}", fault.replace('\n', "\n    ")))?;
        }
    }
    say(format_args!("{} passed, {failed} failed", outcomes.len().saturating_sub(failed)))?;
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
