//! Canonical hashes of what a recommendation was made from and of what it said.

mod canonical;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::PlanId;
use crate::recommendation::Recommendation;
use crate::record::plan::ProtocolRef;

/// First line of what a seal is made of: a receipt can never be mistaken for another text, or for another form.
const SEAL_FORM: &str = "taper receipt 1\n";

/// A recommendation as it was issued: from what it was made and what it said, each as a SHA-256 in lower-case hex.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The plan.
    pub plan: PlanId,
    /// The day that the recommendation is for.
    pub as_of: Date,
    /// The instant whose record it was made from.
    pub known_at: Timestamp,
    /// Version of the plan's row at that instant.
    pub plan_version: u32,
    /// The protocol version.
    pub protocol: ProtocolRef,
    /// Of the protocol's document.
    pub protocol_sha256: String,
    /// Of the facts that were considered, see [`sha256_of_lines`].
    pub facts_sha256: String,
    /// Of the recommendation, see [`sha256_of_output`].
    pub output_sha256: String,
    /// The version of Taper that computed it.
    pub program_version: String,
    /// When it was issued.
    pub issued_at: Timestamp,
}

impl Receipt {
    /// SHA-256, in hex, of every field in canonical form.
    ///
    /// Times count to the microsecond: that is what both databases keep.
    pub fn seal(&self) -> String {
        let kept =
            Self { known_at: to_microsecond(self.known_at), issued_at: to_microsecond(self.issued_at), ..self.clone() };
        canonical::sha256_hex(&[SEAL_FORM, &canonical::json(&kept)])
    }
}

fn to_microsecond(instant: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(instant.as_microsecond()).unwrap_or(instant)
}

/// SHA-256, in hex, of a recommendation as canonical JSON: keys in the order of their bytes, no white space, whole
/// numbers only. It does not depend on the order in which facts stand in the record, since the advice does not.
pub fn sha256_of_output(recommendation: &Recommendation) -> String {
    canonical::sha256_hex(&[&canonical::json(recommendation)])
}

/// SHA-256, in hex, of the lines of evidence, whatever their order. A line may hold any character: each goes in with
/// its length in bytes before it, so that no two lists of lines make the same text.
pub fn sha256_of_lines<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let mut sorted: Vec<&str> = lines.collect();
    sorted.sort_unstable();
    let mut parts: Vec<String> = Vec::with_capacity(sorted.len());
    for line in sorted {
        parts.push(format!("{}:{line}\n", line.len()));
    }
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    canonical::sha256_hex(&parts)
}

/// A part of a receipt that can be checked by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The receipt's own row.
    Seal,
    /// The protocol's document.
    Protocol,
    /// The facts that were considered.
    Facts,
    /// The recommendation; alone it differs when another version of Taper computes otherwise.
    Output,
}

/// The hashes as they come out of what is stored now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recomputed {
    /// Of the protocol's document; none when there is no such version any more.
    pub protocol_sha256: Option<String>,
    /// Of the facts that had been recorded by the receipt's instant.
    pub facts_sha256: String,
    /// Of the recommendation; none when it cannot be computed without its protocol.
    pub output_sha256: Option<String>,
}

/// A part that is not as it was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartDiffers {
    /// Which.
    pub part: Part,
    /// What is stored with the receipt.
    pub stored: String,
    /// What comes out now; none when it cannot be computed.
    pub recomputed: Option<String>,
}

/// Every part that differs, in the order of [`Part`]; empty when all is as it was issued.
pub fn verify(receipt: &Receipt, stored_seal: &str, now: &Recomputed) -> Vec<PartDiffers> {
    let compared = [
        (Part::Seal, stored_seal, Some(receipt.seal())),
        (Part::Protocol, receipt.protocol_sha256.as_str(), now.protocol_sha256.clone()),
        (Part::Facts, receipt.facts_sha256.as_str(), Some(now.facts_sha256.clone())),
        (Part::Output, receipt.output_sha256.as_str(), now.output_sha256.clone()),
    ];
    let mut differ = Vec::new();
    for (part, stored, recomputed) in compared {
        if recomputed.as_deref() != Some(stored) {
            differ.push(PartDiffers { part, stored: stored.to_owned(), recomputed });
        }
    }
    differ
}
