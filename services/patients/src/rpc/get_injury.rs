//! GetInjury.

use taper_api::v1::{GetInjuryRequest, Injury};
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name};
use taper_store::{InjuryKey, injuries};

use crate::context::Context;
use crate::{recurrence, wire};

/// Reads an injury.
pub async fn get_injury(context: &Context, call: Call, request: GetInjuryRequest) -> Result<Injury, Refusal> {
    let mut fields = Fields::new();
    let name = fields.name("name", &request.name);
    let name: name::Injury = fields.finish(name)?;

    let tx = context.read(&call, &name.clinic).await?;
    let key = InjuryKey { patient: name.patient, injury: name.injury };
    let stored = injuries::get(&tx, key).await?;
    let timing = recurrence::timing(&tx, name.patient, &stored.content).await?;
    Ok(wire::injury::answer(&name.patient(), &stored, timing))
}
