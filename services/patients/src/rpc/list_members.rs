//! ListMembers.

use taper_api::v1;
use taper_core::ids::MemberId;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name, paging};
use taper_store::{Store, members};
use taper_wire::begin;

use crate::wire;

/// Lists the members of a clinic in the order in which they became members.
pub async fn list_members(
    store: &Store,
    call: Call,
    request: v1::ListMembersRequest,
) -> Result<v1::ListMembersResponse, Refusal> {
    let mut fields = Fields::new();
    let binding = ["ListMembers", request.parent.as_str()];
    let parent = fields.name("parent", &request.parent);
    let page = paging::parse(request.page_size, &request.page_token, &binding, fields.violations())?;
    let parent: name::Clinic = fields.finish(parent)?;

    let tx = begin::read(store, &call, &parent).await?;
    let rows = members::list(&tx, page.after.map(MemberId), page.size + 1).await?;
    let (rows, last) = paging::cut(rows, page.size, |member| member.id.0);
    Ok(v1::ListMembersResponse {
        members: rows.iter().map(|member| wire::key::answer_member(&parent.clinic, member)).collect(),
        next_page_token: last.map(|id| paging::next_token(id, &binding)).unwrap_or_default(),
    })
}
