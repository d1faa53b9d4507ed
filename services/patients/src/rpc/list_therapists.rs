//! ListTherapists.

use taper_api::v1::{ListTherapistsRequest, ListTherapistsResponse};
use taper_core::ids::TherapistId;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name, paging};
use taper_store::{Store, therapists};
use taper_wire::begin;

use crate::wire;

/// Lists the therapists of a clinic in the order of their creation.
pub async fn list_therapists(
    store: &Store,
    call: Call,
    request: ListTherapistsRequest,
) -> Result<ListTherapistsResponse, Refusal> {
    let mut fields = Fields::new();
    let binding = ["ListTherapists", request.parent.as_str()];
    let parent = fields.name("parent", &request.parent);
    let page = paging::parse(request.page_size, &request.page_token, &binding, fields.violations())?;
    let parent: name::Clinic = fields.finish(parent)?;

    let tx = begin::read(store, &call, &parent).await?;
    let rows = therapists::list(&tx, page.after.map(TherapistId), page.size + 1).await?;
    let (rows, last) = paging::cut(rows, page.size, |row| row.id.0);
    Ok(ListTherapistsResponse {
        therapists: rows.iter().map(|row| wire::therapist::answer(&parent.clinic, row)).collect(),
        next_page_token: last.map(|id| paging::next_token(id, &binding)).unwrap_or_default(),
    })
}
