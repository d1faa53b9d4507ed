//! CreateInjury.

use taper_api::v1::{CreateInjuryRequest, Injury};
use taper_core::ids::InjuryId;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::{At, InjuryKey, Store, clinics, injuries, patients};
use taper_wire::begin;
use taper_wire::mutation::{answered_before, commit};

use crate::wire;
use crate::wire::injury::Draft;

/// Creates an injury of a patient.
pub async fn create_injury(store: &Store, call: Call, request: CreateInjuryRequest) -> Result<Injury, Refusal> {
    let mut fields = Fields::new();
    let method = "taper.v1.PatientService/CreateInjury";
    let mutation = Mutation::read(method, &request, &request.request_id, &mut fields);
    let parent = fields.name::<name::Patient>("parent", &request.parent);
    let draft = Draft::read(&mut fields, request.injury.as_ref());
    let Some(parent) = parent else {
        return fields.finish(None);
    };

    let tx = begin::write(store, &call, &parent).await?;
    if let Some(answer) = answered_before(&tx, &mutation, &call).await? {
        return Ok(answer);
    }
    let clinic = clinics::get(&tx).await?.content;
    patients::get(&tx, parent.patient, At::NOW).await?;
    fields.check_dates(&clinic.time_zone, call.now);
    let injury = fields.finish(draft.and_then(Draft::into_injury))?;
    let key = InjuryKey { patient: parent.patient, injury: InjuryId(call.new_id()) };
    let stored = injuries::create(&tx, key, &injury, call.now).await?;
    commit(tx, &call, &mutation, wire::injury::answer(&parent, &stored, None)).await
}
