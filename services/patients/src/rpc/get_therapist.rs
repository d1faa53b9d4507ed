//! GetTherapist.

use taper_api::v1::{GetTherapistRequest, Therapist};
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name};
use taper_store::therapists;

use crate::context::Context;
use crate::wire;

/// Reads a therapist.
pub async fn get_therapist(context: &Context, call: Call, request: GetTherapistRequest) -> Result<Therapist, Refusal> {
    let mut fields = Fields::new();
    let name = fields.name("name", &request.name);
    let name: name::Therapist = fields.finish(name)?;

    let tx = context.read(&call, &name.clinic).await?;
    let stored = therapists::get(&tx, name.therapist).await?;
    Ok(wire::therapist::answer(&name.clinic, &stored))
}
