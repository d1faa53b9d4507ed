//! `taper audit`: verifies the chains of what happened on the database itself, and keeps their heads in a file outside it.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use taper_core::audit::{Hash, Head};
use taper_core::ids::ClinicId;
use taper_kit::Clock;
use taper_store::{Store, audit, clinics};

use crate::database;
use crate::paper::say;

/// What one clinic's chain may take.
const WITHIN: Duration = Duration::from_secs(600);

/// Clinics that are listed at once.
const PAGE: u32 = 1000;

/// What happened in each clinic is chained: verify the chains, and keep their heads outside the database, where whoever
/// changes the database does not reach.
#[derive(Debug, Args)]
pub struct Audit {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Verify(Verify),
    Anchor(Anchor),
}

/// Reads every chain from its first event on and says what is wrong with it. Fails when one is not as it was written.
#[derive(Debug, Args)]
struct Verify {
    /// The database: postgres://USER:PASSWORD@HOST/DATABASE or sqlite://PATH
    #[arg(long, value_name = "URL", env = database::URL_VARIABLE, hide_env_values = true)]
    database_url: String,

    /// Only this clinic's chain
    #[arg(long, value_name = "SLUG")]
    clinic: Option<ClinicId>,

    /// Heads that `taper audit anchor` kept; each chain must reach and hold each of its own
    #[arg(long, value_name = "FILE")]
    anchors: Option<PathBuf>,
}

/// Adds the present head of every chain to a file, one JSON object a line.
#[derive(Debug, Args)]
struct Anchor {
    /// The database: postgres://USER:PASSWORD@HOST/DATABASE or sqlite://PATH
    #[arg(long, value_name = "URL", env = database::URL_VARIABLE, hide_env_values = true)]
    database_url: String,

    /// The file, on a disk or a service that the database's administrator cannot write to
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
}

impl Audit {
    /// Runs the command on the database.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Verify(verify) => verify.run().await,
            Command::Anchor(anchor) => anchor.run().await,
        }
    }
}

impl Verify {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let anchors = self.anchors.as_deref().map(read_anchors).transpose()?.unwrap_or_default();
        let store = open(&self.database_url).await?;
        let chains = match self.clinic {
            Some(clinic) => vec![clinic],
            None => chains(&store).await?,
        };
        let mut damaged = 0_usize;
        for chain in chains {
            let own = anchors.iter().filter(|(of, _)| *of == chain.as_str()).map(|(_, head)| *head).collect();
            let tx = store.begin_read(&chain, Instant::now() + WITHIN).await?;
            match audit::verify(&tx, Head::default(), own).await? {
                Ok(head) => say(format_args!("{}: intact, {} events, head {}", name(&chain), head.number, head.hash))?,
                Err(fault) => {
                    damaged = damaged.saturating_add(1);
                    say(format_args!("{}: NOT INTACT: {fault}", name(&chain)))?;
                }
            }
        }
        store.close().await;
        Ok(if damaged == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

impl Anchor {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let store = open(&self.database_url).await?;
        let now = Clock::system().now().to_string();
        let mut lines = String::new();
        for chain in chains(&store).await? {
            let tx = store.begin_read(&chain, Instant::now() + WITHIN).await?;
            let head = audit::head(&tx).await?;
            if head.number > 0 {
                let line = serde_json::json!({
                    "time": now, "chain": chain.as_str(), "number": head.number, "hash": head.hash.to_string(),
                });
                lines.push_str(&format!("{line}\n"));
            }
        }
        store.close().await;
        let file = OpenOptions::new().create(true).append(true).open(&self.file);
        let mut file = file.with_context(|| format!("cannot open {}", self.file.display()))?;
        file.write_all(lines.as_bytes()).and_then(|()| file.sync_all())?;
        say(format_args!("Kept {} heads in {}.", lines.lines().count(), self.file.display()))?;
        Ok(ExitCode::SUCCESS)
    }
}

async fn open(url: &str) -> anyhow::Result<Store> {
    let store = database::open(url).await?;
    database::check(&store).await?;
    Ok(store)
}

/// The deployment's own chain and every clinic's.
async fn chains(store: &Store) -> anyhow::Result<Vec<ClinicId>> {
    let mut chains = vec![ClinicId::deployment()];
    loop {
        let after = chains.last().filter(|last| **last != ClinicId::deployment());
        let page = clinics::list(store, after, PAGE, Instant::now() + WITHIN).await?;
        if page.is_empty() {
            return Ok(chains);
        }
        chains.extend(page.into_iter().map(|clinic| clinic.id));
    }
}

fn name(chain: &ClinicId) -> String {
    if *chain == ClinicId::deployment() { "the deployment".to_owned() } else { format!("clinics/{chain}") }
}

/// The heads of a file of anchors, each with its chain.
fn read_anchors(path: &Path) -> anyhow::Result<Vec<(String, Head)>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut anchors = Vec::new();
    for (place, line) in text.lines().enumerate() {
        match anchor(line) {
            Some(anchor) => anchors.push(anchor),
            None => bail!("{}: line {} is not an anchor", path.display(), place.saturating_add(1)),
        }
    }
    Ok(anchors)
}

fn anchor(line: &str) -> Option<(String, Head)> {
    let parsed: serde_json::Value = serde_json::from_str(line).ok()?;
    let chain = parsed.get("chain")?.as_str()?.to_owned();
    let number = parsed.get("number")?.as_u64()?;
    let text = parsed.get("hash")?.as_str()?;
    let mut hash = [0; 32];
    for (place, byte) in hash.iter_mut().enumerate() {
        let from = place.checked_mul(2)?;
        *byte = u8::from_str_radix(text.get(from..from.checked_add(2)?)?, 16).ok()?;
    }
    (text.len() == 64).then_some((chain, Head { number, hash: Hash(hash) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anchor_reads_back_from_its_line_and_anything_else_is_none() {
        let hash = Hash([0xAB; 32]);
        let line = format!(r#"{{"time":"2026-01-01T00:00:00Z","chain":"here","number":7,"hash":"{hash}"}}"#);
        assert_eq!(anchor(&line), Some(("here".to_owned(), Head { number: 7, hash })));
        for other in ["", "{}", &line.replace("ab\"", "\""), &line.replace("abab", "xyab"), &line.replace('7', "-7")] {
            assert_eq!(anchor(other), None, "{other}");
        }
    }
}
