//! CreateActivity.

use taper_api::v1::{Activity, CreateActivityRequest};
use taper_core::ids::ActivityId;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::{At, activities, clinics, injuries};
use taper_wire::activity::{self, Draft};
use taper_wire::mutation::{answered_before, commit};

use crate::context::Context;
use crate::wire;

/// Records an activity of an injury.
pub async fn create_activity(
    context: &Context,
    call: Call,
    request: CreateActivityRequest,
) -> Result<Activity, Refusal> {
    let mut fields = Fields::new();
    let method = "taper.v1.AssessmentService/CreateActivity";
    let mutation = Mutation::read(method, &request, &request.request_id, &mut fields);
    let parent = fields.name::<name::Injury>("parent", &request.parent);
    let draft = Draft::read(&mut fields, "activity", request.activity.as_ref());
    let Some(parent) = parent else {
        return fields.finish(None);
    };

    let tx = context.write(&call, &parent.clinic).await?;
    if let Some(answer) = answered_before(&tx, &mutation, &call).await? {
        return Ok(answer);
    }
    let clinic = clinics::get(&tx).await?.content;
    let injury = injuries::get(&tx, wire::key(&parent), At::NOW).await?.content;
    fields.check_dates(&clinic.time_zone, call.now);
    let date = draft.as_ref().and_then(Draft::date);
    fields.check_not_before("activity.date", date, injury.onset_date, "the injury's onset");
    let content = fields.finish(draft.and_then(Draft::into_activity))?;

    let id = ActivityId(call.new_id());
    let stored = activities::create(&tx, wire::key(&parent), id, &content, call.now).await?;
    commit(tx, &mutation, activity::answer(&parent, &stored)).await
}
