//! VerifyRecommendation: whether everything behind a receipt is still as it was when it was issued.

use taper_api::v1;
use taper_core::protocol::Protocol;
use taper_core::receipt::{Receipt, Recomputed, sha256_of_lines, sha256_of_output, verify};
use taper_core::recommend::recommend;
use taper_core::refusal::{Reason, Refusal};
use taper_kit::fields::Fields;
use taper_kit::{Call, name};
use taper_store::{Error, PlanKey, Read, Store, protocols, receipts, records};

use taper_wire::begin;

use crate::place::plan_key;
use crate::wire;

pub(crate) async fn verify_recommendation(
    store: &Store,
    call: Call,
    request: v1::VerifyRecommendationRequest,
) -> Result<v1::VerifyRecommendationResponse, Refusal> {
    let mut fields = Fields::new();
    let name: Option<name::Receipt> = fields.name("name", &request.name);
    let name = fields.finish(name)?;

    let plan = name.plan();
    let tx = begin::read(store, &call, &name).await?;
    let stored = receipts::get(&tx, plan_key(&plan), name.receipt).await?;
    let now = recompute(&tx, plan_key(&plan), &stored.receipt).await?;
    let differs = verify(&stored.receipt, &stored.seal, &now);
    Ok(v1::VerifyRecommendationResponse {
        verified: differs.is_empty(),
        differences: wire::receipt::differences(&differs),
        recommendation_receipt: Some(wire::receipt::receipt(&plan, stored.id, &stored.receipt, &stored.seal)),
    })
}

/// Everything again from what is stored, rows that are not as they were written among it, so that only those parts
/// differ that are not what was issued. What does not read back any more has no hash, and so differs.
async fn recompute(tx: &Read, key: PlanKey, receipt: &Receipt) -> Result<Recomputed, Refusal> {
    let protocol = readable(protocols::get(tx, &receipt.protocol).await)?;
    let evidence = readable(records::evidence_as_stored(tx, key, receipt.known_at).await)?.unwrap_or_default();
    let record = readable(records::load_as_stored(tx, key, Some(receipt.known_at)).await)?;
    let output = |(protocol, record): (&Protocol, _)| sha256_of_output(&recommend(protocol, record, receipt.as_of));
    Ok(Recomputed {
        protocol_sha256: protocol.as_ref().map(|protocol| protocol.sha256.to_string()),
        facts_sha256: sha256_of_lines(evidence.iter().map(String::as_str)),
        output_sha256: protocol.as_deref().zip(record.as_ref()).map(output),
    })
}

/// What is stored, or nothing when it is damaged; any other fault is no answer.
fn readable<T>(found: Result<T, Error>) -> Result<Option<T>, Refusal> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(fault) => {
            let refusal = Refusal::from(fault);
            match refusal.reason {
                Reason::StoredRecordDamaged | Reason::ResourceNotFound => Ok(None),
                _ => Err(refusal),
            }
        }
    }
}
