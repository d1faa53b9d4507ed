//! CreateAssessment.

use taper_api::v1::{Assessment, CreateAssessmentRequest};
use taper_core::ids::AssessmentId;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::{Store, assessments};
use taper_wire::assessment::{self, Draft};
use taper_wire::begin;
use taper_wire::key::injury_key;
use taper_wire::mutation::{answered_before, commit};

use crate::{dates, testers};

/// Records an assessment of an injury.
pub async fn create_assessment(
    store: &Store,
    call: Call,
    request: CreateAssessmentRequest,
) -> Result<Assessment, Refusal> {
    let mut fields = Fields::new();
    let method = "taper.v1.AssessmentService/CreateAssessment";
    let mutation = Mutation::read(method, &request, &request.request_id, &mut fields);
    let parent = fields.name::<name::Injury>("parent", &request.parent);
    let draft = Draft::read(&mut fields, "assessment", request.assessment.as_ref());
    let Some(parent) = parent else {
        return fields.finish(None);
    };

    let tx = begin::write(store, &call, &parent).await?;
    if let Some(answer) = answered_before(&tx, &mutation, &call).await? {
        return Ok(answer);
    }
    let key = injury_key(&parent);
    let date = draft.as_ref().and_then(Draft::date);
    dates::check(&tx, &call, key, "assessment.date", date, &mut fields).await?;
    let therapists = draft.as_ref().map(Draft::therapists).unwrap_or_default();
    testers::check(&tx, &mut fields, therapists).await?;
    let content = fields.finish(draft.and_then(Draft::into_assessment))?;

    let id = AssessmentId(call.new_id());
    let stored = assessments::create(&tx, key, id, &content, call.now).await?;
    commit(tx, &call, &mutation, assessment::answer(&parent, &stored)).await
}
