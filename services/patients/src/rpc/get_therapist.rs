//! GetTherapist.

use taper_api::v1::{GetTherapistRequest, Therapist};
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name};
use taper_store::{Store, therapists};
use taper_wire::begin;

use crate::wire;

/// Reads a therapist.
pub async fn get_therapist(store: &Store, call: Call, request: GetTherapistRequest) -> Result<Therapist, Refusal> {
    let mut fields = Fields::new();
    let name = fields.name("name", &request.name);
    let name: name::Therapist = fields.finish(name)?;

    let tx = begin::read(store, &call, &name).await?;
    let stored = therapists::get(&tx, name.therapist).await?;
    Ok(wire::therapist::answer(&name.clinic, &stored))
}
