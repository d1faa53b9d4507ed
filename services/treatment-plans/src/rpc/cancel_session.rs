//! CancelSession: a planned session does not take place.

use taper_api::v1;
use taper_core::record::codes::SessionState;
use taper_core::record::session::Session;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::{At, Store, sessions};
use taper_wire::begin;
use taper_wire::mutation::{answered_before, commit};

use crate::place::{plan_key, plan_of};
use crate::planned;
use crate::wire;

pub(crate) async fn cancel_session(
    store: &Store,
    call: Call,
    request: v1::CancelSessionRequest,
) -> Result<v1::Session, Refusal> {
    let mut fields = Fields::new();
    let method = "taper.v1.SessionService/CancelSession";
    let mutation = Mutation::read(method, &request, &request.request_id, &mut fields);
    let name: Option<name::Session> = fields.name("name", &request.name);
    let reason = wire::note("reason", &request.reason, &mut fields);
    let name = fields.finish(name)?;

    let plan = plan_of(&name);
    let tx = begin::write(store, &call, &name).await?;
    // Read before the claim: of a clinic that does not exist, nothing can be claimed.
    let stored = sessions::get(&tx, plan_key(&plan), name.session, At::NOW).await?;
    if let Some(done) = answered_before(&tx, &mutation, &call).await? {
        return Ok(done);
    }
    wire::check_etag(&request.etag, stored.version)?;
    planned::check(&stored)?;
    let state = if request.no_show { SessionState::NoShow } else { SessionState::Cancelled };
    let cancelled = Session { state, ..stored.content.clone() };
    let reason = Some(reason).filter(|reason| !reason.is_empty());
    let amended = planned::replace(&tx, &plan, &stored, &cancelled, reason, &request.etag, call.now).await?;
    commit(tx, &call, &mutation, wire::session::session(&plan, amended)).await
}
