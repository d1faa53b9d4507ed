//! GetInjury.

use taper_api::v1::{GetInjuryRequest, Injury};
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name};
use taper_store::{At, InjuryKey, Store, injuries};
use taper_wire::{at, begin};

use crate::{recurrence, wire};

/// Reads an injury.
pub async fn get_injury(store: &Store, call: Call, request: GetInjuryRequest) -> Result<Injury, Refusal> {
    let mut fields = Fields::new();
    let name = fields.name("name", &request.name);
    let known_at = at::known_at(request.known_at.as_ref(), call.now, &mut fields);
    let name: name::Injury = fields.finish(name)?;

    let tx = begin::read(store, &call, &name).await?;
    let key = InjuryKey { patient: name.patient, injury: name.injury };
    let stored = injuries::get(&tx, key, At { as_of: None, known_at }).await?;
    let timing = recurrence::timing(&tx, name.patient, &stored.content).await?;
    Ok(wire::injury::answer(&name.patient(), &stored, timing))
}
