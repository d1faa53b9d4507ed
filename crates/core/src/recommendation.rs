//! What the rules say about a record on a day: advice, and for each piece the rules and criteria that led to it.
//!
//! Everything is data (codes, numbers, names of records); sentences are made from the protocol's templates by
//! [`crate::protocol::Protocol`] only where they are asked for.

mod basis;
mod rule_id;

use jiff::civil::Date;
use serde::Serialize;

use crate::ids::DecisionId;
use crate::record::codes::{ActivityKind, Area, ClearanceOutcome, ClearedBy, Modality, PlanState};
use crate::record::plan::{FrequencyStep, Phase, ProtocolRef};
use crate::value::Thousandths;

pub use self::basis::{
    Comparison, CriterionResult, Evidence, EvidenceLevel, Missing, RuleResult, Seen, Verdict, WhyUnknown,
};
pub use self::rule_id::RuleId;

/// What to do about the phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PhaseAction {
    /// Go on to the next phase.
    Advance,
    /// Stay.
    Hold,
    /// Go back.
    Regress,
    /// No advance and no hands-on work until a referral is cleared.
    Stop,
    /// The plan may end.
    Discharge,
}

/// What to do about the frequency of visits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TaperAction {
    /// One rung down: fewer visits.
    StepDown,
    /// Stay.
    Hold,
    /// One rung up: more visits.
    StepBack,
    /// Not responding: re-think instead of going on.
    ReEvaluate,
    /// No more visits.
    Discharge,
}

/// How soon somebody else must see the patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferralClass {
    /// Now.
    Emergency,
    /// Today.
    SameDay,
    /// Within days.
    Urgent,
    /// In the ordinary course.
    Routine,
}

/// Whether a referral stops the treatment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferralMode {
    /// No advance, no hands-on work, until a clearance.
    Stop,
    /// Treatment goes on beside it.
    InParallel,
}

/// A referral that is open, cleared, or cannot be excluded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReferralAdvice {
    /// The rule, for example `RF-AVULSION`.
    pub rule_id: RuleId,
    /// What is suspected, a code, for example `avulsion`.
    pub condition: String,
    /// How soon.
    pub class: ReferralClass,
    /// Stop, or beside the treatment.
    pub mode: ReferralMode,
    /// Open, cannot be excluded, or cleared.
    pub standing: ReferralStanding,
    /// The day on which its criteria were first met, when open or cleared.
    pub since: Option<Date>,
    /// Every clearance of this rule up to the day, the oldest first; also of one that is open again.
    pub clearances: Vec<Clearance>,
}

/// A decision that cleared a referral.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Clearance {
    /// The decision.
    pub decision: DecisionId,
    /// The day from which it counts.
    pub date: Date,
    /// On what it rests.
    pub outcome: ClearanceOutcome,
    /// Who cleared it.
    pub cleared_by: ClearedBy,
}

/// Where a referral stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferralStanding {
    /// Its criteria are met, and nobody cleared it.
    Open,
    /// Values are missing: it cannot be excluded. Advances wait.
    CannotExclude,
    /// Cleared by a decision.
    Cleared,
}

/// Whether something is advised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// It may be done, within the limits.
    Allowed,
    /// Something must be known first; see the rules' missing values.
    CheckFirst,
    /// Not in this phase, or not with these values.
    NotYet,
    /// It did not help this patient; do not repeat it.
    NotRepeated,
    /// A contraindication, or an open STOP.
    Blocked,
}

/// Limits of something that is allowed; what is absent is not limited by the rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// Least minutes.
    pub minutes_min: Option<u16>,
    /// Most minutes.
    pub minutes_max: Option<u16>,
    /// Most times a day.
    pub times_per_day_max: Option<u16>,
    /// Most times a week.
    pub times_per_week_max: Option<u16>,
    /// Reduce or stop above this pain.
    pub pain_max: Option<u8>,
    /// Running: stay below this speed, km/h.
    pub speed_kmh_below: Option<Thousandths>,
    /// Running: up to this speed, km/h, which was painless in the test.
    pub speed_kmh_max: Option<Thousandths>,
    /// Self-rated effort, percent.
    pub effort_percent_max: Option<u8>,
    /// Where on the leg: codes such as `around_injury_only`, `injured_area`.
    pub areas: Vec<String>,
    /// Other conditions, codes of the protocol such as `saddle_pain_watch`, `after_walking_normal`.
    pub conditions: Vec<String>,
}

/// A piece of advice on one modality.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ModalityAdvice {
    /// Which.
    pub modality: Modality,
    /// Whether.
    pub permission: Permission,
    /// Within which limits.
    pub limits: Limits,
    /// Notices that go with it, codes of the protocol, for example `no_benefit_shown`.
    pub notices: Vec<String>,
    /// The rules that led here.
    pub rule_ids: Vec<RuleId>,
}

/// A piece of advice on one activity, on running or on stretching.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ActivityAdvice {
    /// Which.
    pub activity: ActivityKind,
    /// Whether.
    pub permission: Permission,
    /// Within which limits.
    pub limits: Limits,
    /// The rules that led here.
    pub rule_ids: Vec<RuleId>,
}

/// An item that is simply advised: home programme, prevention, risk factor, review, flag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    /// A code of the protocol, for example `eccentric_loading`, `follow_up_2_weeks`, `contradiction_grade`.
    pub code: String,
    /// When it is due, for reviews and follow-up.
    pub due: Option<Date>,
    /// The rules that led here.
    pub rule_ids: Vec<RuleId>,
}

/// The grade of an acute injury, with the system it was made in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GradeAdvice {
    /// `malliaropoulos` (AKE deficit on days 2 to 5) or `findings`.
    pub system: String,
    /// The grade in that system, for example `II`, `second`.
    pub grade: String,
    /// The degree whose activity limits apply: `first`, `second`, `third`.
    pub degree: String,
    /// The rules that led here.
    pub rule_ids: Vec<RuleId>,
}

/// The advised range of visits a week, where the source is a range.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FrequencyAdvice {
    /// Least visits a week.
    pub visits_per_week_min: u8,
    /// Most visits a week.
    pub visits_per_week_max: u8,
    /// Minutes of a visit.
    pub visit_minutes: Option<u16>,
    /// The rules that led here.
    pub rule_ids: Vec<RuleId>,
}

/// Minutes of hands-on work of one visit on one area.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FocusAdvice {
    /// Where.
    pub area: Area,
    /// Share in percent.
    pub percent: u8,
    /// Minutes of a visit of the rung in force, rounded; the shares sum to the visit's minutes.
    pub minutes: u16,
}

/// The case does not respond: since when, on which figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NonResponse {
    /// Visits attended so far in the plan.
    pub visits_attended: u32,
    /// Days since the first visit.
    pub days_since_first_visit: i64,
    /// What to try instead: codes such as `reconsider_diagnosis`, `another_therapist`, `another_technique`, `imaging`.
    pub next: Vec<String>,
    /// The rules that led here.
    pub rule_ids: Vec<RuleId>,
}

/// What is advised about phase and visits, without what led there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outline {
    /// What to do about the phase.
    pub phase_action: PhaseAction,
    /// The phase to go to, with ADVANCE and REGRESS.
    pub phase_target: Option<Phase>,
    /// What to do about the visits.
    pub taper_action: TaperAction,
    /// The rung to go to, with STEP_DOWN and STEP_BACK.
    pub taper_target: Option<FrequencyStep>,
    /// A referral that stops the treatment is open.
    pub stopped: bool,
}

/// The whole answer for one plan on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recommendation {
    /// Protocol and version.
    pub protocol: ProtocolRef,
    /// SHA-256 of the protocol document, hex.
    pub protocol_sha256: String,
    /// The day it is for.
    pub as_of: Date,
    /// The plan's state on that day.
    pub plan_state: PlanState,
    /// The phase in force; none in a draft, none after discharge.
    pub phase: Option<Phase>,
    /// The plan was discharged by a decision.
    pub discharged: bool,
    /// Draft plans: the highest phase whose predecessors' gates are met; none under an open STOP.
    pub entry_phase: Option<Phase>,
    /// The rung in force; none in a draft and after discharge.
    pub step: Option<FrequencyStep>,
    /// What to do about the phase.
    pub phase_action: PhaseAction,
    /// The phase to go to, with ADVANCE and REGRESS.
    pub phase_target: Option<Phase>,
    /// The rules that led to the phase action; for HOLD those that are UNMET or UNKNOWN.
    pub phase_rule_ids: Vec<RuleId>,
    /// What to do about the visits.
    pub taper_action: TaperAction,
    /// The rung to go to, with STEP_DOWN and STEP_BACK.
    pub taper_target: Option<FrequencyStep>,
    /// The rules that led to the taper action; for HOLD those that are UNMET or UNKNOWN, and the starting rule whose
    /// range lies below the rung in force.
    pub taper_rule_ids: Vec<RuleId>,
    /// Advised visits a week; none after discharge and under an open STOP.
    pub frequency: Option<FrequencyAdvice>,
    /// Grade of an acute injury.
    pub grade: Option<GradeAdvice>,
    /// Referrals, the most pressing first.
    pub referrals: Vec<ReferralAdvice>,
    /// One entry per modality of the protocol.
    pub modalities: Vec<ModalityAdvice>,
    /// Where the hands-on work goes; empty where massage is not allowed, so under an open STOP.
    pub focus: Vec<FocusAdvice>,
    /// One entry per activity of the protocol, running and stretching included.
    pub activities: Vec<ActivityAdvice>,
    /// Home programme.
    pub home_programme: Vec<Item>,
    /// Prevention, from phase 4 on.
    pub prevention: Vec<Item>,
    /// Risk factors that the record shows.
    pub risk_factors: Vec<Item>,
    /// Reviews and follow-up that are due or will be.
    pub reviews: Vec<Item>,
    /// Set when the case does not respond.
    pub non_response: Option<NonResponse>,
    /// Contradictions and notices.
    pub flags: Vec<Item>,
    /// Every rule that was evaluated and applies.
    pub rules: Vec<RuleResult>,
    /// Values that rules waited for, each once.
    pub missing: Vec<Missing>,
}
