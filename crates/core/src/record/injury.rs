//! An injury: where, when, how, and what came before it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::codes::{Discipline, Mechanism, Presentation, Side, Site, TreatmentResult};
use crate::ids::InjuryId;
use crate::text::Note;

/// Treatment that the patient had before the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierTreatment {
    /// What it was, for example `massage, whole leg`.
    pub kind: Note,
    /// Who gave it.
    pub discipline: Option<Discipline>,
    /// First day.
    pub from_date: Option<Date>,
    /// Last day, not before the first.
    pub to_date: Option<Date>,
    /// Visits.
    pub visit_count: Option<u16>,
    /// How it went.
    pub result: TreatmentResult,
}

/// What is recorded of an injury. One revision of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Injury {
    /// Injured side.
    pub side: Side,
    /// Where on the hamstring.
    pub site: Site,
    /// Day 0; a date-only onset counts 24 hours a day.
    pub onset_date: Date,
    /// How it happened.
    pub mechanism: Mechanism,
    /// Acute or persistent.
    pub presentation: Presentation,
    /// The earlier injury of the same patient that this one recurs from.
    pub recurs_from: Option<InjuryId>,
    /// Treatment before the plan.
    pub earlier_treatments: Vec<EarlierTreatment>,
    /// When the patient was back to full participation (RecordReturn).
    pub return_date: Option<Date>,
    /// Free text.
    pub note: Note,
}
