//! What the audit costs: the same server with it and without it, on the same database, alternating in one run.

use std::future::pending;

use anyhow::{Context as _, Result};
use clap::ValueEnum;
use taper::server::{Part, serve as serve_taper};
use taper_core::access::{Row, Table};
use taper_kit::Gate;
use taper_store::{Options, Store};

use crate::database::Database;
use crate::grpc::{self, Seeded};
use crate::measured::{Load, Measured};
use crate::server::{Server, master_key};

/// Which of the two servers.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Audit {
    /// As it is shipped.
    WithAudit,
    /// Nothing is written down of any call. No build of `taper` can do that.
    WithoutAudit,
}

/// One round: each scenario with the audit and without it.
pub struct Round {
    /// CreateSession.
    pub session: [Measured; 2],
    /// GetRecommendation.
    pub recommendation: [Measured; 2],
}

/// Serves until the process is ended; prints its address in one line first.
pub async fn serve(database_url: &str, audit: Audit) -> Result<()> {
    let options = Options { master_key: Some(master_key()?), ..Options::default() };
    let store = Store::open(database_url, options).await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let gate = match audit {
        Audit::WithAudit => taper::gate::open(&store)?,
        Audit::WithoutAudit => Gate::open().with_table(table_without_events()?),
    };
    serve_taper(listener, store, Part::All, gate, pending()).await?;
    Ok(())
}

/// The contract's table, with methods that are of no resource: of such nothing is written down.
fn table_without_events() -> Result<Table> {
    let mut rows: Vec<Row> = taper_api::ACCESS
        .iter()
        .map(|declared| {
            let taper_api::AccessRow { path, interaction, patient_data, allow, limited, break_glass, deny, .. } =
                *declared;
            Row { path, resource: "", interaction, has_patient_data: patient_data, allow, limited, break_glass, deny }
        })
        .collect();
    rows.extend(taper_kit::access::other_rows());
    Ok(Table::of(&rows)?)
}

/// Seeds one case in each of so many clinics, then measures both servers in turn.
pub async fn measure(database: &Database, load: Load, rounds: usize, clinics: usize) -> Result<Vec<Round>> {
    let options = Options { master_key: Some(master_key()?), ..Options::default() };
    let store = Store::open(&database.url, options).await?;
    store.migrate().up().await?;
    let with = Server::taper_in_this_program(&database.url, true).await?;
    let without = Server::taper_in_this_program(&database.url, false).await?;
    let seeded = grpc::seed(&with.address, clinics, clinics).await.context("seeding")?;
    println!("seeded {clinics} clinics with a case each");
    let mut measured = Vec::new();
    for number in 1..=rounds {
        println!("round {number} of {rounds}");
        // Who begins takes turns.
        let order = if number % 2 == 0 { [&with, &without] } else { [&without, &with] };
        let mut round = one_round(database, load, &seeded, order).await?;
        if number % 2 != 0 {
            round.session.reverse();
            round.recommendation.reverse();
        }
        measured.push(round);
    }
    Ok(measured)
}

async fn one_round(database: &Database, load: Load, seeded: &Seeded, order: [&Server; 2]) -> Result<Round> {
    let [first, second] = order;
    Ok(Round {
        session: [
            grpc::create_session(load, first, database, seeded).await?,
            grpc::create_session(load, second, database, seeded).await?,
        ],
        recommendation: [
            grpc::get_recommendation(load, first, database, seeded).await?,
            grpc::get_recommendation(load, second, database, seeded).await?,
        ],
    })
}
