//! ValidateProtocol: every fault of a document, with line and reason.

use taper_api::v1;
use taper_core::refusal::{Reason, Refusal};
use taper_kit::Call;
use taper_store::Store;

pub(crate) async fn validate_protocol(
    _store: &Store,
    _call: Call,
    _request: v1::ValidateProtocolRequest,
) -> Result<v1::ValidateProtocolResponse, Refusal> {
    Err(Refusal::new(Reason::Internal, "NOT WRITTEN YET"))
}
