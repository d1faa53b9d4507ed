//! GetDecision: one decision of a plan.

use taper_api::v1;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name};
use taper_store::{At, Store, decisions, plans};
use taper_wire::at;
use taper_wire::begin;

use crate::place::plan_key;
use crate::wire;

pub(crate) async fn get_decision(
    store: &Store,
    call: Call,
    request: v1::GetDecisionRequest,
) -> Result<v1::Decision, Refusal> {
    let mut fields = Fields::new();
    let name: Option<name::Decision> = fields.name("name", &request.name);
    let known_at = at::known_at(request.known_at.as_ref(), call.now, &mut fields);
    let name = fields.finish(name)?;

    let parent = name.plan();
    let tx = begin::read(store, &call, &name).await?;
    let at = At { as_of: None, known_at };
    let stored = decisions::get(&tx, plan_key(&parent), name.decision, at).await?;
    let plan = plans::get(&tx, plan_key(&parent), at).await?.content;
    Ok(wire::decision::decision(&parent, &plan, stored))
}
