//! The facts that a criterion can read besides measures: counts of days and visits, and what follows from the record.

use crate::measure::MeasureCode;
use crate::record::codes::{Caution, Equipment, Modality};

/// A fact of the record. Each is UNKNOWN where the record does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fact {
    /// Whole days from the onset.
    DaysSinceOnset,
    /// Whole months from the onset.
    InjuryMonths,
    /// Hours, 24 a day, from the onset or from the last day on which a regress rule was met.
    HoursSinceOnsetOrFlare,
    /// Days from the onset to the first day with a normal gait and no pain in walking.
    PainfreeWalkDay,
    /// The latest values show a limp or pain in walking.
    NotPainfreeWalking,
    /// Full years of age.
    PatientAgeYears,
    /// A medical caution is present.
    Caution(Caution),
    /// Equipment is at hand.
    Equipment(Equipment),
    /// A modality was used in an attended session.
    Used(Modality),
    /// No entry of the measure lies within its freshness.
    Unrecorded(MeasureCode),
    /// No attended session of the last days noted the pain after it.
    UnrecordedSessionPain,
    /// Days with an entry of the measure, measured or not.
    EntryDays(MeasureCode),
    /// Number of the phase in force.
    Phase,
    /// Every gate of the phase in force and every progress rule is met.
    PhaseGateMet,
    /// A referral for this condition is open; UNKNOWN when it cannot be excluded. Place in the protocol's conditions.
    Referral(usize),
    /// Degree by the grade rules.
    Degree,
    /// Degree by the grade rules, or the second when no grade can be made.
    ActivityDegree,
    /// Kind of recurrence.
    Recurrence,
    /// Earlier injuries in the chain.
    EarlierInjuries,
    /// Site of the injury.
    Site,
    /// How the injury happened.
    Mechanism,
    /// Acute or persistent.
    Presentation,
    /// Visits attended in the plan.
    VisitsAttended,
    /// Days with an attended visit.
    TreatmentDays,
    /// Days from the first attended visit.
    DaysSinceFirstVisit,
    /// Days from the day on which the rung in force began.
    DaysOnStep,
    /// Visits a week of the rung in force.
    VisitsPerWeek,
    /// Days from the last day on which a regress rule was met.
    DaysSinceRegress,
    /// A gate of an earlier phase is lost by at least the detectable change.
    GateLost,
    /// Consecutive weekly visits at which the gates of phase 4 and the progress rules were met.
    DischargeVisits,
    /// Latest full training sessions in a row without symptoms.
    FullSessionsSymptomFree,
    /// Latest days in a row with clean cross-training.
    CrosstrainingCleanDays,
    /// Worst pain of the latest day with strength or eccentric exercise.
    LoadingPain,
    /// Highest step of self-rated running effort that was completed twice without trouble.
    RunningStepPercent,
    /// A decision allowed stretching again.
    StretchingResumed,
    /// Running is allowed by the clinic's policy.
    RunningAllowed,
    /// Adverse events of attended sessions.
    AdverseEvents,
    /// Longest earlier treatment that did not help, in days.
    EarlierTreatmentDays,
    /// Latest noted result of the rule's modality.
    ModalityResult,
    /// Worst pain in activity or running on the latest day.
    PainInActivity,
    /// Pain after the latest attended session.
    SessionPain,
}

impl Fact {
    /// The name tells the opposite of the fact, since nobody reads `not recorded: no` at once.
    pub(crate) fn is_told_inverted(self) -> bool {
        matches!(self, Fact::Unrecorded(_) | Fact::UnrecordedSessionPain)
    }
}

/// The form of a fact's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactShape {
    /// A number in a unit.
    Number(&'static str),
    /// True or false.
    Finding,
    /// One of the codes.
    Code(&'static [&'static str]),
    /// One of the codes, in order from best to worst.
    OrderedCode(&'static [&'static str]),
}

/// How far a fact reaches: a rule may only read facts that do not depend on rules of its own kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// Only the record.
    Record,
    /// Grade rules, or the measures of gates.
    Grades,
    /// Regress rules.
    Regress,
    /// Gates, progress rules or referrals.
    Gates,
}

/// What the engine knows of a fact.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FactEntry {
    pub fact: Fact,
    pub shape: FactShape,
    pub reach: Reach,
    /// Name for people; of a finding what it is true of, save where [`Fact::is_told_inverted`].
    pub name: &'static str,
    /// What to ask or record when it is UNKNOWN; empty when it follows from other records.
    pub how: &'static str,
}

pub(crate) const DEGREES: &[&str] = &["first", "second", "third"];
pub(crate) const RECURRENCES: &[&str] = &["none", "early", "late", "delayed", "exacerbation"];
pub(crate) const SITES: &[&str] = &["tie_in", "belly", "distal", "unknown"];
pub(crate) const MECHANISMS: &[&str] =
    &["sprint", "deceleration", "stretch", "eccentric_slip", "direct_blow", "gradual", "other", "unknown"];
pub(crate) const PRESENTATIONS: &[&str] = &["acute", "persistent"];
pub(crate) const MODALITY_RESULTS: &[&str] = &["none", "helped", "impractical", "no_effect", "worse"];

const DAYS: FactShape = FactShape::Number("d");
const COUNT: FactShape = FactShape::Number("{count}");
const NPRS: FactShape = FactShape::Number("{NPRS}");

/// The facts that are written without an argument.
#[rustfmt::skip]
const PLAIN: &[(&str, Fact, FactShape, Reach, &str, &str)] = &[
    ("days_since_onset", Fact::DaysSinceOnset, DAYS, Reach::Record, "Days since the onset", ""),
    ("injury_months", Fact::InjuryMonths, FactShape::Number("{month}"), Reach::Record, "Months since the onset", ""),
    ("hours_since_onset_or_flare", Fact::HoursSinceOnsetOrFlare, FactShape::Number("h"), Reach::Regress, "Hours since the onset or the last flare", ""),
    ("painfree_walk_day", Fact::PainfreeWalkDay, DAYS, Reach::Record, "Days until walking was free of pain", "Record gait and pain in walking."),
    ("not_painfree_walking", Fact::NotPainfreeWalking, FactShape::Finding, Reach::Record, "Limp or pain in walking", "Record gait and pain in walking."),
    ("patient_age_years", Fact::PatientAgeYears, FactShape::Number("a"), Reach::Record, "Age", "Record the birth date."),
    ("degree", Fact::Degree, FactShape::OrderedCode(DEGREES), Reach::Grades, "Degree of the injury", "Record the measures of the grade."),
    ("activity_degree", Fact::ActivityDegree, FactShape::OrderedCode(DEGREES), Reach::Grades, "Degree that limits activities", ""),
    ("recurrence", Fact::Recurrence, FactShape::Code(RECURRENCES), Reach::Record, "Kind of recurrence", ""),
    ("earlier_injuries", Fact::EarlierInjuries, COUNT, Reach::Record, "Earlier injuries", ""),
    ("site", Fact::Site, FactShape::Code(SITES), Reach::Record, "Site of the injury", ""),
    ("mechanism", Fact::Mechanism, FactShape::Code(MECHANISMS), Reach::Record, "Mechanism of the injury", ""),
    ("presentation", Fact::Presentation, FactShape::Code(PRESENTATIONS), Reach::Record, "Presentation of the injury", ""),
    ("visits_attended", Fact::VisitsAttended, COUNT, Reach::Record, "Visits attended", ""),
    ("treatment_days", Fact::TreatmentDays, COUNT, Reach::Record, "Treatment days", ""),
    ("days_since_first_visit", Fact::DaysSinceFirstVisit, DAYS, Reach::Record, "Days since the first visit", ""),
    ("days_on_step", Fact::DaysOnStep, DAYS, Reach::Record, "Days at the present number of visits", ""),
    ("visits_per_week", Fact::VisitsPerWeek, COUNT, Reach::Record, "Visits a week", ""),
    ("days_since_regress", Fact::DaysSinceRegress, DAYS, Reach::Regress, "Days since the last setback", ""),
    ("gate_lost", Fact::GateLost, FactShape::Finding, Reach::Grades, "Loss of a gate already passed", ""),
    ("phase", Fact::Phase, FactShape::Number("{phase}"), Reach::Record, "Phase in force", ""),
    ("phase_gate_met", Fact::PhaseGateMet, FactShape::Finding, Reach::Gates, "All gates of the phase in force are met", ""),
    ("discharge_visits", Fact::DischargeVisits, COUNT, Reach::Gates, "Weekly visits in a row that met the discharge gates", ""),
    ("full_sessions_symptom_free", Fact::FullSessionsSymptomFree, COUNT, Reach::Record, "Full training sessions in a row without symptoms", "Record full training with pain during and next morning."),
    ("crosstraining_clean_days", Fact::CrosstrainingCleanDays, COUNT, Reach::Record, "Clean cross-training days in a row", "Record cross-training with minutes, pain during and next morning."),
    ("loading_pain", Fact::LoadingPain, NPRS, Reach::Record, "Pain in strength work", "Record strength or eccentric exercise with pain during it."),
    ("running_step_percent", Fact::RunningStepPercent, FactShape::Number("%"), Reach::Record, "Running effort completed twice without trouble", "Record runs with effort, pain during and next morning."),
    ("stretching_resumed", Fact::StretchingResumed, FactShape::Finding, Reach::Record, "Decision to resume stretching", ""),
    ("running_allowed", Fact::RunningAllowed, FactShape::Finding, Reach::Gates, "Running allowed by the policy", ""),
    ("adverse_events", Fact::AdverseEvents, COUNT, Reach::Record, "Adverse events", ""),
    ("earlier_treatment_days", Fact::EarlierTreatmentDays, DAYS, Reach::Record, "Longest earlier treatment without help", ""),
    ("modality_result", Fact::ModalityResult, FactShape::Code(MODALITY_RESULTS), Reach::Record, "Result of the modality so far", ""),
    ("pain_in_activity", Fact::PainInActivity, NPRS, Reach::Record, "Pain in activity", "Ask for the worst pain in activity and in running, 0 to 10."),
    ("session_pain", Fact::SessionPain, NPRS, Reach::Record, "Pain after the session", "Record the pain after each session, 0 to 10."),
];

impl FactEntry {
    /// Finds a fact by its code, for example `days_since_onset` or `caution:anticoagulant`.
    pub(crate) fn find(code: &str, conditions: &[String]) -> Option<FactEntry> {
        if let Some((kind, argument)) = code.split_once(':') {
            return Self::with_argument(kind, argument, conditions);
        }
        let (_, fact, shape, reach, name, how) = *PLAIN.iter().find(|(plain, ..)| *plain == code)?;
        Some(FactEntry { fact, shape, reach, name, how })
    }

    fn with_argument(kind: &str, argument: &str, conditions: &[String]) -> Option<FactEntry> {
        let (fact, reach, name, how) = match kind {
            "caution" => {
                let how = "Ask about every caution and note the day.";
                (Fact::Caution(Caution::parse(argument)?), Reach::Record, "Caution", how)
            }
            "equipment" => (Fact::Equipment(Equipment::parse(argument)?), Reach::Record, "Equipment", ""),
            "used" => (Fact::Used(Modality::parse(argument)?), Reach::Record, "Modality used", ""),
            "unrecorded" if argument == "session_pain" => {
                (Fact::UnrecordedSessionPain, Reach::Record, "Recorded lately", "")
            }
            "entry_days" => {
                let fact = Fact::EntryDays(MeasureCode::parse(argument).ok()?);
                return Some(FactEntry { fact, shape: COUNT, reach: Reach::Record, name: "Days on record", how: "" });
            }
            "unrecorded" => {
                let measure = MeasureCode::parse(argument).ok()?;
                (Fact::Unrecorded(measure), Reach::Record, "Recorded lately", "")
            }
            "referral" => {
                let place = conditions.iter().position(|condition| condition == argument)?;
                let how = "Complete the red-flag screen.";
                (Fact::Referral(place), Reach::Gates, "Referral open", how)
            }
            _ => return None,
        };
        let shape = FactShape::Finding;
        Some(FactEntry { fact, shape, reach, name, how })
    }
}

/// Measures that the engine reads for its facts, whether or not a rule names them: the first of every protocol.
pub(crate) const READ_FOR_FACTS: [&str; 6] =
    ["gait", "pain_walking", "pain_activity", "pain_running", "pain_next_morning", "pain_onset_speed_kmh"];

/// The places of these measures in the list of every protocol.
pub(crate) mod place {
    pub(crate) const GAIT: usize = 0;
    pub(crate) const PAIN_WALKING: usize = 1;
    pub(crate) const PAIN_ACTIVITY: usize = 2;
    pub(crate) const PAIN_RUNNING: usize = 3;
    pub(crate) const PAIN_NEXT_MORNING: usize = 4;
    pub(crate) const PAIN_ONSET_SPEED: usize = 5;
}

impl FactShape {
    /// The unit; empty when the values are no numbers.
    pub(crate) fn unit(self) -> &'static str {
        match self {
            FactShape::Number(unit) => unit,
            FactShape::Finding | FactShape::Code(_) | FactShape::OrderedCode(_) => "",
        }
    }
}
