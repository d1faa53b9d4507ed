//! GetVisitSummary: the visits of a plan, counted by one definition, with adherence and the reviews due.

use taper_api::v1;
use taper_core::refusal::Refusal;
use taper_core::visits::{reviews, visits};
use taper_kit::Call;
use taper_store::Store;

use crate::wire;
use taper_wire::course::{Asked, Course};

pub(crate) async fn get_visit_summary(
    store: &Store,
    call: Call,
    request: v1::GetVisitSummaryRequest,
) -> Result<v1::VisitSummary, Refusal> {
    let asked = Asked {
        field: "name",
        name: &request.name,
        as_of: request.as_of.as_ref(),
        known_at: request.known_at.as_ref(),
    };
    let course = Course::load(store, &call, asked, &mut |_| {}).await?;
    let visits = visits(&course.protocol, &course.record, course.as_of);
    let reviews = reviews(&course.protocol, &course.record, course.as_of);
    Ok(wire::visits::summary(&course.plan, course.as_of, &visits, &reviews))
}
