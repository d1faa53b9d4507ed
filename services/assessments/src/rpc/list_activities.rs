//! ListActivities.

use taper_api::v1::{ListActivitiesRequest, ListActivitiesResponse};
use taper_core::ids::ActivityId;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name, paging};
use taper_store::{Store, activities};
use taper_wire::activity;
use taper_wire::key::injury_key;
use taper_wire::{at, begin};

/// Lists the activities of an injury in the order of their creation.
pub async fn list_activities(
    store: &Store,
    call: Call,
    request: ListActivitiesRequest,
) -> Result<ListActivitiesResponse, Refusal> {
    let mut fields = Fields::new();
    let at = at::at(request.as_of.as_ref(), request.known_at.as_ref(), call.now, &mut fields);
    let times = at::bound(at);
    let binding = ["ListActivities", request.parent.as_str(), times.as_str()];
    let parent = fields.name("parent", &request.parent);
    let page = paging::parse(request.page_size, &request.page_token, &binding, fields.violations())?;
    let parent: name::Injury = fields.finish(parent)?;

    let tx = begin::read(store, &call, &parent).await?;
    let after = page.after.map(ActivityId);
    let rows = activities::list(&tx, injury_key(&parent), after, page.size + 1, at).await?;
    let (rows, last) = paging::cut(rows, page.size, |row| row.id.0);
    Ok(ListActivitiesResponse {
        activities: rows.iter().map(|row| activity::answer(&parent, row)).collect(),
        next_page_token: last.map(|id| paging::next_token(id, &binding)).unwrap_or_default(),
    })
}
