//! The services of one process on one store, and its health, which follows the database.

use std::future::Future;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use jiff::SignedDuration;
use taper_core::limits;
use taper_kit::serve::{Drained, Health};
use taper_kit::{Clock, Gate, Listener, Services};
use taper_store::{Store, clinics, requests};

/// Which services a process has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// Clinics, therapists, patients and injuries; keys, members and the audit.
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

/// Between two rounds of forgetting answers that are kept for retries.
const FORGET_EVERY: Duration = Duration::from_secs(24 * 60 * 60);

/// What one clinic's share of a round may take.
const FORGET_WITHIN: Duration = Duration::from_secs(30);

/// Serves on the listener until `stop` ends, then finishes the calls at work and closes the store.
pub async fn serve(
    listener: impl Into<Listener>,
    store: Store,
    part: Part,
    gate: Gate,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let services = services(&store, part)?.behind(gate);
    let watch = tokio::spawn(watch(store.clone(), services.health()));
    let forget = tokio::spawn(forget_old_requests(store.clone(), Clock::system()));
    let stop = async {
        stop.await;
        // From here on the drain alone says what the health is.
        watch.abort();
        forget.abort();
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
        services = services
            .with(taper_patients::Service::server(store.clone()))
            .with(taper_patients::Admin::server(store.clone()));
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

/// Forgets, once a day, the answers that were kept for retries longer than the limit says.
async fn forget_old_requests(store: Store, clock: Clock) {
    loop {
        if let Err(fault) = forget_round(&store, &clock).await {
            tracing::warn!(%fault, "old request ids were not forgotten; the next round tries again");
        }
        tokio::time::sleep(FORGET_EVERY).await;
    }
}

async fn forget_round(store: &Store, clock: &Clock) -> anyhow::Result<()> {
    let kept = SignedDuration::from_secs(i64::try_from(limits::REQUEST_ID_KEPT_SECONDS)?);
    let before = clock.now().checked_sub(kept)?;
    let page = u32::try_from(limits::PAGE_SIZE_MAX)?;
    let mut after = None;
    loop {
        let clinics = clinics::list(store, after.as_ref(), page, Instant::now() + FORGET_WITHIN).await?;
        for clinic in &clinics {
            let tx = store.begin_write(&clinic.id, Instant::now() + FORGET_WITHIN).await?;
            requests::purge_older_than(&tx, before).await?;
            tx.commit().await?;
        }
        match clinics.last() {
            Some(last) => after = Some(last.id.clone()),
            None => return Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use taper_core::ids::{ClinicId, RequestId};
    use taper_core::record::clinic::{Clinic, TimeZoneName};
    use taper_core::text::Line;
    use taper_store::{Claim, MasterKey, Options};

    use super::*;

    #[tokio::test]
    async fn answers_kept_for_thirty_days_are_forgotten_and_younger_ones_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("taper.db").display());
        let store = Store::open(&url, Options { master_key: MasterKey::parse(&"0f".repeat(32)), ..Options::default() })
            .await
            .unwrap();
        store.migrate().up().await.unwrap();
        let clock = Clock::fixed("2026-03-01T12:00:00Z".parse().unwrap());
        let id: ClinicId = "here".parse().unwrap();
        let deadline = || Instant::now() + Duration::from_secs(10);
        let (old, young) = (RequestId(clock.new_id()), RequestId(clock.new_id()));
        let tx = store.begin_write(&id, deadline()).await.unwrap();
        let display_name = Line::parse("Here").unwrap();
        let time_zone = TimeZoneName::parse("Etc/UTC").unwrap();
        clinics::create(&tx, &Clinic { id: id.clone(), display_name, time_zone }, clock.now()).await.unwrap();
        for (request, days) in [(old, 31), (young, 29)] {
            let then = clock.now() - SignedDuration::from_hours(24 * days);
            requests::claim(&tx, request, "M", b"hash", then).await.unwrap();
            requests::finish(&tx, request, None, b"answer").await.unwrap();
        }
        tx.commit().await.unwrap();

        forget_round(&store, &clock).await.unwrap();

        let tx = store.begin_write(&id, deadline()).await.unwrap();
        let again = async |request| requests::claim(&tx, request, "M", b"hash", clock.now()).await.unwrap();
        assert!(matches!(again(old).await, Claim::New));
        assert!(matches!(again(young).await, Claim::Done(_)));
    }
}
