//! `taper demo`: the source article's case, played through gRPC against a server of this process, and told day by day.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use taper_core::case::Case;
use taper_core::protocol::builtin;
use taper_kit::{logs, stop};
use tokio::sync::oneshot;
use tonic::transport::Endpoint;

use crate::embedded::{self, Embedded};
use crate::paper::{Paper, say};
use crate::play::{self, Clinic, Played};
use crate::story::Story;
use crate::{invite, loopback};

/// Plays a whole case against a server of its own, prints it day by day, and leaves the server running.
#[derive(Debug, Args)]
pub struct Demo {
    /// End after the story, with exit status 0
    #[arg(long)]
    once: bool,

    /// Keep the database in this folder; by default it is a new one, gone when the demo ends
    #[arg(long, value_name = "FOLDER")]
    data_dir: Option<PathBuf>,

    /// The address to listen on; by default 127.0.0.1:7450, or any free port where that is taken
    #[arg(long, value_name = "ADDRESS", value_parser = loopback::parse)]
    listen: Option<SocketAddr>,
}

/// The story that is played: the source article's runner, from the first visit to discharge.
const FOLDER: &str = "hamstring-persistent";
const STORY: &str = "article.case.toml";

/// A day of the story on which the phase and the visits are held, each by something else.
const QUESTIONED_ON: &str = "2026-03-23";

impl Demo {
    /// Plays, prints, and serves until SIGTERM or SIGINT.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let stop = stop::requested()?;
        let case = story()?;
        let temporary = tempfile::Builder::new().prefix("taper-demo-").tempdir()?;
        let folder = self.data_dir.unwrap_or_else(|| temporary.path().to_owned());
        let listen = match self.listen {
            Some(address) => address,
            None => loopback::default_or_free().await?,
        };
        let server = Embedded::open(&folder, listen, None).await?;
        let address = server.address();
        say(format_args!(
            "Taper {}: a case from the first visit to discharge, through gRPC.\n",
            env!("CARGO_PKG_VERSION")
        ))?;
        say(format_args!("{}\n", server.facts()))?;

        let channel = Endpoint::from_shared(format!("http://{}", address))?.connect_lazy();
        let clinic = Clinic::existing(embedded::CLINIC, server.zone());
        let (end, ended) = oneshot::channel::<()>();
        let mut serving = tokio::spawn(server.serve(async {
            tokio::select! {
                () = stop => {}
                _ = ended => {}
            }
        }));
        let played = tokio::select! {
            // Stopped amid the story.
            outcome = &mut serving => return outcome?.map(|()| ExitCode::SUCCESS),
            played = tell(channel, &clinic, &case) => played?,
        };
        if self.once {
            drop(end);
        } else {
            logs::init(logs::Form::Text)?;
            say(after(&played, address))?;
        }
        serving.await??;
        agreed(&played)
    }
}

fn story() -> anyhow::Result<Case> {
    let documents = builtin::DOCUMENTS.iter().filter(|document| document.folder == FOLDER);
    let mut cases = documents.flat_map(|document| document.cases);
    let (_, text) = cases.find(|(name, _)| *name == STORY).context("the story is not built in")?;
    Case::parse(text).map_err(|fault| anyhow::anyhow!("{STORY}: {fault}"))
}

async fn tell(channel: tonic::transport::Channel, clinic: &Clinic, case: &Case) -> anyhow::Result<Played> {
    let mut story = Story::on(Paper::of_stdout());
    say(format_args!("{}\n", story.opening(case)))?;
    play::play(channel, clinic, case, |day| {
        say(format_args!("{}\n", story.told(day)))?;
        Ok(())
    })
    .await
}

fn after(played: &Played, address: SocketAddr) -> String {
    let plan = format!("{{\"name\": \"{}\", \"include_text\": true}}", played.plan);
    let parent = format!("{{\"parent\": \"{}\"}}", played.plan);
    let commands = [
        invite::taper(&format!("plans explain --server {address} --as-of {QUESTIONED_ON} \\\n    {}", played.plan)),
        invite::taper(&format!("health --address {address}")),
        invite::list_methods(address),
        invite::call(address, "taper.v1.SessionService/ListSessions", &parent),
        invite::call(address, "taper.v1.TreatmentPlanService/GetRecommendation", &plan),
        invite::BUF.to_owned(),
    ];
    format!("The server is still running. Try, in another terminal:\n{}\n\nCtrl-C stops it.", commands.join("\n"))
}

/// The story is also a test: what the server said must be what the case expects.
fn agreed(played: &Played) -> anyhow::Result<ExitCode> {
    if played.mismatches.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    bail!("the server's advice was not what the case expects:\n  {}", played.mismatches.join("\n  "))
}
