//! AmendActivity.

use taper_api::v1::{Activity, AmendActivityRequest};
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::{At, Store, activities};
use taper_wire::activity::{self, Draft};
use taper_wire::begin;
use taper_wire::key::injury_key;
use taper_wire::mutation::{amendment, answered_before, changed_meanwhile, commit, one_etag, version_of};

use crate::dates;

/// Records a new revision of an activity and keeps the old one. One entered in error keeps what it says.
pub async fn amend_activity(store: &Store, call: Call, request: AmendActivityRequest) -> Result<Activity, Refusal> {
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
    let key = injury_key(&injury_name);

    let tx = begin::write(store, &call, &name).await?;
    if let Some(answer) = answered_before(&tx, &mutation, &call).await? {
        return Ok(answer);
    }
    let current = activities::get(&tx, key, name.activity, At::NOW).await?;
    let date = draft.as_ref().and_then(Draft::date);
    dates::check(&tx, &call, key, "activity.date", date, &mut fields).await?;
    let content = match request.entered_in_error {
        true => Some(current.content),
        false => draft.and_then(Draft::into_activity),
    };
    let (content, reason) = fields.finish(content.zip(reason))?;

    let amendment = amendment(etag, current.version, reason, request.entered_in_error, call.now);
    let amended = activities::amend(&tx, key, name.activity, &content, amendment).await;
    let stored = amended.map_err(|fault| changed_meanwhile(fault, version_of(etag)))?;
    commit(tx, &call, &mutation, activity::answer(&injury_name, &stored)).await
}
