//! ListClinicPolicyRevisions: every revision of the clinic's default policy, the oldest first.

use taper_api::v1::{ListClinicPolicyRevisionsRequest, ListClinicPolicyRevisionsResponse};
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name, paging};
use taper_store::{Store, Version, clinic_policies, clinics};
use taper_wire::begin;

use crate::wire::policy;

/// Lists the revisions a page at a time.
pub async fn list_clinic_policy_revisions(
    store: &Store,
    call: Call,
    request: ListClinicPolicyRevisionsRequest,
) -> Result<ListClinicPolicyRevisionsResponse, Refusal> {
    let mut fields = Fields::new();
    let binding = ["ListClinicPolicyRevisions", request.name.as_str()];
    let name = fields.name("name", &request.name);
    let page = paging::parse_by_text(request.page_size, &request.page_token, &binding, fields.violations())?;
    let name: name::ClinicPolicy = fields.finish(name)?;

    let tx = begin::read(store, &call, &name).await?;
    clinics::get(&tx).await?;
    let after = page.after.and_then(|after| after.parse::<Version>().ok());
    let rows = clinic_policies::list(&tx, after, page.size.saturating_add(1)).await?;
    let (rows, last) = paging::cut(rows, page.size, |row| row.version.to_string());
    Ok(ListClinicPolicyRevisionsResponse {
        clinic_policies: rows.iter().map(|row| policy::answer(&name, row)).collect(),
        next_page_token: last.map(|last| paging::next_token_by_text(&last, &binding)).unwrap_or_default(),
    })
}
