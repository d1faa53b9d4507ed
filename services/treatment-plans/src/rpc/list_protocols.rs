//! ListProtocols: the built-in protocol versions by name, without their documents.

use taper_api::v1;
use taper_core::protocol;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, paging};

use crate::wire;

pub(crate) async fn list_protocols(
    _call: Call,
    request: v1::ListProtocolsRequest,
) -> Result<v1::ListProtocolsResponse, Refusal> {
    let mut fields = Fields::new();
    let binding = ["ListProtocols"];
    let page = paging::parse_by_text(request.page_size, &request.page_token, &binding, fields.violations())?;
    fields.finish(Some(()))?;

    let mut all: Vec<v1::Protocol> = protocol::builtin().iter().map(wire::protocol::listed).collect();
    all.sort_by(|left, right| left.name.cmp(&right.name));
    if let Some(after) = page.after {
        all.retain(|protocol| protocol.name > after);
    }
    let (protocols, last) = paging::cut(all, page.size, |protocol| protocol.name.clone());
    let next_page_token = last.map(|last| paging::next_token_by_text(&last, &binding)).unwrap_or_default();
    Ok(v1::ListProtocolsResponse { protocols, next_page_token })
}
