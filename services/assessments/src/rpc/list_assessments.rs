//! ListAssessments.

use taper_api::v1::{ListAssessmentsRequest, ListAssessmentsResponse};
use taper_core::ids::AssessmentId;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name, paging};
use taper_store::{Store, assessments};
use taper_wire::assessment;
use taper_wire::key::injury_key;
use taper_wire::{at, begin};

/// Lists the assessments of an injury in the order of their creation.
pub async fn list_assessments(
    store: &Store,
    call: Call,
    request: ListAssessmentsRequest,
) -> Result<ListAssessmentsResponse, Refusal> {
    let mut fields = Fields::new();
    let at = at::at(request.as_of.as_ref(), request.known_at.as_ref(), call.now, &mut fields);
    let times = at::bound(at);
    let binding = ["ListAssessments", request.parent.as_str(), times.as_str()];
    let parent = fields.name("parent", &request.parent);
    let page = paging::parse(request.page_size, &request.page_token, &binding, fields.violations())?;
    let parent: name::Injury = fields.finish(parent)?;

    let tx = begin::read(store, &call, &parent).await?;
    let after = page.after.map(AssessmentId);
    let rows = assessments::list(&tx, injury_key(&parent), after, page.size + 1, at).await?;
    let (rows, last) = paging::cut(rows, page.size, |row| row.id.0);
    Ok(ListAssessmentsResponse {
        assessments: rows.iter().map(|row| assessment::answer(&parent, row)).collect(),
        next_page_token: last.map(|id| paging::next_token(id, &binding)).unwrap_or_default(),
    })
}
