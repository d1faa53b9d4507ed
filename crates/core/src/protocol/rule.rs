//! A checked rule: when it applies, what it tests, and what follows when it is met.

use std::sync::Arc;

use crate::recommendation::{Evidence, Limits, ReferralClass, ReferralMode, RuleId};
use crate::record::codes::{ActivityKind, Equipment, Modality, PlanState, Presentation, RunningPolicy};
use crate::record::plan::Phase;

use super::criterion::{Setting, Test};

/// One rule of a protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// For example `P2-PROG-1`.
    pub id: RuleId,
    /// The rule in words.
    pub sentence: String,
    /// The ground that it stands on.
    pub evidence: Arc<Evidence>,
    /// What follows when it is met.
    pub effect: Effect,
    /// When it applies at all.
    pub when: When,
    /// What must be so; without a test it is always met.
    pub test: Option<Test>,
    /// Line of the document.
    pub line: usize,
}

/// The static conditions of a rule; an empty list is no condition. Where it does not hold, the rule is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct When {
    /// Phase in force.
    pub phase: Vec<Phase>,
    /// In a draft the condition on the phase is ignored.
    pub draft: bool,
    /// How the injury presents.
    pub presentation: Vec<Presentation>,
    /// The clinic's policy of running.
    pub running: Vec<RunningPolicy>,
    /// All of it is at hand.
    pub equipment: Vec<Equipment>,
    /// None of it is at hand.
    pub no_equipment: Vec<Equipment>,
    /// The plan's state.
    pub plan_state: Vec<PlanState>,
    /// Whether the plan was discharged.
    pub discharged: Option<bool>,
}

/// What follows when a rule is met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// One of the conditions to leave a phase.
    Gate(Phase),
    /// Needed with every gate.
    Progress,
    /// No advance.
    Hold,
    /// Back.
    Regress(RegressTo),
    /// Somebody else must see the patient.
    Refer(Refer),
    /// A grade; the first that is met, by order.
    Grade(GradeEffect),
    /// Visits a week to begin with.
    TaperStart {
        /// Least visits a week.
        visits_per_week_min: u8,
        /// Most visits a week.
        visits_per_week_max: u8,
    },
    /// Fewer visits.
    StepDown {
        /// Visits a week before.
        from: u8,
        /// Visits a week after.
        to: u8,
    },
    /// The plan may end.
    TaperDischarge,
    /// More visits, when a regress rule is met.
    StepBack,
    /// Not responding: what to try instead.
    ReEvaluate(Vec<String>),
    /// Whether a modality or an activity is advised.
    Permit(Permit),
    /// An item that is advised.
    Item {
        /// On which list.
        list: ItemList,
        /// Its code.
        code: String,
    },
    /// A review that falls due.
    Review {
        /// Its code.
        code: String,
        /// Days after an anchor; without it there is no due date.
        due: Option<(Anchor, u16)>,
    },
    /// The case does not respond: what to try instead.
    NonResponse(Vec<String>),
}

/// How far back a regress rule sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegressTo {
    /// One phase.
    Previous,
    /// To phase 1.
    First,
}

/// A referral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refer {
    /// What is suspected.
    pub condition: String,
    /// How soon.
    pub class: ReferralClass,
    /// Stop, or beside the treatment.
    pub mode: ReferralMode,
    /// Once met it stays open until it is cleared.
    pub latched: bool,
}

/// A grade in a system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GradeEffect {
    /// For example `malliaropoulos`.
    pub system: String,
    /// For example `II`.
    pub grade: String,
    /// `first`, `second` or `third`.
    pub degree: String,
    /// The first that is met counts.
    pub order: u16,
}

/// Whether something is advised, and within which limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permit {
    /// What.
    pub target: Target,
    /// How.
    pub verb: Verb,
    /// Fixed limits.
    pub limits: Limits,
    /// The most pain, as the clinic chose it.
    pub pain_max_setting: Option<Setting>,
    /// Running stays below the pain-onset speed.
    pub below_pain_onset: bool,
    /// Notices that go with it.
    pub notices: Vec<String>,
}

/// What a permission is about; none stands for every modality or activity of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A modality.
    Modality(Option<Modality>),
    /// An activity.
    Activity(Option<ActivityKind>),
}

/// What a met rule does to a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// May be done.
    Allow,
    /// Only within these limits; counts also while UNKNOWN.
    Limit,
    /// Must not be done.
    Block,
    /// Did not help this patient.
    Drop,
    /// Say this with it.
    Notice,
}

/// The lists of simple items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemList {
    /// Home programme.
    Home,
    /// Prevention.
    Prevention,
    /// Risk factors.
    Risk,
    /// Contradictions and notices.
    Flag,
}

/// From when the days of a review are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The onset.
    Onset,
    /// The first attended visit.
    FirstVisit,
    /// The plan's first day.
    PlanStart,
    /// The day the phase in force began.
    PhaseStart,
    /// The discharge.
    Discharge,
    /// The return to full participation.
    Return,
    /// The latest assessment at least 14 days after the first visit.
    LastReview,
}
