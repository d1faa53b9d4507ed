//! The smallest changes to the record that would give an advice, and the earliest day on which each can happen.
//!
//! A path is a set of changes, each with its day, such that the advice is given on the path's earliest day when all of
//! them are made, and is not when any part of them is left out. What is asked for is the least that counts (the last
//! valid value of a threshold); it says what the rules would answer, not what will happen.
//!
//! How small: every alternative of the rules' tests is weighed (up to 64 sets at a time), so that of a path of one stage
//! no set of fewer values gives the advice on its day. A referral that only lacks values is excluded by values. Where a
//! phase, a rung or a visit must come first, each stage is the smallest one for itself on the first day on which it can
//! be had; nothing can be left out of the whole, but it is not said that no other chain is shorter.
//!
//! How early: the same changes made a day earlier do not give the advice. Nothing in a path goes against the advice: a
//! phase or a rung is decided on a day on which it is advised, an activity is done on a day on which it is allowed, at
//! its dose. No path decides on more than one phase or rung: an advice that lies further ahead has no path and no date,
//! only the stages before it, each with its own conditions.
//!
//! While a referral is open that stops the treatment there is no path to anything: a person must clear it first, with
//! an outcome that nobody can suppose.

mod apply;
mod facts;
mod fix;
mod goal;
mod measures;
mod needed;
mod remembered;
mod search;
mod set;
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
    /// Why there is no path; none where there is one.
    pub reason: Option<Reason>,
    /// The rules that the reason is about.
    pub rule_ids: Vec<String>,
    /// What must be decided or attended first, in this order, where [`Reason::StagesAhead`]. What the first of them takes
    /// is told by [`Goal::NextPhase`] or [`Goal::NextStep`].
    pub stages: Vec<Stage>,
}

/// Why there is no path to an advice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// A referral is open that stops the treatment: a person must clear it first, with its outcome.
    StopReferralOpen,
    /// The plan has ended.
    Discharged,
    /// The plan is a draft, suspended or cancelled.
    PlanNotActive,
    /// There is no phase after this one; discharge comes next.
    LastPhase,
    /// There is no rung after this one; discharge comes next.
    LastStep,
    /// Discharge is advised, which ends the visits.
    DischargeAdvised,
    /// The protocol has no rule that gives it.
    NoRule,
    /// More than one phase or rung must be decided first.
    StagesAhead,
    /// The rules compare with a baseline that is not on record: until it is measured nobody can say what is needed.
    BaselineMissing,
    /// What is needed lies more than a year ahead.
    BeyondAYear,
    /// The changes that were tried do not turn these rules; that none does is not said.
    NotFound,
}

/// What must come before an advice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The therapist decides for this phase.
    Phase(Phase),
    /// The therapist decides for this rung (place in the plan's ladder).
    Step(u8),
    /// A visit that counts towards discharge.
    Visit,
}

impl Stage {
    /// Whether somebody decides.
    pub fn is_decision(self) -> bool {
        matches!(self, Stage::Phase(_) | Stage::Step(_))
    }
}

/// A smallest set of changes: all of them together give the advice, no part of them does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// By date, on one day in the order in which they are made; empty when time alone gives the advice.
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
        /// The latest value on record on the day of the question; none when there is none.
        present: Option<Seen>,
        /// Why no value counts on the day of the change; set: measure this first.
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
