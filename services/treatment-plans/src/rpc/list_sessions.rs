//! ListSessions: the sessions of a plan, in the order of their creation.

use taper_api::v1;
use taper_core::ids::SessionId;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name, paging};
use taper_store::{Store, sessions};
use taper_wire::{at, begin};

use crate::place::plan_key;
use crate::wire;

pub(crate) async fn list_sessions(
    store: &Store,
    call: Call,
    request: v1::ListSessionsRequest,
) -> Result<v1::ListSessionsResponse, Refusal> {
    let mut fields = Fields::new();
    let parent: Option<name::Plan> = fields.name("parent", &request.parent);
    let at = at::at(request.as_of.as_ref(), request.known_at.as_ref(), call.now, &mut fields);
    let times = at::bound(at);
    let binding = ["ListSessions", request.parent.as_str(), times.as_str()];
    let page = paging::parse(request.page_size, &request.page_token, &binding, fields.violations())?;
    let parent = fields.finish(parent)?;

    let tx = begin::read(store, &call, &parent).await?;
    let rows = sessions::list(&tx, plan_key(&parent), page.after.map(SessionId), wire::rows_of(page), at).await?;
    let (rows, next_page_token) = wire::page_of(rows, page, &binding, |id| id.0);
    let sessions = rows.into_iter().map(|row| wire::session::session(&parent, row)).collect();
    Ok(v1::ListSessionsResponse { sessions, next_page_token })
}
