//! A therapist's decision: a phase, a rung, that stretching resumes, or that a referral is cleared.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::codes::{ClearanceOutcome, ClearedBy, OverrideReason};
use super::plan::Phase;
use crate::ids::{ReceiptId, TherapistId};
use crate::text::Note;

/// What was decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decided {
    /// The plan becomes active in this phase, on this rung (index into the plan's steps, 0 = most visits).
    Activation {
        /// First phase.
        phase: Phase,
        /// First rung.
        step: u8,
    },
    /// This phase is in force from now on.
    Phase(Phase),
    /// This rung is in force from now on (index into the plan's steps).
    TaperStep(u8),
    /// The plan ends: no more visits, home programme.
    Discharge,
    /// Stretching may begin again.
    ResumeStretching,
    /// A referral of this rule is cleared.
    ClearReferral {
        /// The referral's rule id, for example `RF-AVULSION`.
        rule_id: String,
        /// On what it rests.
        outcome: ClearanceOutcome,
        /// Who cleared it.
        cleared_by: ClearedBy,
        /// Diagnosis, imaging report.
        note: Note,
    },
}

/// A decision; it is never amended, a later one replaces it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The day from which it counts.
    pub date: Date,
    /// When it was decided; of two decisions of one day the later one is in force.
    pub decided_at: Timestamp,
    /// Who decided.
    pub therapist: TherapistId,
    /// What was decided.
    pub decided: Decided,
    /// Why it goes against the advice; there whenever it does, and kept as given when it does not.
    pub override_reason: Option<OverrideReason>,
    /// The reason in words.
    pub note: Note,
    /// The issued recommendation that it answers.
    #[serde(default)]
    pub receipt: Option<ReceiptId>,
}
