//! AmendAssessment.

use taper_api::v1::{AmendAssessmentRequest, Assessment};
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::{Amendment, At, InjuryKey, Write, assessments, clinics, injuries};
use taper_wire::assessment::{self, Draft};
use taper_wire::mutation::{answered_before, changed_meanwhile, commit, one_etag, version_of};

use crate::context::Context;
use crate::{testers, wire};

/// Records a new revision of an assessment and keeps the old one. One entered in error keeps what it says.
pub async fn amend_assessment(
    context: &Context,
    call: Call,
    request: AmendAssessmentRequest,
) -> Result<Assessment, Refusal> {
    let mut fields = Fields::new();
    let method = "taper.v1.AssessmentService/AmendAssessment";
    let mutation = Mutation::read(method, &request, &request.request_id, &mut fields);
    let reason = fields.required_note("reason", &request.reason);
    let given = request.assessment.as_ref();
    let (name, etag) = given.map(|assessment| (assessment.name.as_str(), assessment.etag.as_str())).unwrap_or_default();
    let etag = one_etag(&mut fields, &request.etag, etag);
    let name = fields.name::<name::Assessment>("assessment.name", name);
    let draft = match request.entered_in_error {
        true => None,
        false => Draft::read(&mut fields, "assessment", given),
    };
    let Some(name) = name else { return fields.finish(None) };
    let injury_name = assessment::injury_of(&name);
    let key = wire::key(&injury_name);

    let tx = context.write(&call, &name.clinic).await?;
    if let Some(answer) = answered_before(&tx, &mutation, &call).await? {
        return Ok(answer);
    }
    let current = assessments::get(&tx, key, name.assessment, At::NOW).await?;
    check(&tx, &call, key, draft.as_ref(), &mut fields).await?;
    let content = match request.entered_in_error {
        true => Some(current.content),
        false => draft.and_then(Draft::into_assessment),
    };
    let (content, reason) = fields.finish(content.zip(reason))?;

    let given_version = version_of(etag);
    let amendment = Amendment {
        expected: given_version.or(Some(current.version)),
        reason: Some(reason),
        entered_in_error: request.entered_in_error,
        now: call.now,
    };
    let stored = assessments::amend(&tx, key, name.assessment, &content, amendment).await;
    let stored = stored.map_err(|fault| changed_meanwhile(fault, given_version))?;
    commit(tx, &mutation, assessment::answer(&injury_name, &stored)).await
}

/// Notes what does not fit the clinic: its day, the injury's onset, its therapists.
async fn check(
    tx: &Write,
    call: &Call,
    key: InjuryKey,
    draft: Option<&Draft>,
    fields: &mut Fields,
) -> Result<(), Refusal> {
    let clinic = clinics::get(tx).await?.content;
    let injury = injuries::get(tx, key, At::NOW).await?.content;
    fields.check_dates(&clinic.time_zone, call.now);
    let date = draft.and_then(Draft::date);
    fields.check_not_before("assessment.date", date, injury.onset_date, "the injury's onset");
    testers::check(tx, fields, draft.map(Draft::therapists).unwrap_or_default()).await
}
