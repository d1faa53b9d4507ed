//! A receipt in words: what a recommendation was made from, and which part of it is not as it was.

use taper_api::v1::{ReceiptDifference, ReceiptPart, RecommendationReceipt, VerifyRecommendationResponse};

use crate::paper::Paper;
use crate::story::words;

/// The receipt with its hashes; the name stands last, to be copied.
pub fn told(paper: Paper, receipt: &RecommendationReceipt) -> String {
    let as_of = receipt.as_of.as_ref().map(words::date).unwrap_or_default();
    let known_at = receipt.known_at.as_ref().map(instant).unwrap_or_default();
    let lines = [
        paper.heading(&format!("Receipt of the advice for {as_of}, from what was recorded by {known_at}")),
        paper
            .entry("Protocol", &format!("{}, SHA-256 {}", words::protocol(&receipt.protocol), receipt.protocol_sha256)),
        paper.entry("Facts", &format!("SHA-256 {}", receipt.facts_sha256)),
        paper.entry("Output", &format!("SHA-256 {}, by Taper {}", receipt.output_sha256, receipt.program_version)),
        paper.entry("Seal", &format!("SHA-256 {}", receipt.seal_sha256)),
        receipt.name.clone(),
    ];
    lines.join("\n")
}

/// Whether everything is as it was when the receipt was issued, and else which part is not.
pub fn verified(paper: Paper, answer: &VerifyRecommendationResponse) -> String {
    let mut lines = Vec::new();
    lines.extend(answer.recommendation_receipt.as_ref().map(|receipt| told(paper, receipt)));
    if answer.verified {
        lines.push(paper.heading("VERIFIED: protocol, facts, output and seal are as they were issued."));
    }
    for difference in &answer.differences {
        lines.push(paper.alarm(&format!("DIFFERS: {}", part(difference))));
        let recomputed = match difference.recomputed_sha256.as_str() {
            "" => "cannot be computed from what is stored",
            hash => hash,
        };
        lines.push(format!("  issued     {}", difference.issued_sha256));
        lines.push(format!("  recomputed {recomputed}"));
    }
    lines.join("\n")
}

fn part(difference: &ReceiptDifference) -> &'static str {
    match difference.part() {
        ReceiptPart::Seal => "the receipt itself was changed after it was issued",
        ReceiptPart::Protocol => "the protocol's document is not the one that was used",
        ReceiptPart::Facts => "the facts that were considered are not those that are stored",
        ReceiptPart::Output => {
            "the advice comes out otherwise (alone: another version of Taper computes it in another way)"
        }
        ReceiptPart::Unspecified => "a part that this version of Taper does not know",
    }
}

fn instant(at: &prost_types::Timestamp) -> String {
    let instant = jiff::Timestamp::new(at.seconds, at.nanos).ok();
    instant.map(|at| at.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(differences: Vec<ReceiptDifference>) -> VerifyRecommendationResponse {
        let receipt = RecommendationReceipt {
            name: "clinics/c/patients/p/injuries/i/treatmentPlans/t/recommendations/r".to_owned(),
            protocol: "protocols/hamstring-strain/versions/1".to_owned(),
            facts_sha256: "fa".to_owned(),
            known_at: Some(prost_types::Timestamp { seconds: 60, nanos: 0 }),
            ..Default::default()
        };
        let verified = differences.is_empty();
        VerifyRecommendationResponse { verified, differences, recommendation_receipt: Some(receipt) }
    }

    #[test]
    fn a_receipt_that_holds_says_so_with_its_name_and_hashes() {
        let text = verified(Paper::plain(), &answer(Vec::new()));
        for part in ["recorded by 1970-01-01T00:01:00Z", "  Facts      SHA-256 fa", "/recommendations/r\nVERIFIED: "] {
            assert!(text.contains(part), "{part:?} is missing in:\n{text}");
        }
        assert!(!text.contains("DIFFERS"), "{text}");
    }

    #[test]
    fn each_part_that_differs_is_named_with_both_hashes() {
        let one = |part: ReceiptPart, recomputed: &str| ReceiptDifference {
            part: part.into(),
            issued_sha256: "aa".to_owned(),
            recomputed_sha256: recomputed.to_owned(),
        };
        let text = verified(Paper::plain(), &answer(vec![one(ReceiptPart::Facts, "bb"), one(ReceiptPart::Output, "")]));
        for part in [
            "DIFFERS: the facts that were considered are not those that are stored\n  issued     aa\n  recomputed bb\n",
            "DIFFERS: the advice comes out otherwise",
            "  recomputed cannot be computed from what is stored",
        ] {
            assert!(text.contains(part), "{part:?} is missing in:\n{text}");
        }
        assert!(!text.contains("VERIFIED"), "{text}");
    }
}
