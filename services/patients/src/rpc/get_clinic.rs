//! GetClinic.

use taper_api::v1::{Clinic, GetClinicRequest};
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name};
use taper_store::{Store, clinics};
use taper_wire::begin;

use crate::wire;

/// Reads a clinic.
pub async fn get_clinic(store: &Store, call: Call, request: GetClinicRequest) -> Result<Clinic, Refusal> {
    let mut fields = Fields::new();
    let name = fields.name("name", &request.name);
    let name: name::Clinic = fields.finish(name)?;

    let tx = begin::read(store, &call, &name).await?;
    let stored = clinics::get(&tx).await?;
    Ok(wire::clinic::answer(&stored))
}
