//! GetProtocol: one version of a protocol, built in or a clinic's own, with its document.

use taper_api::v1;
use taper_core::protocol;
use taper_core::refusal::Refusal;
use taper_kit::Call;
use taper_kit::caller::Spelled;
use taper_kit::fields::Fields;
use taper_store::{Store, protocols};
use taper_wire::begin;

use crate::wire::protocol::{Named, whole};

pub(crate) async fn get_protocol(
    store: &Store,
    call: Call,
    request: v1::GetProtocolRequest,
) -> Result<v1::Protocol, Refusal> {
    let mut fields = Fields::new();
    let named = Named::read("name", &request.name, &mut fields);
    let named = fields.finish(named)?;
    let Some(clinic) = &named.clinic else {
        let built_in = protocol::find(&named.reference).ok_or_else(|| Refusal::not_found(&request.name))?;
        return Ok(whole(request.name, built_in));
    };

    let tx = begin::read(store, &call, &Spelled { clinic, name: &request.name }).await?;
    if !named.is_visible_to(clinic) {
        return Err(Refusal::not_found(&request.name));
    }
    let own = protocols::pinned(&tx, &named.reference).await?;
    Ok(whole(request.name, &own))
}
