//! GetDecision: one decision of a plan.

use taper_api::v1;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, Caller, name};
use taper_store::{At, Store, decisions, plans};

use crate::place::plan_key;
use crate::wire;

pub(crate) async fn get_decision(
    store: &Store,
    call: Call,
    request: v1::GetDecisionRequest,
) -> Result<v1::Decision, Refusal> {
    let mut fields = Fields::new();
    let name: Option<name::Decision> = fields.name("name", &request.name);
    let name = fields.finish(name)?;

    let caller = Caller::on(&call, &name.clinic)?;
    let parent = name.plan();
    let tx = store.begin_read(&caller.clinic, call.deadline).await?;
    let stored = decisions::get(&tx, plan_key(&parent), name.decision).await?;
    let plan = plans::get(&tx, plan_key(&parent), At::NOW).await?.content;
    Ok(wire::decision::decision(&parent, &plan, stored))
}
