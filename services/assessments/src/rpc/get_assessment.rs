//! GetAssessment.

use taper_api::v1::{Assessment, GetAssessmentRequest};
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name};
use taper_store::{At, Store, assessments};
use taper_wire::assessment;
use taper_wire::key::injury_key;
use taper_wire::{at, begin};

/// Reads the current revision of an assessment.
pub async fn get_assessment(store: &Store, call: Call, request: GetAssessmentRequest) -> Result<Assessment, Refusal> {
    let mut fields = Fields::new();
    let name = fields.name("name", &request.name);
    let known_at = at::known_at(request.known_at.as_ref(), call.now, &mut fields);
    let name: name::Assessment = fields.finish(name)?;
    let injury = assessment::injury_of(&name);

    let tx = begin::read(store, &call, &name).await?;
    let stored = assessments::get(&tx, injury_key(&injury), name.assessment, At { as_of: None, known_at }).await?;
    Ok(assessment::answer(&injury, &stored))
}
