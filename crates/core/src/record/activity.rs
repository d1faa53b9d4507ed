//! An activity: what was done outside the sessions, and how it felt.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::codes::{ActivityKind, Reporter};
use crate::text::Note;
use crate::value::{Minutes, Nprs, Percent, Thousandths};

/// One revision of an activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// The day it was done.
    pub date: Date,
    /// What was done.
    pub kind: ActivityKind,
    /// How long.
    pub minutes: Option<Minutes>,
    /// Speed in km/h, above 0 to 45.
    pub speed_kmh: Option<Thousandths>,
    /// Load in kg, 0 to 500.
    pub load_kg: Option<Thousandths>,
    /// Self-rated effort in percent of the best, 0 to 100.
    pub effort_percent: Option<Percent>,
    /// Worst pain during it. When absent, the pain of this activity is UNKNOWN.
    pub pain_during: Option<Nprs>,
    /// Pain the next morning; it counts for the day after.
    pub pain_next_morning: Option<Nprs>,
    /// Who reported it.
    pub reported_by: Reporter,
    /// Free text.
    pub note: Note,
}
