//! ReplayProtocol: a version played over all past cases of a clinic, as a stream that ends with a manifest.

use taper_api::v1;
use taper_core::refusal::{Reason, Refusal};
use taper_kit::Call;
use taper_store::Store;
use tonic::codegen::BoxStream;

pub(crate) async fn replay_protocol(
    _store: &Store,
    _call: Call,
    _request: v1::ReplayProtocolRequest,
) -> Result<BoxStream<v1::ReplayProtocolResponse>, Refusal> {
    Err(Refusal::new(Reason::Internal, "NOT WRITTEN YET"))
}
