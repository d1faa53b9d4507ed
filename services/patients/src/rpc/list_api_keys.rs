//! ListApiKeys.

use taper_api::v1;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name, paging};
use taper_store::{Store, keys};
use taper_wire::begin;
use uuid::Uuid;

use crate::wire;

/// Lists the keys of a clinic by id, without their secrets.
pub async fn list_api_keys(
    store: &Store,
    call: Call,
    request: v1::ListApiKeysRequest,
) -> Result<v1::ListApiKeysResponse, Refusal> {
    let mut fields = Fields::new();
    let binding = ["ListApiKeys", request.parent.as_str()];
    let parent = fields.name("parent", &request.parent);
    let page = paging::parse(request.page_size, &request.page_token, &binding, fields.violations())?;
    let parent: name::Clinic = fields.finish(parent)?;

    let tx = begin::read(store, &call, &parent).await?;
    let after = page.after.map(id_of);
    let rows = keys::list(&tx, after.as_deref(), page.size + 1).await?;
    let (rows, last) = paging::cut(rows, page.size, |key| place_of(&key.id));
    Ok(v1::ListApiKeysResponse {
        api_keys: rows.iter().map(|key| wire::key::answer(&parent.clinic, key)).collect(),
        next_page_token: last.map(|id| paging::next_token(id, &binding)).unwrap_or_default(),
    })
}

/// The characters of an id as the place that a page token holds.
fn place_of(id: &str) -> Uuid {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(id.bytes()).for_each(|(place, byte)| *place = byte);
    Uuid::from_bytes(bytes)
}

fn id_of(place: Uuid) -> String {
    place.into_bytes().into_iter().take_while(|byte| *byte != 0).map(char::from).collect()
}
