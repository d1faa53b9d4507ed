//! UndeletePatient.

use taper_api::v1::{Patient, UndeletePatientRequest};
use taper_core::limits;
use taper_core::refusal::{Reason, Refusal};
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::{At, Store, patients};
use taper_wire::begin;
use taper_wire::mutation::{answered_before, changed_meanwhile, commit, version_of};

use crate::wire;

/// Brings a deleted patient back with everything of it.
pub async fn undelete_patient(store: &Store, call: Call, request: UndeletePatientRequest) -> Result<Patient, Refusal> {
    let mut fields = Fields::new();
    let method = "taper.v1.PatientService/UndeletePatient";
    let mutation = Mutation::read(method, &request, &request.request_id, &mut fields);
    let name = fields.name("name", &request.name);
    let name: name::Patient = fields.finish(name)?;

    let tx = begin::write(store, &call, &name).await?;
    if let Some(answer) = answered_before(&tx, &mutation, &call).await? {
        return Ok(answer);
    }
    let current = patients::get(&tx, name.patient, At::NOW).await?;
    match current.content.undelete_until() {
        None => return Err(Refusal::new(Reason::WrongState, "The patient is not deleted.")),
        Some(until) if call.now >= until => return Err(too_late()),
        Some(_) => {}
    }
    let given = version_of(&request.etag);
    let stored = patients::set_deleted(&tx, name.patient, given.unwrap_or(current.version), false, call.now).await;
    let stored = stored.map_err(|fault| changed_meanwhile(fault, given))?;
    commit(tx, &call, &mutation, wire::patient::answer(&name.clinic, &stored)).await
}

fn too_late() -> Refusal {
    let days = limits::UNDELETE_DAYS_MAX.to_string();
    let message = format!(
        "The patient was deleted more than {days} days ago and can no longer be brought back. It can still be read."
    );
    Refusal::new(Reason::WrongState, message).with("limit", "UNDELETE_DAYS_MAX").with("days_max", days)
}
