//! ListPatients.

use taper_api::v1::{ListPatientsRequest, ListPatientsResponse};
use taper_core::ids::PatientId;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name, paging};
use taper_store::{Store, patients};
use taper_wire::begin;

use crate::wire;

/// Lists the patients of a clinic in the order of their creation.
pub async fn list_patients(
    store: &Store,
    call: Call,
    request: ListPatientsRequest,
) -> Result<ListPatientsResponse, Refusal> {
    let mut fields = Fields::new();
    let show_deleted = request.show_deleted.to_string();
    let binding = ["ListPatients", request.parent.as_str(), show_deleted.as_str()];
    let parent = fields.name("parent", &request.parent);
    let page = paging::parse(request.page_size, &request.page_token, &binding, fields.violations())?;
    let parent: name::Clinic = fields.finish(parent)?;

    let tx = begin::read(store, &call, &parent).await?;
    let rows = patients::list(&tx, page.after.map(PatientId), page.size + 1, request.show_deleted).await?;
    let (rows, last) = paging::cut(rows, page.size, |row| row.id.0);
    Ok(ListPatientsResponse {
        patients: rows.iter().map(|row| wire::patient::answer(&parent.clinic, row)).collect(),
        next_page_token: last.map(|id| paging::next_token(id, &binding)).unwrap_or_default(),
    })
}
