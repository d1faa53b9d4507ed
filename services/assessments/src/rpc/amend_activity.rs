//! AmendActivity.

use taper_api::v1::{Activity, AmendActivityRequest};
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::{Amendment, At, activities, clinics, injuries};
use taper_wire::activity::{self, Draft};
use taper_wire::mutation::{answered_before, changed_meanwhile, commit, one_etag, version_of};

use crate::context::Context;
use crate::wire;

/// Records a new revision of an activity and keeps the old one. One entered in error keeps what it says.
pub async fn amend_activity(context: &Context, call: Call, request: AmendActivityRequest) -> Result<Activity, Refusal> {
    let mut fields = Fields::new();
    let method = "taper.v1.AssessmentService/AmendActivity";
    let mutation = Mutation::read(method, &request, &request.request_id, &mut fields);
    let reason = fields.required_note("reason", &request.reason);
    let given = request.activity.as_ref();
    let (name, etag) = given.map(|activity| (activity.name.as_str(), activity.etag.as_str())).unwrap_or_default();
    let etag = one_etag(&mut fields, &request.etag, etag);
    let name = fields.name::<name::Activity>("activity.name", name);
    let draft = match request.entered_in_error {
        true => None,
        false => Draft::read(&mut fields, "activity", given),
    };
    let Some(name) = name else { return fields.finish(None) };
    let injury_name = activity::injury_of(&name);
    let key = wire::key(&injury_name);

    let tx = context.write(&call, &name.clinic).await?;
    if let Some(answer) = answered_before(&tx, &mutation, &call).await? {
        return Ok(answer);
    }
    let clinic = clinics::get(&tx).await?.content;
    let injury = injuries::get(&tx, key, At::NOW).await?.content;
    let current = activities::get(&tx, key, name.activity, At::NOW).await?;
    fields.check_dates(&clinic.time_zone, call.now);
    let date = draft.as_ref().and_then(Draft::date);
    fields.check_not_before("activity.date", date, injury.onset_date, "the injury's onset");
    let content = match request.entered_in_error {
        true => Some(current.content),
        false => draft.and_then(Draft::into_activity),
    };
    let (content, reason) = fields.finish(content.zip(reason))?;

    let given_version = version_of(etag);
    let amendment = Amendment {
        expected: given_version.or(Some(current.version)),
        reason: Some(reason),
        entered_in_error: request.entered_in_error,
        now: call.now,
    };
    let stored = activities::amend(&tx, key, name.activity, &content, amendment).await;
    let stored = stored.map_err(|fault| changed_meanwhile(fault, given_version))?;
    commit(tx, &mutation, activity::answer(&injury_name, &stored)).await
}
