//! A patient: who it is, and what must be heeded.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::codes::Caution;
use crate::limits;
use crate::text::Line;

/// The clinic software's own number of a patient; unique in the clinic.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ExternalId {
    /// Who gave the number, for example `acme-practice`.
    pub system: Line,
    /// The number.
    pub value: Line,
}

/// What is recorded of a patient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patient {
    /// Given name.
    pub given_name: Option<Line>,
    /// Family name.
    pub family_name: Line,
    /// Birth date; the age-bound rules are UNKNOWN without it.
    pub birth_date: Option<Date>,
    /// Numbers in other systems, sorted, without repeats.
    pub external_ids: Vec<ExternalId>,
    /// Medical cautions that are present.
    pub cautions: Vec<Caution>,
    /// When the patient was asked about every caution. Without it, a caution that is not listed is UNKNOWN.
    pub cautions_reviewed_date: Option<Date>,
    /// When it was deleted: hidden from lists and closed to changes, and kept. None while it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
}

impl Patient {
    /// From when on a deleted patient can no longer be undeleted; none while it is not deleted.
    pub fn undelete_until(&self) -> Option<Timestamp> {
        let hours = i64::try_from(limits::UNDELETE_DAYS_MAX).unwrap_or(i64::MAX).saturating_mul(24);
        self.deleted_at
            .map(|deleted_at| deleted_at.saturating_add(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MAX))
    }
}
