//! VerifyAudit.

use taper_api::v1;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name};
use taper_store::{Store, audit};
use taper_wire::begin;

use crate::wire;

/// Reads a clinic's chain, page by page of one snapshot, and says whether it is as it was written.
pub async fn verify_audit(
    store: &Store,
    call: Call,
    request: v1::VerifyAuditRequest,
) -> Result<v1::VerifyAuditResponse, Refusal> {
    let mut fields = Fields::new();
    let parent = fields.name::<name::Clinic>("parent", &request.parent);
    let anchors = wire::audit::anchors(&mut fields, &request.anchors);
    let start = wire::audit::start(&mut fields, request.start.as_ref(), anchors.as_deref().unwrap_or_default());
    let (parent, (start, anchors)) = fields.finish(parent.zip(start.zip(anchors)))?;

    let tx = begin::read(store, &call, &parent).await?;
    Ok(match audit::verify(&tx, start, anchors).await? {
        Ok(head) => v1::VerifyAuditResponse { intact: true, head: Some(wire::audit::head(head)), fault: String::new() },
        Err(fault) => v1::VerifyAuditResponse { intact: false, head: None, fault: fault.to_string() },
    })
}
