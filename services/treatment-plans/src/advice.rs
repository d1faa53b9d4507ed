//! A decision beside the advice for its date, from the record as the transaction sees it.

use jiff::{SignedDuration, Timestamp};
use taper_core::decide::decide;
use taper_core::protocol::{self, Protocol};
use taper_core::recommend::recommend;
use taper_core::record::decision::Decision;
use taper_core::record::plan::ProtocolRef;
use taper_core::refusal::{Reason, Refusal};
use taper_store::{PlanKey, Read, records};

use crate::wire;

/// The decision as it is stored: when it follows the advice, or goes against it with a reason. `path` is where its
/// fields are in the request.
pub(crate) async fn accepted(tx: &Read, plan: PlanKey, decision: Decision, path: &str) -> Result<Decision, Refusal> {
    let record = records::load(tx, plan).await?;
    let content = &record.plan.content;
    let advice = recommend(pinned(&content.protocol)?, &record, decision.date);
    decide(&advice, &content.steps, &decision.decided, decision.override_reason)
        .map_err(|fault| wire::decision::refusal(fault, path))?;
    let latest = record.decisions.iter().map(|earlier| earlier.content.decided_at).max();
    let decided_at = latest.map_or(decision.decided_at, |latest| decision.decided_at.max(just_after(latest)));
    Ok(Decision { decided_at, ..decision })
}

/// Of two decisions of one day the later one is in force: a decision is later than all that it builds on, whatever
/// the clocks say, so that their order is never a tie.
fn just_after(latest: Timestamp) -> Timestamp {
    latest.checked_add(SignedDuration::from_micros(1)).unwrap_or(latest)
}

/// The protocol version that a stored plan is pinned to; a program that does not have it cannot advise.
pub(crate) fn pinned(reference: &ProtocolRef) -> Result<&'static Protocol, Refusal> {
    protocol::find(reference).ok_or_else(|| {
        let message = "The plan's protocol version is not built into this server. Use the version that wrote the plan.";
        let name = wire::protocol::name(reference);
        Refusal::new(Reason::StoredRecordDamaged, message).with("protocol", name)
    })
}
