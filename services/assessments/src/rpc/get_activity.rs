//! GetActivity.

use taper_api::v1::{Activity, GetActivityRequest};
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name};
use taper_store::{At, Store, activities};
use taper_wire::activity;
use taper_wire::key::injury_key;
use taper_wire::{at, begin};

/// Reads the current revision of an activity.
pub async fn get_activity(store: &Store, call: Call, request: GetActivityRequest) -> Result<Activity, Refusal> {
    let mut fields = Fields::new();
    let name = fields.name("name", &request.name);
    let known_at = at::known_at(request.known_at.as_ref(), call.now, &mut fields);
    let name: name::Activity = fields.finish(name)?;
    let injury = activity::injury_of(&name);

    let tx = begin::read(store, &call, &name).await?;
    let stored = activities::get(&tx, injury_key(&injury), name.activity, At { as_of: None, known_at }).await?;
    Ok(activity::answer(&injury, &stored))
}
