//! TestProtocol: golden cases are played on a version.

use taper_api::v1;
use taper_core::refusal::{Reason, Refusal};
use taper_kit::Call;
use taper_store::Store;

pub(crate) async fn test_protocol(
    _store: &Store,
    _call: Call,
    _request: v1::TestProtocolRequest,
) -> Result<v1::TestProtocolResponse, Refusal> {
    Err(Refusal::new(Reason::Internal, "NOT WRITTEN YET"))
}
