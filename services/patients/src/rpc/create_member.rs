//! CreateMember.

use taper_api::v1;
use taper_core::ids::MemberId;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::{Store, members};
use taper_wire::begin;
use taper_wire::mutation::{answered_before, commit};

use crate::{grant, wire};

/// Makes a subject of an issuer of tokens a member of the clinic.
pub async fn create_member(store: &Store, call: Call, request: v1::CreateMemberRequest) -> Result<v1::Member, Refusal> {
    let mut fields = Fields::new();
    let method = "taper.v1.AdminService/CreateMember";
    let mutation = Mutation::read(method, &request, &request.request_id, &mut fields);
    let parent = fields.name::<name::Clinic>("parent", &request.parent);
    let clinic = parent.as_ref().map(|parent| &parent.clinic);
    let id = MemberId(call.new_id());
    let member = wire::key::read_member(&mut fields, clinic, id, request.member.as_ref(), call.now);
    if let Some(member) = &member {
        grant::check_scopes(&mut fields, "member.scopes", call.principal(), &member.scopes);
    }
    let (parent, member) = fields.finish(parent.zip(member))?;

    let tx = begin::write(store, &call, &parent).await?;
    if let Some(answer) = answered_before(&tx, &mutation, &call).await? {
        return Ok(answer);
    }
    grant::check_first_administrator(&tx, &call, member.role).await?;
    members::create(&tx, &member).await?;
    commit(tx, &call, &mutation, wire::key::answer_member(&parent.clinic, &member)).await
}
