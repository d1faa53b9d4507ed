//! GetTreatmentPlan: a plan, with the phase and the rung in force by its decisions.

use taper_api::v1;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name};
use taper_store::{At, Store, plans};
use taper_wire::{at, begin};

use crate::place::plan_key;
use crate::standing;
use crate::wire;

pub(crate) async fn get_treatment_plan(
    store: &Store,
    call: Call,
    request: v1::GetTreatmentPlanRequest,
) -> Result<v1::TreatmentPlan, Refusal> {
    let mut fields = Fields::new();
    let plan: Option<name::Plan> = fields.name("name", &request.name);
    let known_at = at::known_at(request.known_at.as_ref(), call.now, &mut fields);
    let plan = fields.finish(plan)?;

    let at = At { as_of: None, known_at };
    let tx = begin::read(store, &call, &plan).await?;
    let stored = plans::get(&tx, plan_key(&plan), at).await?;
    let standing = standing::read(&tx, plan_key(&plan), &stored.content, at).await?;
    Ok(wire::plan::plan(&plan.injury(), stored, standing))
}
