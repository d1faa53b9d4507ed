//! GetPatient.

use taper_api::v1::{GetPatientRequest, Patient};
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name};
use taper_store::patients;

use crate::context::Context;
use crate::wire;

/// Reads a patient.
pub async fn get_patient(context: &Context, call: Call, request: GetPatientRequest) -> Result<Patient, Refusal> {
    let mut fields = Fields::new();
    let name = fields.name("name", &request.name);
    let name: name::Patient = fields.finish(name)?;

    let tx = context.read(&call, &name.clinic).await?;
    let stored = patients::get(&tx, name.patient).await?;
    Ok(wire::patient::answer(&name.clinic, &stored))
}
