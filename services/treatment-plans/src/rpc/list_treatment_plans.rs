//! ListTreatmentPlans: the plans of an injury, in the order of their creation.

use taper_api::v1;
use taper_core::ids::PlanId;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name, paging};
use taper_store::{PlanKey, Store, plans};
use taper_wire::{at, begin};

use crate::place::injury_key;
use crate::standing;
use crate::wire;

pub(crate) async fn list_treatment_plans(
    store: &Store,
    call: Call,
    request: v1::ListTreatmentPlansRequest,
) -> Result<v1::ListTreatmentPlansResponse, Refusal> {
    let mut fields = Fields::new();
    let parent: Option<name::Injury> = fields.name("parent", &request.parent);
    let at = at::at(None, request.known_at.as_ref(), call.now, &mut fields);
    let times = at::bound(at);
    let binding = ["ListTreatmentPlans", request.parent.as_str(), times.as_str()];
    let page = paging::parse(request.page_size, &request.page_token, &binding, fields.violations())?;
    let parent = fields.finish(parent)?;

    let tx = begin::read(store, &call, &parent).await?;
    let rows = plans::list(&tx, injury_key(&parent), page.after.map(PlanId), wire::rows_of(page), at).await?;
    let (rows, next_page_token) = wire::page_of(rows, page, &binding, |id| id.0);
    let mut treatment_plans = Vec::with_capacity(rows.len());
    for stored in rows {
        let key = PlanKey { patient: parent.patient, injury: parent.injury, plan: stored.id };
        // At most one plan of an injury is active, so that this reads decisions once, not once a row.
        let standing = standing::read(&tx, key, &stored.content, at).await?;
        treatment_plans.push(wire::plan::plan(&parent, stored, standing));
    }
    Ok(v1::ListTreatmentPlansResponse { treatment_plans, next_page_token })
}
