//! ListDecisions: the decisions on a plan, in the order of their creation.

use taper_api::v1;
use taper_core::ids::DecisionId;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name, paging};
use taper_store::{At, Store, decisions, plans};
use taper_wire::{at, begin};

use crate::place::plan_key;
use crate::wire;

pub(crate) async fn list_decisions(
    store: &Store,
    call: Call,
    request: v1::ListDecisionsRequest,
) -> Result<v1::ListDecisionsResponse, Refusal> {
    let mut fields = Fields::new();
    let parent: Option<name::Plan> = fields.name("parent", &request.parent);
    let at = at::at(request.as_of.as_ref(), request.known_at.as_ref(), call.now, &mut fields);
    let times = at::bound(at);
    let binding = ["ListDecisions", request.parent.as_str(), times.as_str()];
    let page = paging::parse(request.page_size, &request.page_token, &binding, fields.violations())?;
    let parent = fields.finish(parent)?;

    let tx = begin::read(store, &call, &parent).await?;
    let plan = plans::get(&tx, plan_key(&parent), At { as_of: None, ..at }).await?.content;
    let rows = decisions::list(&tx, plan_key(&parent), page.after.map(DecisionId), wire::rows_of(page), at).await?;
    let (rows, next_page_token) = wire::page_of(rows, page, &binding, |id| id.0);
    let decisions = rows.into_iter().map(|row| wire::decision::decision(&parent, &plan, row)).collect();
    Ok(v1::ListDecisionsResponse { decisions, next_page_token })
}
