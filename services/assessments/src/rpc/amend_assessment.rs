//! AmendAssessment.

use taper_api::v1::{AmendAssessmentRequest, Assessment};
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::{At, Store, assessments};
use taper_wire::assessment::{self, Draft};
use taper_wire::begin;
use taper_wire::key::injury_key;
use taper_wire::mutation::{amendment, answered_before, changed_meanwhile, commit, one_etag, version_of};

use crate::{dates, testers};

/// Records a new revision of an assessment and keeps the old one. One entered in error keeps what it says.
pub async fn amend_assessment(
    store: &Store,
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
    let key = injury_key(&injury_name);

    let tx = begin::write(store, &call, &name).await?;
    if let Some(answer) = answered_before(&tx, &mutation, &call).await? {
        return Ok(answer);
    }
    let current = assessments::get(&tx, key, name.assessment, At::NOW).await?;
    if let Some(draft) = &draft {
        dates::check(&tx, &call, key, "assessment.date", draft.date(), &mut fields).await?;
        testers::check(&tx, &mut fields, draft.therapists()).await?;
    }
    let content = match request.entered_in_error {
        true => Some(current.content),
        false => draft.and_then(Draft::into_assessment),
    };
    let (content, reason) = fields.finish(content.zip(reason))?;

    let amendment = amendment(etag, current.version, reason, request.entered_in_error, call.now);
    let amended = assessments::amend(&tx, key, name.assessment, &content, amendment).await;
    let stored = amended.map_err(|fault| changed_meanwhile(fault, version_of(etag)))?;
    commit(tx, &call, &mutation, assessment::answer(&injury_name, &stored)).await
}
