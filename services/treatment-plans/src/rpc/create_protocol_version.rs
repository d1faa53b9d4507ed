//! CreateProtocolVersion: a version of a clinic's own protocol is published.

use taper_api::v1;
use taper_core::refusal::{Reason, Refusal};
use taper_kit::Call;
use taper_store::Store;

pub(crate) async fn create_protocol_version(
    _store: &Store,
    _call: Call,
    _request: v1::CreateProtocolVersionRequest,
) -> Result<v1::Protocol, Refusal> {
    Err(Refusal::new(Reason::Internal, "NOT WRITTEN YET"))
}
