//! The load generator: GetRecommendation and CreateSession beside a bare echo and pgbench, alternating in one run; and
//! the rules alone.

mod audit;
mod cpu;
mod database;
mod echo;
mod grpc;
mod long_record;
mod measured;
mod pgbench;
mod replay;
mod report;
mod rules;
mod server;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Parser;

use crate::measured::{Load, Round};

/// Measures Taper on Postgres against the floors of its own stack; prints one table.
#[derive(Parser)]
struct Arguments {
    /// A superuser's URL of the Postgres cluster, for example postgres://postgres@127.0.0.1:5432/postgres.
    #[arg(long, required_unless_present = "rules_only")]
    postgres_url: Option<String>,
    /// The built `taper` binary.
    #[arg(long, required_unless_present_any = ["rules_only", "audit_clinics"])]
    taper_binary: Option<PathBuf>,
    /// Seconds of each measurement.
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// Rounds; the scenarios alternate within each, and the median round is printed.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Connections.
    #[arg(long, default_value_t = 4)]
    connections: usize,
    /// Calls in flight on each connection.
    #[arg(long, default_value_t = 8)]
    in_flight: usize,
    /// Cases (injuries with a plan) to seed.
    #[arg(long, default_value_t = 200)]
    cases: usize,
    /// Replay a version over so many cases of the long record instead, and measure nothing else; several numbers, rising,
    /// are replayed one after the other.
    #[arg(long, value_delimiter = ',')]
    replay_cases: Vec<usize>,
    /// Replay short cases instead of long ones.
    #[arg(long)]
    replay_short: bool,
    /// Measure the rules alone, without a server.
    #[arg(long)]
    rules_only: bool,
    /// Measure what the audit costs instead, with a case in each of so many clinics.
    #[arg(long)]
    audit_clinics: Option<usize>,
    /// Serve Taper instead, for use by the measurement itself.
    #[arg(long, hide = true, requires = "database_url")]
    serve: Option<audit::Audit>,
    /// The database to serve.
    #[arg(long, hide = true)]
    database_url: Option<String>,
    /// Serve the echo instead, for use by the measurement itself.
    #[arg(long, hide = true)]
    echo_response_bytes: Option<usize>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    if let Some(bytes) = arguments.echo_response_bytes {
        return echo::serve(bytes).await;
    }
    if let (Some(audit), Some(url)) = (arguments.serve, &arguments.database_url) {
        return audit::serve(url, audit).await;
    }
    if !arguments.replay_cases.is_empty() {
        return measure_replay(&arguments).await;
    }
    let load = Load {
        connections: arguments.connections,
        in_flight: arguments.in_flight,
        time: Duration::from_secs(arguments.seconds),
    };
    if let Some(clinics) = arguments.audit_clinics {
        return measure_audit(&arguments, load, clinics).await;
    }
    let rules = rules::measure(load.time).context("the rules alone")?;
    report::print_rules(&rules);
    if arguments.rules_only {
        return Ok(());
    }
    let database = database::Database::create(&arguments.postgres_url.clone().unwrap_or_default()).await?;
    let outcome = measure(&arguments, load, &database).await;
    database.drop().await?;
    report::print(load, &outcome?);
    Ok(())
}

async fn measure_replay(arguments: &Arguments) -> Result<()> {
    let database = database::Database::create(&arguments.postgres_url.clone().unwrap_or_default()).await?;
    let taper = arguments.taper_binary.clone().unwrap_or_default();
    let length = if arguments.replay_short { replay::Length::Short } else { replay::Length::Long };
    let outcome = replay::measure(&taper, &database, &arguments.replay_cases, length).await;
    database.drop().await?;
    outcome
}

async fn measure_audit(arguments: &Arguments, load: Load, clinics: usize) -> Result<()> {
    let database = database::Database::create(&arguments.postgres_url.clone().unwrap_or_default()).await?;
    let outcome = audit::measure(&database, load, arguments.rounds, clinics).await;
    database.drop().await?;
    report::print_audit(load, clinics, &outcome?);
    Ok(())
}

async fn measure(arguments: &Arguments, load: Load, database: &database::Database) -> Result<Vec<Round>> {
    let taper = server::Server::taper(&arguments.taper_binary.clone().unwrap_or_default(), &database.url).await?;
    let mut seeded = grpc::seed(&taper.address, arguments.cases, 1).await.context("seeding")?;
    grpc::prepare_pgbench(database, &mut seeded).await.context("the cases for pgbench")?;
    println!(
        "seeded {} cases; request {} B, recommendation {} B",
        seeded.plans.len(),
        seeded.request_bytes,
        seeded.response_bytes
    );
    let echo = server::Server::echo(seeded.response_bytes).await?;
    let mut rounds = Vec::new();
    for number in 1..=arguments.rounds {
        println!("round {number} of {}", arguments.rounds);
        rounds.push(Round {
            echo: echo::load(load, &echo, seeded.request_bytes).await.context("echo")?,
            pgbench_read: pgbench::run(load, database, &pgbench::read_script(&seeded)).await.context("pgbench read")?,
            recommendation: grpc::get_recommendation(load, &taper, database, &seeded)
                .await
                .context("GetRecommendation")?,
            pgbench_write: pgbench::run(load, database, &pgbench::write_script(&seeded))
                .await
                .context("pgbench write")?,
            session: grpc::create_session(load, &taper, database, &seeded).await.context("CreateSession")?,
        });
    }
    Ok(rounds)
}
