//! DisableMember.

use taper_api::v1;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::{Store, members};
use taper_wire::begin;
use taper_wire::mutation::{answered_before, commit};

use crate::{grant, wire};

/// Ends a membership; one that has ended stays as it is.
pub async fn disable_member(
    store: &Store,
    call: Call,
    request: v1::DisableMemberRequest,
) -> Result<v1::Member, Refusal> {
    let mut fields = Fields::new();
    let method = "taper.v1.AdminService/DisableMember";
    let mutation = Mutation::read(method, &request, &request.request_id, &mut fields);
    let name = fields.name("name", &request.name);
    let name: name::Member = fields.finish(name)?;

    let tx = begin::write(store, &call, &name).await?;
    if let Some(answer) = answered_before(&tx, &mutation, &call).await? {
        return Ok(answer);
    }
    let member = members::disable(&tx, name.member, call.now).await?;
    grant::check_end(&call, member.role)?;
    commit(tx, &call, &mutation, wire::key::answer_member(&name.clinic, &member)).await
}
