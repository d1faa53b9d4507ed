//! CreatePatient.

use taper_api::v1::{CreatePatientRequest, Patient};
use taper_core::ids::PatientId;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::{Store, clinics, patients};
use taper_wire::begin;
use taper_wire::mutation::{answered_before, commit};

use crate::wire;
use crate::wire::patient::{Draft, Mask};

/// Creates a patient of a clinic.
pub async fn create_patient(store: &Store, call: Call, request: CreatePatientRequest) -> Result<Patient, Refusal> {
    let mut fields = Fields::new();
    let method = "taper.v1.PatientService/CreatePatient";
    let mutation = Mutation::read(method, &request, &request.request_id, &mut fields);
    let parent = fields.name::<name::Clinic>("parent", &request.parent);
    let draft = Draft::read(&mut fields, call.view(), request.patient.as_ref(), &Mask::all(call.view()));
    let Some(parent) = parent else {
        return fields.finish(None);
    };

    let tx = begin::write(store, &call, &parent).await?;
    if let Some(answer) = answered_before(&tx, &mutation, &call).await? {
        return Ok(answer);
    }
    let clinic = clinics::get(&tx).await?.content;
    fields.check_dates(&clinic.time_zone, call.now);
    let patient = fields.finish(draft.into_patient())?;
    let id = PatientId(call.new_id());
    call.touches(&parent.clinic, Some(id));
    let stored = patients::create(&tx, id, &patient, call.now).await?;
    commit(tx, &call, &mutation, wire::patient::answer(&parent.clinic, &stored)).await
}
