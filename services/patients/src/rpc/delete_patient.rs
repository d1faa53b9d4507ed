//! DeletePatient.

use taper_api::v1::{DeletePatientRequest, Patient};
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::{At, Error, Store, patients};
use taper_wire::begin;
use taper_wire::mutation::{answered_before, changed_meanwhile, commit, version_of};

use crate::wire;

/// Hides a patient and closes it to changes; everything of it is kept.
pub async fn delete_patient(store: &Store, call: Call, request: DeletePatientRequest) -> Result<Patient, Refusal> {
    let mut fields = Fields::new();
    let method = "taper.v1.PatientService/DeletePatient";
    let mutation = Mutation::read(method, &request, &request.request_id, &mut fields);
    let name = fields.name("name", &request.name);
    let name: name::Patient = fields.finish(name)?;

    let tx = begin::write(store, &call, &name).await?;
    if let Some(answer) = answered_before(&tx, &mutation, &call).await? {
        return Ok(answer);
    }
    let current = patients::get(&tx, name.patient, At::NOW).await?;
    if current.content.deleted_at.is_some() {
        return Err(Error::PatientDeleted { name: name.to_string() }.into());
    }
    let given = version_of(&request.etag);
    let stored = patients::set_deleted(&tx, name.patient, given.unwrap_or(current.version), true, call.now).await;
    let stored = stored.map_err(|fault| changed_meanwhile(fault, given))?;
    commit(tx, &call, &mutation, wire::patient::answer(&name.clinic, &stored)).await
}
