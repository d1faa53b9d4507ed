//! The record of an injury: dated facts, of which older revisions are kept; the only truth that the rules read.

pub mod activity;
pub mod assessment;
pub mod clinic;
pub mod codes;
pub mod decision;
pub mod identifying;
pub mod injury;
pub mod patient;
pub mod plan;
pub mod recurrence;
pub mod session;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::activity::Activity;
use self::assessment::Assessment;
use self::codes::Caution;
use self::decision::Decision;
use self::injury::Injury;
use self::plan::Plan;
use self::session::Session;
use crate::ids::{ActivityId, AssessmentId, DecisionId, InjuryId, PlanId, SessionId};

/// One current revision of a fact, with when it was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact<I, T> {
    /// Its id; stays the same over all revisions.
    pub id: I,
    /// 1 for the first, one more with each amendment.
    pub revision: u32,
    /// When this revision was recorded.
    pub recorded_at: Timestamp,
    /// The fact was recorded by mistake (wrong patient, wrong day); the rules do not see it.
    pub entered_in_error: bool,
    /// What it says.
    pub content: T,
}

/// What the rules need of the patient; no names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatientFacts {
    /// Birth date, when known.
    pub birth_date: Option<Date>,
    /// Cautions that are present.
    pub cautions: Vec<Caution>,
    /// When all cautions were asked about.
    pub cautions_reviewed_date: Option<Date>,
}

/// The earlier injury that this one recurs from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recurrence {
    /// The earlier injury.
    pub from: InjuryId,
    /// When the patient had returned to full participation; without it this is an exacerbation or UNKNOWN.
    pub return_date: Option<Date>,
    /// How many earlier injuries in the chain, 1 or more.
    pub earlier_count: u16,
}

/// Everything that is on record about one injury and one plan of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The patient, without names.
    pub patient: PatientFacts,
    /// The injury.
    pub injury: Fact<InjuryId, Injury>,
    /// Set when the injury recurs from an earlier one.
    pub recurrence: Option<Recurrence>,
    /// Assessments of the injury, in any order.
    pub assessments: Vec<Fact<AssessmentId, Assessment>>,
    /// Activities, in any order.
    pub activities: Vec<Fact<ActivityId, Activity>>,
    /// The plan.
    pub plan: Fact<PlanId, Plan>,
    /// Sessions of the plan, in any order.
    pub sessions: Vec<Fact<SessionId, Session>>,
    /// Decisions on the plan, in any order.
    pub decisions: Vec<Fact<DecisionId, Decision>>,
}

/// Which record a value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The patient.
    Patient,
    /// The injury.
    Injury,
    /// The plan.
    Plan,
    /// An assessment.
    Assessment(Uuid),
    /// An activity.
    Activity(Uuid),
    /// A session.
    Session(Uuid),
    /// A decision.
    Decision(Uuid),
}
