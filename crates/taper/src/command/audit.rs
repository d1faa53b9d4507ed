//! `taper audit`: verifies and prints the chains of what happened on the database itself, and keeps their heads in a file.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use taper_core::audit::{Entry, Hash, Head};
use taper_core::ids::{ClinicId, PatientId};
use taper_kit::Clock;
use taper_store::{Store, audit, clinics};

use crate::database;
use crate::paper::say;

/// What one clinic's chain may take.
const WITHIN: Duration = Duration::from_secs(600);

/// Clinics that are listed at once.
const PAGE: u32 = 1000;

/// What happened in each clinic is chained: print the events, verify the chains, and keep their heads outside the database, where whoever
/// changes the database does not reach.
#[derive(Debug, Args)]
pub struct Audit {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(List),
    Verify(Verify),
    Anchor(Anchor),
}

/// Prints events, the newest last, one a line with tabs between: time, subject, role, method, resource, outcome, id of the
/// call.
#[derive(Debug, Args)]
struct List {
    /// The database: postgres://USER:PASSWORD@HOST/DATABASE or sqlite://PATH
    #[arg(long, value_name = "URL", env = database::URL_VARIABLE, hide_env_values = true)]
    database_url: String,

    /// The clinic in which it happened
    #[arg(long, value_name = "SLUG", required_unless_present = "deployment")]
    clinic: Option<ClinicId>,

    /// What belongs to no clinic: calls of operators, and keys made for them
    #[arg(long, conflicts_with = "clinic")]
    deployment: bool,

    /// Only from this instant on, for example 2026-03-02T12:00:00Z
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    from: Option<Timestamp>,

    /// Only before this instant
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    to: Option<Timestamp>,

    /// Only about this patient, by id
    #[arg(long, value_name = "ID")]
    patient: Option<PatientId>,

    /// Only by this caller, as it is printed
    #[arg(long, value_name = "SUBJECT")]
    subject: Option<String>,

    /// So many at most: the newest
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
}

/// Reads every chain from its first event on and says what is wrong with it. Fails when one is not as it was written, or
/// is not there although its head was kept.
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
            Command::List(list) => list.run().await.map(|()| ExitCode::SUCCESS),
            Command::Verify(verify) => verify.run().await,
            Command::Anchor(anchor) => anchor.run().await,
        }
    }
}

impl List {
    async fn run(self) -> anyhow::Result<()> {
        let store = open(&self.database_url).await?;
        let filter = audit::Filter { patient: self.patient, subject: self.subject, from: self.from, until: self.to };
        let chain = self.clinic.unwrap_or_else(ClinicId::deployment);
        let tx = store.begin_read(&chain, Instant::now() + WITHIN).await?;
        let entries = audit::latest(&tx, &filter, self.limit).await?;
        drop(tx);
        store.close().await;
        for entry in &entries {
            say(line(entry))?;
        }
        if entries.is_empty() {
            eprintln!("{} has no such event.", name(&chain));
        }
        Ok(())
    }
}

/// One event as one line. What a caller could have put into a column does not end it.
fn line(entry: &Entry) -> String {
    let event = &entry.event;
    let at = event.at.to_string();
    let columns = [
        at.as_str(),
        event.subject.as_str(),
        event.role.map_or("-", |role| role.word()),
        event.method.as_str(),
        event.resource.as_deref().unwrap_or("-"),
        event.outcome.as_str(),
        event.call_id.as_str(),
    ];
    columns.map(|column| column.replace(char::is_control, "?")).join("\t")
}

impl Verify {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let anchors = self.anchors.as_deref().map(read_anchors).transpose()?.unwrap_or_default();
        let store = open(&self.database_url).await?;
        let known = chains(&store).await?;
        let asked = match self.clinic {
            Some(clinic) => vec![clinic],
            None => with_anchored(&known, &anchors),
        };
        let mut damaged = 0_usize;
        for chain in &asked {
            let own = anchors.iter().filter(|(of, _)| of == chain).map(|(_, head)| *head).collect();
            let told = match found(&store, chain, own).await {
                Ok(head) if known.contains(chain) => format!("intact, {} events, head {}", head.number, head.hash),
                Ok(_) => {
                    damaged = damaged.saturating_add(1);
                    "NOT INTACT: there is no such clinic".to_owned()
                }
                Err(fault) => {
                    damaged = damaged.saturating_add(1);
                    fault
                }
            };
            say(format_args!("{}: {told}", name(chain)))?;
        }
        store.close().await;
        Ok(if damaged == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// What is known of one chain; one that cannot be read does not keep the others from being verified.
async fn found(store: &Store, chain: &ClinicId, anchors: Vec<Head>) -> Result<Head, String> {
    let not_read = |fault: taper_store::Error| format!("NOT VERIFIED: {fault}");
    let tx = store.begin_read(chain, Instant::now() + WITHIN).await.map_err(not_read)?;
    let verified = audit::verify(&tx, Head::default(), anchors).await.map_err(not_read)?;
    verified.map_err(|fault| format!("NOT INTACT: {fault}"))
}

/// The chains of the database, and those that only the anchors know: whoever removes a clinic removes its place in the
/// list too.
fn with_anchored(known: &[ClinicId], anchors: &[(ClinicId, Head)]) -> Vec<ClinicId> {
    let mut chains = known.to_vec();
    for (chain, _) in anchors {
        if !chains.contains(chain) {
            chains.push(chain.clone());
        }
    }
    chains
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

fn instant(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| "it must be an instant, for example 2026-03-02T12:00:00Z".to_owned())
}

/// The heads of a file of anchors, each with its chain.
fn read_anchors(path: &Path) -> anyhow::Result<Vec<(ClinicId, Head)>> {
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

fn anchor(line: &str) -> Option<(ClinicId, Head)> {
    let parsed: serde_json::Value = serde_json::from_str(line).ok()?;
    let deployment = ClinicId::deployment();
    let chain = match parsed.get("chain")?.as_str()? {
        slug if slug == deployment.as_str() => deployment,
        slug => slug.parse().ok()?,
    };
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
        assert_eq!(anchor(&line), Some(("here".parse().unwrap(), Head { number: 7, hash })));
        let of_deployment = anchor(&line.replace("here", "-"));
        assert_eq!(of_deployment.map(|(chain, _)| chain), Some(ClinicId::deployment()));
        for other in [
            "",
            "{}",
            &line.replace("ab\"", "\""),
            &line.replace("abab", "xyab"),
            &line.replace('7', "-7"),
            &line.replace("here", "No"),
        ] {
            assert_eq!(anchor(other), None, "{other}");
        }
    }
}
