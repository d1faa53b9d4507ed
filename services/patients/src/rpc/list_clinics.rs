//! ListClinics.

use taper_api::v1::{ListClinicsRequest, ListClinicsResponse};
use taper_core::ids::ClinicId;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, paging};
use taper_store::{Store, clinics};

use crate::wire;

const BINDING: &[&str] = &["ListClinics"];

/// Lists the clinics of this server by slug.
pub async fn list_clinics(
    store: &Store,
    call: Call,
    request: ListClinicsRequest,
) -> Result<ListClinicsResponse, Refusal> {
    let mut fields = Fields::new();
    let page = paging::parse_by_text(request.page_size, &request.page_token, BINDING, fields.violations())?;
    let after = page.after.map(|slug| slug.parse::<ClinicId>()).transpose();
    let after = fields.take("page_token", after);
    let after = fields.finish(after)?;

    let rows = clinics::list(store, after.as_ref(), page.size + 1, call.deadline).await?;
    let (rows, last) = paging::cut(rows, page.size, |row| row.id.clone());
    Ok(ListClinicsResponse {
        clinics: rows.iter().map(wire::clinic::answer).collect(),
        next_page_token: last.map(|slug| paging::next_token_by_text(slug.as_str(), BINDING)).unwrap_or_default(),
    })
}
