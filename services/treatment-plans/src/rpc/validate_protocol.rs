//! ValidateProtocol: every fault of a document, with line and reason.

use taper_api::v1;
use taper_core::protocol::Protocol;
use taper_core::refusal::Refusal;
use taper_kit::Call;
use taper_kit::fields::Fields;

use crate::wire::protocol::{document_fault, listed};

pub(crate) async fn validate_protocol(
    _call: Call,
    request: v1::ValidateProtocolRequest,
) -> Result<v1::ValidateProtocolResponse, Refusal> {
    let mut fields = Fields::new();
    if request.document.is_empty() {
        fields.fault("document", "is required: a protocol document in TOML");
    }
    fields.finish(Some(()))?;
    Ok(match Protocol::check(&request.document) {
        Ok(protocol) => v1::ValidateProtocolResponse {
            faults: Vec::new(),
            // It is not published, and so has no name yet.
            protocol: Some(listed(String::new(), &protocol)),
        },
        Err(faults) => {
            v1::ValidateProtocolResponse { faults: faults.iter().map(document_fault).collect(), protocol: None }
        }
    })
}
