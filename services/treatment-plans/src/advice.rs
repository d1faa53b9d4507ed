//! A decision beside the advice for its date, from the record as the transaction sees it.

use jiff::{SignedDuration, Timestamp};
use taper_core::decide::decide;
use taper_core::recommend::recommend;
use taper_core::record::codes::PlanState;
use taper_core::record::decision::{Decided, Decision};
use taper_core::refusal::Refusal;
use taper_store::{PlanKey, Read, protocols, records};

use crate::wire;

/// The decision as it is stored: when it follows the advice, or goes against it with a reason. `path` is where its
/// fields are in the request.
pub(crate) async fn accepted(tx: &Read, plan: PlanKey, decision: Decision, path: &str) -> Result<Decision, Refusal> {
    let record = records::load(tx, plan, None).await?;
    let content = &record.plan.content;
    let protocol = protocols::pinned(tx, &content.protocol).await?;
    let advice = recommend(&protocol, &record, decision.date);
    decide(&advice, &content.steps, &decision.decided, decision.override_reason, &decision.note)
        .map_err(|fault| wire::decision::refusal(fault, path))?;
    let latest = record.decisions.iter().map(|earlier| earlier.content.decided_at).max();
    let decided_at = after(latest, decision.decided_at);
    Ok(Decision { decided_at, ..decision })
}

/// Whether a plan in this state is decided on: only an active one; a referral can be cleared in a draft, so that it can
/// be activated.
pub(crate) fn can_be_decided(state: PlanState, decided: &Decided) -> bool {
    match state {
        PlanState::Active => true,
        PlanState::Draft => matches!(decided, Decided::ClearReferral { .. }),
        PlanState::Suspended | PlanState::Completed | PlanState::Cancelled => false,
    }
}

/// Of two decisions of one day the later one is in force: a decision is later than all that it builds on, whatever
/// the clocks say, so that their order is never a tie.
pub(crate) fn after(latest: Option<Timestamp>, decided_at: Timestamp) -> Timestamp {
    let just_after = |latest: Timestamp| latest.checked_add(SignedDuration::from_micros(1)).unwrap_or(latest);
    latest.map_or(decided_at, |latest| decided_at.max(just_after(latest)))
}
