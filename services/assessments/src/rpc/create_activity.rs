//! CreateActivity.

use taper_api::v1::{Activity, CreateActivityRequest};
use taper_core::ids::ActivityId;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::{Store, activities};
use taper_wire::activity::{self, Draft};
use taper_wire::begin;
use taper_wire::key::injury_key;
use taper_wire::mutation::{answered_before, commit};

use crate::dates;

/// Records an activity of an injury.
pub async fn create_activity(store: &Store, call: Call, request: CreateActivityRequest) -> Result<Activity, Refusal> {
    let mut fields = Fields::new();
    let method = "taper.v1.AssessmentService/CreateActivity";
    let mutation = Mutation::read(method, &request, &request.request_id, &mut fields);
    let parent = fields.name::<name::Injury>("parent", &request.parent);
    let draft = Draft::read(&mut fields, "activity", request.activity.as_ref());
    let Some(parent) = parent else {
        return fields.finish(None);
    };

    let tx = begin::write(store, &call, &parent).await?;
    if let Some(answer) = answered_before(&tx, &mutation, &call).await? {
        return Ok(answer);
    }
    let key = injury_key(&parent);
    let date = draft.as_ref().and_then(Draft::date);
    dates::check(&tx, &call, key, "activity.date", date, &mut fields).await?;
    let content = fields.finish(draft.and_then(Draft::into_activity))?;

    let id = ActivityId(call.new_id());
    let stored = activities::create(&tx, key, id, &content, call.now).await?;
    commit(tx, &call, &mutation, activity::answer(&parent, &stored)).await
}
