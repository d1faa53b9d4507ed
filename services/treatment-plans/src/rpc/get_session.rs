//! GetSession: the current revision of a session.

use taper_api::v1;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name};
use taper_store::{At, Store, sessions};
use taper_wire::at;
use taper_wire::begin;

use crate::place::{plan_key, plan_of};
use crate::wire;

pub(crate) async fn get_session(
    store: &Store,
    call: Call,
    request: v1::GetSessionRequest,
) -> Result<v1::Session, Refusal> {
    let mut fields = Fields::new();
    let name: Option<name::Session> = fields.name("name", &request.name);
    let known_at = at::known_at(request.known_at.as_ref(), call.now, &mut fields);
    let name = fields.finish(name)?;

    let plan = plan_of(&name);
    let tx = begin::read(store, &call, &name).await?;
    let stored = sessions::get(&tx, plan_key(&plan), name.session, At { as_of: None, known_at }).await?;
    Ok(wire::session::session(&plan, stored))
}
