//! GetProtocol: one version of a protocol, with its document.

use taper_api::v1;
use taper_core::protocol;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name};

use crate::wire;

pub(crate) async fn get_protocol(_call: Call, request: v1::GetProtocolRequest) -> Result<v1::Protocol, Refusal> {
    let mut fields = Fields::new();
    let name: Option<name::ProtocolVersion> = fields.name("name", &request.name);
    let name = fields.finish(name)?;
    match protocol::find(&wire::protocol::reference(&name)) {
        Some(protocol) => Ok(wire::protocol::whole(protocol)),
        None => Err(Refusal::not_found(&request.name)),
    }
}
