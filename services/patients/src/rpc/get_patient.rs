//! GetPatient.

use taper_api::v1::{GetPatientRequest, Patient};
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name};
use taper_store::{At, Store, patients};
use taper_wire::{at, begin};

use crate::wire;

/// Reads a patient.
pub async fn get_patient(store: &Store, call: Call, request: GetPatientRequest) -> Result<Patient, Refusal> {
    let mut fields = Fields::new();
    let name = fields.name("name", &request.name);
    let known_at = at::known_at(request.known_at.as_ref(), call.now, &mut fields);
    let name: name::Patient = fields.finish(name)?;

    let tx = begin::read(store, &call, &name).await?;
    let stored = patients::get(&tx, name.patient, At { as_of: None, known_at }).await?;
    Ok(wire::patient::answer(&name.clinic, &stored))
}
