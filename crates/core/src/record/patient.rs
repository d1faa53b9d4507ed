//! A patient: who it is, and what must be heeded.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::codes::Caution;
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
}
