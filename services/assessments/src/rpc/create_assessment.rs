//! CreateAssessment.

use taper_api::v1::{Assessment, CreateAssessmentRequest};
use taper_core::ids::AssessmentId;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::{At, assessments, clinics, injuries};
use taper_wire::assessment::{self, Draft};
use taper_wire::mutation::{answered_before, commit};

use crate::context::Context;
use crate::{testers, wire};

/// Records an assessment of an injury.
pub async fn create_assessment(
    context: &Context,
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

    let tx = context.write(&call, &parent.clinic).await?;
    if let Some(answer) = answered_before(&tx, &mutation, &call).await? {
        return Ok(answer);
    }
    let clinic = clinics::get(&tx).await?.content;
    let injury = injuries::get(&tx, wire::key(&parent), At::NOW).await?.content;
    fields.check_dates(&clinic.time_zone, call.now);
    let date = draft.as_ref().and_then(Draft::date);
    fields.check_not_before("assessment.date", date, injury.onset_date, "the injury's onset");
    let therapists = draft.as_ref().map(Draft::therapists).unwrap_or_default();
    testers::check(&tx, &mut fields, therapists).await?;
    let content = fields.finish(draft.and_then(Draft::into_assessment))?;

    let id = AssessmentId(call.new_id());
    let stored = assessments::create(&tx, wire::key(&parent), id, &content, call.now).await?;
    commit(tx, &mutation, assessment::answer(&parent, &stored)).await
}
