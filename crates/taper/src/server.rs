//! The services of one process on one store, and its health, which follows the database.

use std::future::Future;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use taper_kit::serve::{Drained, Health};
use taper_kit::{Clock, Services};
use taper_store::Store;
use tokio::net::TcpListener;

/// Which services a process has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// Clinics, therapists, patients and injuries.
    Patients,
    /// Assessments, activities and the catalogue of measures.
    Assessments,
    /// Plans, sessions, decisions, recommendations and protocols.
    TreatmentPlans,
    /// All of them.
    All,
}

/// Between two questions to the database whether it answers.
const PING_EVERY: Duration = Duration::from_secs(5);

/// The wait for its answer.
const PING_WITHIN: Duration = Duration::from_secs(2);

/// Serves on the listener until `stop` ends, then finishes the calls at work and closes the store.
pub async fn serve(
    listener: TcpListener,
    store: Store,
    part: Part,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let services = services(&store, part)?;
    let watch = tokio::spawn(watch(store.clone(), services.health()));
    let stop = async {
        stop.await;
        // From here on the drain alone says what the health is.
        watch.abort();
    };
    let drained = taper_kit::serve(listener, services, Clock::system(), stop).await;
    store.close().await;
    match drained.context("the server ended")? {
        Drained::Whole => Ok(()),
        Drained::CutOff => bail!("stopped, but calls at work took too long and were cut off"),
    }
}

fn services(store: &Store, part: Part) -> anyhow::Result<Services> {
    let mut services = Services::new(taper_api::FILE_DESCRIPTOR_SET)?;
    if matches!(part, Part::Patients | Part::All) {
        services = services.with(taper_patients::Service::server(store.clone()));
    }
    if matches!(part, Part::Assessments | Part::All) {
        services = services.with(taper_assessments::Service::server(store.clone()));
    }
    if matches!(part, Part::TreatmentPlans | Part::All) {
        let treatment_plans = taper_treatment_plans::Service::new(store.clone());
        services = services
            .with(treatment_plans.treatment_plans())
            .with(treatment_plans.sessions())
            .with(treatment_plans.protocols());
    }
    Ok(services)
}

/// Says NOT_SERVING while the database does not answer.
async fn watch(store: Store, health: Health) {
    let mut answered = true;
    loop {
        tokio::time::sleep(PING_EVERY).await;
        let ping = store.ping(Instant::now() + PING_WITHIN).await;
        if ping.is_ok() != answered {
            answered = ping.is_ok();
            health.set(answered).await;
            tracing::warn!(answered, "the database's health changed");
        }
    }
}
