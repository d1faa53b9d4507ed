//! CreateDecision: what a therapist decided, judged against the advice for its date within one transaction.

use taper_api::v1;
use taper_core::ids::{DecisionId, PlanId};
use taper_core::record::codes::PlanState;
use taper_core::record::decision::Decided;
use taper_core::record::plan::Plan;
use taper_core::refusal::{Reason, Refusal};
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::{At, Error, PlanKey, Store, Stored, Version, Write, decisions, plans, receipts};
use taper_wire::begin;
use taper_wire::mutation::{answered_before, commit};

use crate::place::{Present, check_signer, plan_key, therapist};
use crate::{advice, wire};

pub(crate) async fn create_decision(
    store: &Store,
    call: Call,
    request: v1::CreateDecisionRequest,
) -> Result<v1::Decision, Refusal> {
    let mut fields = Fields::new();
    let method = "taper.v1.TreatmentPlanService/CreateDecision";
    let mutation = Mutation::read(method, &request, &request.request_id, &mut fields);
    let name: Option<name::Plan> = fields.name("parent", &request.parent);
    if request.etag.is_empty() {
        fields.fault("etag", "is required: the plan's etag, as read with the advice");
    }
    let asked = fields.required("decision", request.decision.as_ref());
    let draft = asked.map(|decision| wire::decision::draft(decision, &mut fields));
    let Some((name, draft)) = name.zip(draft) else {
        return fields.finish(None);
    };

    let tx = begin::write(store, &call, &name).await?;
    let present = Present::of(&tx, &call).await?;
    if let Some(done) = answered_before(&tx, &mutation, &call).await? {
        return Ok(done);
    }
    let key = plan_key(&name);
    let stored = plans::get(&tx, key, At::NOW).await?;
    let field = "decision.therapist";
    check_signer(&call, field, draft.therapist.as_ref(), &mut fields);
    let therapist = therapist(&tx, &name.clinic, field, draft.therapist.as_ref(), &mut fields).await?;
    let date = draft.date.unwrap_or(present.today.max(stored.content.start_date));
    let since = "the plan's first day";
    present.check_date("decision.date", date, stored.content.start_date, since, &mut fields);
    check_receipt(&tx, &name, draft.receipt.as_ref(), &mut fields).await?;
    let decided = draft.decided(&stored.content, &mut fields);
    let decision = fields.finish(draft.into_decision(decided, therapist, date, call.now))?;
    wire::check_etag(&request.etag, stored.version)?;
    check_state(&stored.content, &decision.decided)?;
    let decision = advice::accepted(&tx, key, decision, "decision.").await?;

    let expected = end_plan(&tx, &call, key, &stored, &decision.decided).await?;
    let id = DecisionId(call.new_id());
    let created = decisions::create(&tx, key, expected, id, &decision, call.now).await?;
    let answer = wire::decision::decision(&name, &stored.content, created);
    commit(tx, &call, &mutation, answer).await
}

/// A decision cites a receipt of its own plan, or none.
async fn check_receipt(
    tx: &Write,
    plan: &name::Plan,
    receipt: Option<&name::Receipt>,
    fields: &mut Fields,
) -> Result<(), Refusal> {
    let Some(receipt) = receipt else { return Ok(()) };
    let found = match receipt.plan() == *plan {
        true => receipts::get(tx, plan_key(plan), receipt.receipt).await.map(|_| ()),
        false => Err(Error::NotFound { name: String::new() }),
    };
    match found {
        Err(Error::NotFound { .. }) => fields.fault("decision.recommendation", "is not a receipt of this plan"),
        other => other?,
    }
    Ok(())
}

fn check_state(plan: &Plan, decided: &Decided) -> Result<(), Refusal> {
    if advice::can_be_decided(plan.state, decided) {
        return Ok(());
    }
    let message = format!("The plan is {}; only an active plan is decided on.", plan.state);
    Err(Refusal::new(Reason::WrongState, message).with("state", plan.state.code()))
}

/// A discharge completes the plan. Gives the version that the decision then builds on.
async fn end_plan(
    tx: &Write,
    call: &Call,
    key: PlanKey,
    stored: &Stored<PlanId, Plan>,
    decided: &Decided,
) -> Result<Version, Refusal> {
    if *decided != Decided::Discharge {
        return Ok(stored.version);
    }
    let completed = Plan { state: PlanState::Completed, ..stored.content.clone() };
    let revised = plans::revise(tx, key, Some(stored.version), &completed, call.now).await?;
    Ok(revised.version)
}
