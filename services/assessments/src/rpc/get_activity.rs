//! GetActivity.

use taper_api::v1::{Activity, GetActivityRequest};
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name};
use taper_store::activities;

use crate::context::Context;
use crate::wire;

/// Reads the current revision of an activity.
pub async fn get_activity(context: &Context, call: Call, request: GetActivityRequest) -> Result<Activity, Refusal> {
    let mut fields = Fields::new();
    let name = fields.name("name", &request.name);
    let name: name::Activity = fields.finish(name)?;
    let injury = wire::activity::injury_of(&name);

    let tx = context.read(&call, &name.clinic).await?;
    let stored = activities::get(&tx, wire::key(&injury), name.activity).await?;
    Ok(wire::activity::answer(&injury, &stored))
}
