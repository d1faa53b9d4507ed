//! Receipts on the wire: hashes of everything that a recommendation was made from, and what no longer agrees.

use taper_api::v1;
use taper_core::ids::ReceiptId;
use taper_core::receipt::{Part, PartDiffers, Receipt};
use taper_kit::name;

use super::timestamp;

/// A receipt as it is stored, with its seal.
pub(crate) fn receipt(plan: &name::Plan, id: ReceiptId, receipt: &Receipt, seal: &str) -> v1::RecommendationReceipt {
    let own = name::Receipt {
        clinic: plan.clinic.clone(),
        patient: plan.patient,
        injury: plan.injury,
        plan: plan.plan,
        receipt: id,
    };
    v1::RecommendationReceipt {
        name: own.to_string(),
        as_of: Some(super::date(receipt.as_of)),
        known_at: Some(timestamp(receipt.known_at)),
        protocol: super::protocol::name(&plan.clinic, &receipt.protocol),
        protocol_sha256: receipt.protocol_sha256.clone(),
        facts_sha256: receipt.facts_sha256.clone(),
        output_sha256: receipt.output_sha256.clone(),
        seal_sha256: seal.to_owned(),
        plan_etag: receipt.plan_version.to_string(),
        program_version: receipt.program_version.clone(),
        create_time: Some(timestamp(receipt.issued_at)),
        recommendation: None,
    }
}

/// What no longer agrees with the receipt.
pub(crate) fn differences(found: &[PartDiffers]) -> Vec<v1::ReceiptDifference> {
    let one = |found: &PartDiffers| v1::ReceiptDifference {
        part: part(found.part),
        issued_sha256: found.stored.clone(),
        recomputed_sha256: found.recomputed.clone().unwrap_or_default(),
    };
    found.iter().map(one).collect()
}

fn part(part: Part) -> i32 {
    let part = match part {
        Part::Seal => v1::ReceiptPart::Seal,
        Part::Protocol => v1::ReceiptPart::Protocol,
        Part::Facts => v1::ReceiptPart::Facts,
        Part::Output => v1::ReceiptPart::Output,
    };
    part.into()
}
