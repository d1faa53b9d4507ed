//! ListInjuries.

use taper_api::v1::{ListInjuriesRequest, ListInjuriesResponse};
use taper_core::ids::InjuryId;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name, paging};
use taper_store::{Store, injuries};
use taper_wire::begin;

use crate::{recurrence, wire};

/// Lists the injuries of a patient in the order of their creation.
pub async fn list_injuries(
    store: &Store,
    call: Call,
    request: ListInjuriesRequest,
) -> Result<ListInjuriesResponse, Refusal> {
    let mut fields = Fields::new();
    let binding = ["ListInjuries", request.parent.as_str()];
    let parent = fields.name("parent", &request.parent);
    let page = paging::parse(request.page_size, &request.page_token, &binding, fields.violations())?;
    let parent: name::Patient = fields.finish(parent)?;

    let tx = begin::read(store, &call, &parent).await?;
    let rows = injuries::list(&tx, parent.patient, page.after.map(InjuryId), page.size + 1).await?;
    let (rows, last) = paging::cut(rows, page.size, |row| row.id.0);
    let mut injuries = Vec::new();
    for row in &rows {
        let timing = recurrence::timing_among(&tx, parent.patient, &row.content, &rows).await?;
        injuries.push(wire::injury::answer(&parent, row, timing));
    }
    Ok(ListInjuriesResponse {
        injuries,
        next_page_token: last.map(|id| paging::next_token(id, &binding)).unwrap_or_default(),
    })
}
