//! The smallest changes to the record that would give an advice, and the earliest day on which each can happen.
//!
//! A path is a set of changes, each with its day, such that the advice is given on the path's earliest day when all of
//! them are made, and is not when any part of them is left out. Nothing in a path goes against the advice: a phase or a
//! rung is decided on a day on which it is advised. What is asked for is the least that counts (the last valid value of
//! a threshold); it says what the rules would answer, not what will happen.

mod apply;
mod facts;
mod fix;
mod goal;
mod measures;
mod needed;
mod search;
mod stages;
mod world;

use jiff::civil::Date;

use crate::ids::TherapistId;
use crate::measure::MeasureCode;
use crate::protocol::Protocol;
use crate::protocol::criterion::Comparator;
use crate::recommendation::{Seen, WhyUnknown};
use crate::record::Record;
use crate::record::codes::{ActivityKind, Site};
use crate::record::plan::Phase;

pub use self::apply::{apply, known_on};

/// Most paths for one goal.
pub const PATHS_MAX: usize = 3;

/// An advice that a counterfactual leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Goal {
    /// ADVANCE to the next phase.
    NextPhase,
    /// STEP_DOWN to the next rung of visits.
    NextStep,
    /// DISCHARGE.
    Discharge,
    /// Running is allowed.
    Running,
    /// Stretching is allowed.
    Stretching,
}

impl Goal {
    /// Every goal, in the order of answers.
    pub const ALL: [Goal; 5] = [Goal::NextPhase, Goal::NextStep, Goal::Discharge, Goal::Running, Goal::Stretching];
}

/// What would give one advice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counterfactual {
    /// The advice in question.
    pub goal: Goal,
    /// It is given already on the day itself.
    pub given: bool,
    /// The smallest sets of changes found, the fewest changes first, then the earliest; at most [`PATHS_MAX`].
    pub paths: Vec<Path>,
    /// Without a path: ids of the rules that no change can turn, or why there is nothing to turn: `plan_not_active`,
    /// `discharged`, `last_phase`, `last_step`, `no_rule`; or `not_found` when the search found no way.
    pub nothing_helps: Vec<String>,
}

/// A smallest set of changes: all of them together give the advice, no part of them does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// By date; empty when time alone gives the advice.
    pub changes: Vec<Change>,
    /// The earliest day on which these changes give the advice.
    pub earliest: Date,
}

/// One change to the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What changes.
    pub kind: ChangeKind,
    /// The day that the fact is dated, or from which the decision counts.
    pub date: Date,
    /// The rules that wait for it.
    pub rule_ids: Vec<String>,
}

/// What changes in the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// A measure is taken, with a result that satisfies `comparator needed`.
    Measure {
        /// Which.
        measure: MeasureCode,
        /// Where, when the rule asks for a site.
        site: Option<Site>,
        /// Who must measure, when the rule compares values of one tester.
        tester: Option<TherapistId>,
        /// The latest value on record; none when there is none.
        present: Option<Seen>,
        /// Why the present value does not count; set: measure this first.
        why_unknown: Option<WhyUnknown>,
        /// How the result must compare.
        comparator: Comparator,
        /// With what.
        needed: Seen,
        /// Unit of both values; empty for findings and codes.
        unit: String,
    },
    /// An activity is done and recorded so.
    Activity {
        /// Which.
        activity: ActivityKind,
        /// At least this long.
        minutes: Option<u16>,
        /// At this self-rated effort.
        effort_percent: Option<u8>,
        /// Most pain during it, NPRS.
        pain_during_max: u8,
        /// Most pain the next morning, NPRS.
        pain_next_morning_max: u8,
    },
    /// A visit is attended, with no pain after it.
    Visit,
    /// The referral of this rule is cleared.
    ClearReferral {
        /// For example `RF-AVULSION`.
        rule_id: String,
    },
    /// The therapist decides for this phase, as is advised on that day.
    DecidePhase(Phase),
    /// The therapist decides for this rung (place in the plan's ladder), as is advised on that day.
    DecideStep(u8),
    /// The therapist decides that stretching resumes.
    ResumeStretching,
    /// A fact of the patient is missing: `birth_date` or `cautions_reviewed_date`. It turns the rules unless it shows
    /// what they look for (an age between 11 and 25, a caution).
    Complete {
        /// Its code.
        fact: String,
    },
}

/// What would give each goal on a day or after it. Pure, always answers, always the same. Facts dated after the day are
/// not seen: the paths are paths of the record as it was known then, see [`known_on`].
pub fn counterfactuals(protocol: &Protocol, record: &Record, as_of: Date) -> Vec<Counterfactual> {
    search::counterfactuals(protocol, record, as_of)
}
