//! `taper migrate`: which migrations of the schema a database has, and applying those that it lacks.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::database;
use crate::paper::say;

/// Shows or applies the migrations of a database.
#[derive(Debug, Args)]
pub struct Migrate {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Lists every migration and says whether it is applied
    Status(Database),
    /// Applies those that are pending, each in a transaction
    Up(Database),
}

#[derive(Debug, Args)]
struct Database {
    /// The database: postgres://USER:PASSWORD@HOST/DATABASE or sqlite://PATH
    #[arg(long, value_name = "URL", env = database::URL_VARIABLE, hide_env_values = true)]
    database_url: String,
}

impl Migrate {
    /// Does what was asked.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self.what {
            What::Status(database) => status(&database.database_url).await,
            What::Up(database) => up(&database.database_url).await,
        }
    }
}

async fn status(url: &str) -> anyhow::Result<ExitCode> {
    let store = database::open(url).await?;
    let states = store.migrate().status().await?;
    for state in &states {
        say(format_args!("{:8} {}", if state.applied { "applied" } else { "pending" }, state.name))?;
    }
    match states.iter().filter(|state| !state.applied).count() {
        0 => say("The database is up to date.")?,
        pending => say(format_args!("{pending} pending. Apply with: taper migrate up"))?,
    }
    store.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn up(url: &str) -> anyhow::Result<ExitCode> {
    let store = database::open(url).await?;
    let applied = store.migrate().up().await?;
    for name in &applied {
        say(format_args!("applied  {name}"))?;
    }
    match applied.len() {
        0 => say("Nothing to do: the database is up to date.")?,
        count => say(format_args!("Applied {count}. The database is up to date."))?,
    }
    store.close().await;
    Ok(ExitCode::SUCCESS)
}
