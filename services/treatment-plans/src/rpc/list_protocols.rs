//! ListProtocols: the built-in protocol versions by name, or a clinic's own, without their documents.

use taper_api::v1;
use taper_core::protocol;
use taper_core::record::plan::ProtocolRef;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name, paging};
use taper_store::{Store, protocols};
use taper_wire::begin;

use crate::wire;

pub(crate) async fn list_protocols(
    store: &Store,
    call: Call,
    request: v1::ListProtocolsRequest,
) -> Result<v1::ListProtocolsResponse, Refusal> {
    let mut fields = Fields::new();
    let parent: Option<name::Clinic> = wire::optional_name("parent", &request.parent, &mut fields);
    let binding = ["ListProtocols", request.parent.as_str()];
    let page = paging::parse_by_text(request.page_size, &request.page_token, &binding, fields.violations())?;
    fields.finish(Some(()))?;

    let mut all: Vec<v1::Protocol> = match &parent {
        None => built_in(),
        Some(parent) => {
            let tx = begin::read(store, &call, parent).await?;
            let after = page.after.as_deref().and_then(reference);
            let own = protocols::list(&tx, after.as_ref(), page.size.saturating_add(1)).await?;
            let listed = |own: &protocol::Protocol| {
                wire::protocol::listed(wire::protocol::name(&parent.clinic, &own.reference), own)
            };
            own.iter().map(|own| listed(own)).collect()
        }
    };
    if parent.is_none() {
        all.sort_by(|left, right| left.name.cmp(&right.name));
        all.retain(|protocol| page.after.as_ref().is_none_or(|after| protocol.name > *after));
    }
    let (protocols, last) = paging::cut(all, page.size, |protocol| protocol.name.clone());
    let next_page_token = last.map(|last| paging::next_token_by_text(&last, &binding)).unwrap_or_default();
    Ok(v1::ListProtocolsResponse { protocols, next_page_token })
}

/// The version after whose name the page begins.
fn reference(name: &str) -> Option<ProtocolRef> {
    let name: name::ClinicProtocolVersion = name.parse().ok()?;
    Some(ProtocolRef { protocol: name.protocol.to_string(), version: name.version.to_string() })
}

fn built_in() -> Vec<v1::Protocol> {
    let listed = |built_in: &protocol::Protocol| {
        wire::protocol::listed(wire::protocol::built_in_name(&built_in.reference), built_in)
    };
    protocol::builtin().iter().map(listed).collect()
}
