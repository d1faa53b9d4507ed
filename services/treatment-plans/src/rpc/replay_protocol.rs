//! ReplayProtocol: a version played over all past cases of a clinic, as a stream that ends with a manifest.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::Date;
use taper_api::v1;
use taper_core::ids::{ClinicId, PlanId};
use taper_core::limits;
use taper_core::protocol::Protocol;
use taper_core::record::Record;
use taper_core::refusal::{Reason, Refusal};
use taper_core::replay::{self, CaseReplay, Tally};
use taper_kit::fields::Fields;
use taper_kit::stream::{Outlet, filled};
use taper_kit::{Call, Caller, name};
use taper_store::{PlanKey, Store, plans, protocols, records};
use tokio::task::JoinSet;
use tonic::codegen::BoxStream;

use crate::place::Present;
use crate::wire;
use crate::wire::protocol::Named;

/// Cases that one transaction loads. Two such batches are held at most: the one that is compared, and the next.
const BATCH_CASES: u32 = 64;

pub(crate) async fn replay_protocol(
    store: &Store,
    call: Call,
    request: v1::ReplayProtocolRequest,
) -> Result<BoxStream<v1::ReplayProtocolResponse>, Refusal> {
    let mut fields = Fields::new();
    let parent: Option<name::Clinic> = fields.name("parent", &request.parent);
    let named = Named::read("protocol", &request.protocol, &mut fields);
    let Some((parent, named)) = parent.zip(named) else {
        return fields.finish(None);
    };

    let caller = Caller::on(&call, &parent.clinic)?;
    let tx = store.begin_read(&caller.clinic, call.deadline).await?;
    let present = Present::of(&tx, &call).await?;
    let other = match named.is_visible_to(&parent.clinic) {
        true => protocols::find(&tx, &named.reference).await?,
        false => None,
    };
    drop(tx);
    if other.is_none() {
        fields.fault("protocol", "is not a protocol of this server or clinic; ListProtocols shows them");
    }
    let other = fields.finish(other)?;
    let replay = Replay {
        store: store.clone(),
        clinic: caller.clinic,
        other,
        began: call.now,
        last_day: present.today,
        include_differences: request.include_differences,
    };
    Ok(filled(|outlet| replay.run(outlet)))
}

/// A replay under way. It is of the plans that there were when it began, each as its batch finds it.
struct Replay {
    store: Store,
    clinic: ClinicId,
    other: Arc<Protocol>,
    began: Timestamp,
    last_day: Date,
    include_differences: bool,
}

/// A case with the version that it is pinned to.
struct Case {
    key: PlanKey,
    record: Record,
    pinned: Arc<Protocol>,
}

impl Replay {
    /// Compares batch after batch, while the next is loaded; the manifest last.
    async fn run(self, outlet: Outlet<v1::ReplayProtocolResponse>) -> Result<(), Refusal> {
        let mut tally = Tally::default();
        let mut batch = self.load(None).await?;
        while let Some(last) = batch.last().map(|case| case.key.plan) {
            outlet.check()?;
            let (compared, next) = tokio::join!(self.compare(batch), self.load(Some(last)));
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
    async fn load(&self, after: Option<PlanId>) -> Result<Vec<Case>, Refusal> {
        let deadline = Instant::now() + Duration::from_secs(limits::READ_SECONDS_MAX);
        let tx = self.store.begin_read(&self.clinic, deadline).await?;
        let keys = plans::keys(&tx, after, BATCH_CASES, Some(self.began)).await?;
        let records = records::load_many(&tx, &keys, None).await?;
        let mut cases: Vec<Case> = Vec::with_capacity(keys.len());
        for (key, record) in keys.into_iter().zip(records) {
            let reference = &record.plan.content.protocol;
            let known = cases.iter().rev().find(|case| case.pinned.reference == *reference);
            let pinned = match known {
                Some(case) => case.pinned.clone(),
                None => protocols::pinned(&tx, reference).await?,
            };
            cases.push(Case { key, record, pinned });
        }
        Ok(cases)
    }

    /// Compares the cases on as many threads as there are processors, none of them one that serves calls. The order
    /// stays.
    async fn compare(&self, mut batch: Vec<Case>) -> Result<Vec<Compared>, Refusal> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let share = batch.len().div_ceil(threads).max(1);
        let mut shares = JoinSet::new();
        let mut place = 0_usize;
        while !batch.is_empty() {
            let rest = batch.split_off(share.min(batch.len()));
            let (other, last_day) = (self.other.clone(), self.last_day);
            shares.spawn_blocking(move || (place, compared(batch, &other, last_day)));
            batch = rest;
            place = place.saturating_add(1);
        }
        let mut done = Vec::new();
        while let Some(share) = shares.join_next().await {
            done.push(share.map_err(|_| Refusal::new(Reason::Internal, "a comparison panicked"))?);
        }
        done.sort_by_key(|(place, _)| *place);
        Ok(done.into_iter().flat_map(|(_, compared)| compared).collect())
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

fn compared(cases: Vec<Case>, other: &Protocol, last_day: Date) -> Vec<Compared> {
    let mut found = Vec::with_capacity(cases.len());
    for Case { key, record, pinned } in cases {
        let replay = replay::case(&pinned, other, &record, last_day);
        found.push(Compared { key, pinned, replay });
    }
    found
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
        truncated: false,
    }))
}

fn response(message: v1::replay_protocol_response::Message) -> v1::ReplayProtocolResponse {
    v1::ReplayProtocolResponse { message: Some(message) }
}
