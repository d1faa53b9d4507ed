//! VerifyAudit.

use taper_api::v1;
use taper_core::audit::{Fault, Head, Verifier};
use taper_core::limits;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name};
use taper_store::{Read, Store, audit};
use taper_wire::begin;

use crate::wire;

/// Reads a clinic's whole chain, page by page of one snapshot, and says whether it is as it was written.
pub async fn verify_audit(
    store: &Store,
    call: Call,
    request: v1::VerifyAuditRequest,
) -> Result<v1::VerifyAuditResponse, Refusal> {
    let mut fields = Fields::new();
    let parent = fields.name::<name::Clinic>("parent", &request.parent);
    let anchors = wire::audit::anchors(&mut fields, &request.anchors);
    let (parent, anchors) = fields.finish(parent.zip(anchors))?;

    let tx = begin::read(store, &call, &parent).await?;
    Ok(match verified(&tx, anchors).await? {
        Ok(head) => v1::VerifyAuditResponse { intact: true, head: Some(wire::audit::head(head)), fault: String::new() },
        Err(fault) => v1::VerifyAuditResponse { intact: false, head: None, fault: fault.to_string() },
    })
}

async fn verified(tx: &Read, anchors: Vec<Head>) -> Result<Result<Head, Fault>, Refusal> {
    let mut verifier = Verifier::new(tx.clinic().as_str(), anchors);
    let page = u32::try_from(limits::PAGE_SIZE_MAX).unwrap_or(u32::MAX);
    let mut after = 0;
    loop {
        let entries = audit::list(tx, &audit::Filter::default(), after, page).await?;
        for entry in &entries {
            if let Err(fault) = verifier.read(entry) {
                return Ok(Err(fault));
            }
        }
        match entries.last() {
            Some(last) => after = last.number,
            None => return Ok(verifier.end(audit::head(tx).await?)),
        }
    }
}
