//! ReplayProtocol: a version played over all past cases of a clinic, as a stream that ends with a manifest.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::Date;
use taper_api::v1;
use taper_core::ids::{ClinicId, PlanId};
use taper_core::limits;
use taper_core::protocol::Protocol;
use taper_core::record::plan::ProtocolRef;
use taper_core::refusal::{Reason, Refusal};
use taper_core::replay::{self, CaseReplay, Tally};
use taper_kit::fields::Fields;
use taper_kit::stream::{Outlet, filled};
use taper_kit::{Call, name};
use taper_store::records::Fetched;
use taper_store::{PlanKey, Store, plans, protocols, records};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tonic::codegen::BoxStream;

use taper_wire::begin;

use crate::place::Present;
use crate::wire;
use crate::wire::protocol::Named;

/// Cases that one transaction fetches. Two such batches are held at most: the one that is compared, and the next.
const BATCH_CASES: u32 = 64;

/// Room for the replays of this process; each takes all processors that it can get.
pub(crate) fn room() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(usize::try_from(limits::REPLAYS_AT_ONCE_MAX).unwrap_or(usize::MAX)))
}

pub(crate) async fn replay_protocol(
    store: &Store,
    room: &Arc<Semaphore>,
    call: Call,
    request: v1::ReplayProtocolRequest,
) -> Result<BoxStream<v1::ReplayProtocolResponse>, Refusal> {
    let mut fields = Fields::new();
    let parent: Option<name::Clinic> = fields.name("parent", &request.parent);
    let named = Named::read("protocol", &request.protocol, &mut fields);
    let Some((parent, named)) = parent.zip(named) else {
        return fields.finish(None);
    };

    let tx = begin::read(store, &call, &parent).await?;
    let present = Present::of(&tx, &call).await?;
    let other = match named.is_visible_to(&parent.clinic) {
        true => protocols::find(&tx, &named.reference).await?,
        false => None,
    };
    let clinic = tx.clinic().clone();
    drop(tx);
    if other.is_none() {
        fields.fault("protocol", "is not a protocol of this server or clinic; ListProtocols shows them");
    }
    let other = fields.finish(other)?;
    let replay = Replay {
        _permit: room.clone().try_acquire_owned().map_err(|_| too_many())?,
        store: store.clone(),
        clinic,
        other,
        began: call.now,
        last_day: present.today,
        include_differences: request.include_differences,
    };
    Ok(filled(|outlet| replay.run(outlet)))
}

fn too_many() -> Refusal {
    let limit = limits::REPLAYS_AT_ONCE_MAX.to_string();
    let message = format!("The server is at work on {limit} replays, as many as it takes. Retry when one has ended.");
    Refusal::new(Reason::Overloaded, message).with("limit", "REPLAYS_AT_ONCE_MAX").with("replays_max", limit)
}

/// A replay under way. It is of the plans that there were when it began, each as its batch finds it.
struct Replay {
    _permit: OwnedSemaphorePermit,
    store: Store,
    clinic: ClinicId,
    other: Arc<Protocol>,
    began: Timestamp,
    last_day: Date,
    include_differences: bool,
}

/// Some cases in their order, each with the version that it is pinned to; their rows are not read into records yet.
struct Batch {
    cases: Vec<(PlanKey, Arc<Protocol>)>,
    fetched: Fetched,
}

impl Replay {
    /// Compares batch after batch, while the next is fetched; the manifest last.
    async fn run(self, outlet: Outlet<v1::ReplayProtocolResponse>) -> Result<(), Refusal> {
        let mut tally = Tally::default();
        let mut batch = self.fetch(None).await?;
        while let Some(last) = batch.cases.last().map(|(key, _)| key.plan) {
            outlet.check()?;
            let (compared, next) = tokio::join!(self.compare(batch), self.fetch(Some(last)));
            for compared in compared? {
                let plan = self.plan_name(compared.key);
                tally.add(&plan, &compared.replay);
                if let Some(message) = self.message(plan, compared) {
                    outlet.send(message).await?;
                }
            }
            batch = next?;
        }
        outlet.send(manifest(&tally)).await
    }

    /// The cases after a plan, in a transaction of their own; none after the last.
    async fn fetch(&self, after: Option<PlanId>) -> Result<Batch, Refusal> {
        let deadline = Instant::now() + Duration::from_secs(limits::READ_SECONDS_MAX);
        let tx = self.store.begin_read(&self.clinic, deadline).await?;
        let keys = plans::keys(&tx, after, BATCH_CASES, Some(self.began)).await?;
        let fetched = records::fetch(&tx, &keys, None).await?;
        let mut cases = Vec::with_capacity(keys.len());
        let mut known: BTreeMap<ProtocolRef, Arc<Protocol>> = BTreeMap::new();
        for key in keys {
            let reference = fetched.protocol(key)?;
            let pinned = match known.get(&reference) {
                Some(pinned) => pinned.clone(),
                None => protocols::pinned(&tx, &reference).await?,
            };
            known.insert(reference, pinned.clone());
            cases.push((key, pinned));
        }
        Ok(Batch { cases, fetched })
    }

    /// Reads and compares the cases on as many threads as there are processors, none of them one that serves calls.
    /// The order stays.
    async fn compare(&self, batch: Batch) -> Result<Vec<Compared>, Refusal> {
        let batch = Arc::new(batch);
        let next = Arc::new(AtomicUsize::new(0));
        let mut workers = JoinSet::new();
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            let (batch, next) = (batch.clone(), next.clone());
            let (other, last_day) = (self.other.clone(), self.last_day);
            workers.spawn_blocking(move || compared(&batch, &next, &other, last_day));
        }
        let mut done = Vec::with_capacity(batch.cases.len());
        while let Some(part) = workers.join_next().await {
            let part = part.map_err(|_| Refusal::new(Reason::Internal, "a comparison panicked"))?;
            done.append(&mut part?);
        }
        done.sort_by_key(|(place, _)| *place);
        Ok(done.into_iter().map(|(_, compared)| compared).collect())
    }

    fn plan_name(&self, key: PlanKey) -> String {
        let PlanKey { patient, injury, plan } = key;
        name::Plan { clinic: self.clinic.clone(), patient, injury, plan }.to_string()
    }

    /// The message of a case that differs.
    fn message(&self, plan: String, compared: Compared) -> Option<v1::ReplayProtocolResponse> {
        let first = compared.replay.first?;
        let shown = if self.include_differences { first.differences } else { Vec::new() };
        let case = v1::ReplayedCase {
            treatment_plan: plan,
            protocol: wire::protocol::name(&self.clinic, &compared.pinned.reference),
            first_date: Some(wire::date(first.date)),
            differing_date_count: i32::try_from(compared.replay.differing).unwrap_or(i32::MAX),
            date_count: i32::try_from(compared.replay.dates).unwrap_or(i32::MAX),
            direction: wire::difference::direction(first.direction),
            differences: wire::difference::differences(&shown),
        };
        Some(response(v1::replay_protocol_response::Message::ReplayedCase(case)))
    }
}

/// How a case came out; its record is no longer held.
struct Compared {
    key: PlanKey,
    pinned: Arc<Protocol>,
    replay: CaseReplay,
}

/// Compares one case after the other, each at the next place that no other thread has taken; with their places.
fn compared(
    batch: &Batch,
    next: &AtomicUsize,
    other: &Protocol,
    last_day: Date,
) -> Result<Vec<(usize, Compared)>, Refusal> {
    let mut done = Vec::new();
    loop {
        let place = next.fetch_add(1, Ordering::Relaxed);
        let Some((key, pinned)) = batch.cases.get(place) else {
            return Ok(done);
        };
        let record = batch.fetched.record(*key)?;
        let replay = replay::case(pinned, other, &record, last_day);
        done.push((place, Compared { key: *key, pinned: pinned.clone(), replay }));
    }
}

fn manifest(tally: &Tally) -> v1::ReplayProtocolResponse {
    let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    response(v1::replay_protocol_response::Message::Manifest(v1::ReplayManifest {
        case_count: count(tally.cases),
        date_count: count(tally.dates),
        differing_case_count: count(tally.differing()),
        advances_count: count(tally.advances),
        holds_back_count: count(tally.holds_back),
        neither_count: count(tally.neither),
        sha256: tally.sha256(),
        other_presentation_count: count(tally.of_another_presentation),
    }))
}

fn response(message: v1::replay_protocol_response::Message) -> v1::ReplayProtocolResponse {
    v1::ReplayProtocolResponse { message: Some(message) }
}
