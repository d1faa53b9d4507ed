//! GetSession: the current revision of a session.

use taper_api::v1;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, Caller, name};
use taper_store::{Store, sessions};

use crate::place::{plan_key, plan_of};
use crate::wire;

pub(crate) async fn get_session(
    store: &Store,
    call: Call,
    request: v1::GetSessionRequest,
) -> Result<v1::Session, Refusal> {
    let mut fields = Fields::new();
    let name: Option<name::Session> = fields.name("name", &request.name);
    let name = fields.finish(name)?;

    let caller = Caller::on(&call, &name.clinic)?;
    let plan = plan_of(&name);
    let tx = store.begin_read(&caller.clinic, call.deadline).await?;
    let stored = sessions::get(&tx, plan_key(&plan), name.session).await?;
    Ok(wire::session::session(&plan, stored))
}
