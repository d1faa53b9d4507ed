//! UpdatePatient.

use taper_api::v1::{Patient, UpdatePatientRequest};
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::{At, Store, clinics, patients};
use taper_wire::begin;
use taper_wire::mutation::{answered_before, changed_meanwhile, commit, version_of};

use crate::wire;
use crate::wire::patient::{Draft, Mask};

/// Changes the fields of a patient that the mask names; the old revision is kept.
pub async fn update_patient(store: &Store, call: Call, request: UpdatePatientRequest) -> Result<Patient, Refusal> {
    let mut fields = Fields::new();
    let method = "taper.v1.PatientService/UpdatePatient";
    let mutation = Mutation::read(method, &request, &request.request_id, &mut fields);
    let paths = request.update_mask.map(|mask| mask.paths).unwrap_or_default();
    let mask = Mask::read(&mut fields, call.view(), &paths);
    let draft = Draft::read(&mut fields, call.view(), request.patient.as_ref(), &mask);
    let given = request.patient.unwrap_or_default();
    let Some(name) = fields.name::<name::Patient>("patient.name", &given.name) else {
        return fields.finish(None);
    };

    let tx = begin::write(store, &call, &name).await?;
    if let Some(answer) = answered_before(&tx, &mutation, &call).await? {
        return Ok(answer);
    }
    let clinic = clinics::get(&tx).await?.content;
    let current = patients::get(&tx, name.patient, At::NOW).await?;
    fields.check_dates(&clinic.time_zone, call.now);
    let patient = fields.finish(draft.onto(current.content, &mask))?;

    let given_version = version_of(&given.etag);
    let expected = given_version.or(Some(current.version));
    let stored = patients::update(&tx, name.patient, expected, &patient, call.now).await;
    let stored = stored.map_err(|fault| changed_meanwhile(fault, given_version))?;
    commit(tx, &call, &mutation, wire::patient::answer(&name.clinic, &stored)).await
}
