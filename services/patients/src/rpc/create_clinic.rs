//! CreateClinic.

use taper_api::v1::{Clinic, CreateClinicRequest};
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::{Store, clinics};
use taper_wire::begin;
use taper_wire::mutation::{answered_before, commit};

use crate::wire;

/// Creates a clinic, in a transaction of that clinic.
pub async fn create_clinic(store: &Store, call: Call, request: CreateClinicRequest) -> Result<Clinic, Refusal> {
    let mut fields = Fields::new();
    let method = "taper.v1.PatientService/CreateClinic";
    let mutation = Mutation::read(method, &request, &request.request_id, &mut fields);
    let clinic = wire::clinic::read(&mut fields, &request.clinic_id, request.clinic.as_ref());
    let clinic = fields.finish(clinic)?;

    let tx = begin::write(store, &call, &name::Clinic { clinic: clinic.id.clone() }).await?;
    if let Some(answer) = answered_before(&tx, &mutation, &call).await? {
        return Ok(answer);
    }
    let stored = clinics::create(&tx, &clinic, call.now).await?;
    commit(tx, &call, &mutation, wire::clinic::answer(&stored)).await
}
