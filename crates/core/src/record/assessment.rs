//! An assessment: dated results of measures, with who measured and how.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::codes::Site;
use crate::ids::TherapistId;
use crate::measure::{MeasureCode, Value};
use crate::text::{Line, Note};
use crate::value::{Nprs, Thousandths};

/// One result of one measure. The value fits the measure: see [`crate::measure::Measure::check`]. What is not told is
/// not written either, since a record holds thousands.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Observed {
    /// Which measure.
    pub measure: MeasureCode,
    /// What was seen.
    pub value: Value,
    /// Where, if the measure can carry a site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<Site>,
    /// Who measured; the assessment's therapist when not named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tester: Option<TherapistId>,
    /// With what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<Line>,
}

/// One stage of the staged running test: a speed, and the pain at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RunStage {
    /// km/h, above 0 to 45.
    pub speed_kmh: Thousandths,
    /// Pain at this speed.
    pub pain: Nprs,
}

/// One revision of an assessment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// The day it counts for; not before the injury's onset, not in the future.
    pub date: Date,
    /// Who assessed.
    pub therapist: Option<TherapistId>,
    /// Results; a measure may appear once per site.
    pub results: Vec<Observed>,
    /// The staged running test, by rising speed; empty when not done. The pain-onset speed follows from it.
    pub run_stages: Vec<RunStage>,
    /// Free text.
    pub note: Note,
}
