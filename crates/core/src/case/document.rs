//! The TOML form of a golden case, as it is written.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use crate::record::codes::{
    ActivityKind, AdverseEventKind, Area, Caution, ClearanceOutcome, ClearedBy, Discipline, Equipment, Mechanism,
    Modality, ModalityResult, OverrideReason, Presentation, RunningPolicy, SessionKind, SessionState, Side, Site,
    TreatmentResult,
};
use crate::value::{Minutes, Nprs, Percent, SessionMinutes, VisitMinutes, VisitsPerWeek};

use super::expect::ExpectedStanding;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCase {
    pub id: String,
    pub title: String,
    pub protocol: Spanned<String>,
    pub version: Option<String>,
    pub onset: Spanned<String>,
    pub patient: RawPatient,
    pub injury: RawInjury,
    pub plan: Spanned<RawPlan>,
    #[serde(default)]
    pub sets: BTreeMap<String, BTreeMap<String, Spanned<toml::Value>>>,
    pub step: Vec<Spanned<RawStep>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPatient {
    pub given_name: Option<String>,
    pub family_name: Spanned<String>,
    pub birth_date: Option<Spanned<String>>,
    #[serde(default)]
    pub cautions: Vec<Caution>,
    pub cautions_reviewed_day: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawInjury {
    pub side: Side,
    pub site: Site,
    pub mechanism: Mechanism,
    pub presentation: Presentation,
    #[serde(default)]
    pub earlier_treatments: Vec<RawEarlierTreatment>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawEarlierTreatment {
    pub kind: String,
    pub discipline: Option<Discipline>,
    pub from_day: Option<i64>,
    pub to_day: Option<i64>,
    pub visit_count: Option<u16>,
    pub result: TreatmentResult,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPlan {
    pub start_day: i64,
    #[serde(default)]
    pub steps: Vec<RawFrequencyStep>,
    #[serde(default)]
    pub policy: RawPolicy,
    #[serde(default)]
    pub focus: Vec<RawShare>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFrequencyStep {
    pub visits_per_week: VisitsPerWeek,
    pub minutes: VisitMinutes,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPolicy {
    pub running: Option<RunningPolicy>,
    pub pain_limit: Option<Nprs>,
    pub pain_limit_strength: Option<Nprs>,
    pub pain_limit_running: Option<Nprs>,
    pub equipment: Option<Vec<Equipment>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawShare {
    pub area: Area,
    pub percent: Percent,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawStep {
    pub day: i64,
    pub activate: Option<RawActivate>,
    pub assess: Option<BTreeMap<String, Spanned<toml::Value>>>,
    pub session: Option<Spanned<RawSession>>,
    #[serde(default)]
    pub sessions: Vec<Spanned<RawSession>>,
    pub activity: Option<Spanned<RawActivity>>,
    #[serde(default)]
    pub activities: Vec<Spanned<RawActivity>>,
    pub decide: Option<Spanned<RawDecision>>,
    #[serde(default)]
    pub decisions: Vec<Spanned<RawDecision>>,
    #[serde(default)]
    pub return_to_sport: bool,
    pub recurrence: Option<RawRecurrence>,
    pub expect: Option<Spanned<RawExpect>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawActivate {
    pub phase: i64,
    pub visits_per_week: Option<u8>,
    pub reason: Option<OverrideReason>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSession {
    pub day: Option<i64>,
    pub kind: SessionKind,
    pub state: Option<SessionState>,
    pub minutes: SessionMinutes,
    #[serde(default)]
    pub focus: BTreeMap<String, Minutes>,
    pub pain_before: Option<Nprs>,
    pub pain_after: Option<Nprs>,
    pub pain_next_morning: Option<Nprs>,
    #[serde(default)]
    pub treatments: Vec<RawTreatment>,
    #[serde(default)]
    pub adverse_events: Vec<AdverseEventKind>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTreatment {
    pub modality: Modality,
    pub minutes: Option<Minutes>,
    pub result: Option<ModalityResult>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawActivity {
    pub day: Option<i64>,
    pub kind: ActivityKind,
    pub minutes: Option<Minutes>,
    pub speed_kmh: Option<f64>,
    pub load_kg: Option<f64>,
    pub effort_percent: Option<Percent>,
    pub pain_during: Option<Nprs>,
    pub pain_next_morning: Option<Nprs>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDecision {
    pub phase: Option<i64>,
    pub step: Option<u8>,
    pub discharge: Option<bool>,
    pub stretching: Option<bool>,
    pub clear: Option<String>,
    pub outcome: Option<ClearanceOutcome>,
    pub by: Option<ClearedBy>,
    pub reason: Option<OverrideReason>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRecurrence {
    pub side: Option<Side>,
    pub site: Option<Site>,
    pub mechanism: Option<Mechanism>,
    pub presentation: Option<Presentation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawExpect {
    pub phase: Option<i64>,
    pub discharged: Option<bool>,
    pub entry_phase: Option<i64>,
    pub phase_action: Option<String>,
    pub phase_target: Option<i64>,
    pub taper_action: Option<String>,
    pub taper_target: Option<u8>,
    pub frequency: Option<(u8, u8)>,
    #[serde(default)]
    pub met: Vec<String>,
    #[serde(default)]
    pub unmet: Vec<String>,
    #[serde(default)]
    pub unknown: Vec<String>,
    #[serde(default)]
    pub referrals: BTreeMap<String, RawReferral>,
    #[serde(default)]
    pub no_open_stop: bool,
    #[serde(default)]
    pub modalities: BTreeMap<Modality, RawPermit>,
    #[serde(default)]
    pub activities: BTreeMap<ActivityKind, RawPermit>,
    #[serde(default)]
    pub focus: BTreeMap<Area, u16>,
    pub grade: Option<RawGrade>,
    #[serde(default)]
    pub flags: Vec<String>,
    #[serde(default)]
    pub home: Vec<String>,
    #[serde(default)]
    pub prevention: Vec<String>,
    #[serde(default)]
    pub risk: Vec<String>,
    #[serde(default)]
    pub reviews: Vec<String>,
    pub non_response: Option<bool>,
    #[serde(default)]
    pub non_response_next: Vec<String>,
    #[serde(default)]
    pub missing: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawGrade {
    pub system: String,
    pub grade: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum RawReferral {
    Standing(ExpectedStanding),
    Classed(RawClassed),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawClassed {
    pub standing: ExpectedStanding,
    pub class: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum RawPermit {
    Permission(String),
    Limited(Box<RawLimited>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLimited {
    pub permission: String,
    pub minutes_min: Option<u16>,
    pub minutes_max: Option<u16>,
    pub times_per_day_max: Option<u16>,
    pub times_per_week_max: Option<u16>,
    pub pain_max: Option<u8>,
    pub speed_kmh_below: Option<f64>,
    pub speed_kmh_max: Option<f64>,
    pub effort_percent_max: Option<u8>,
    #[serde(default)]
    pub areas: Vec<String>,
    #[serde(default)]
    pub conditions: Vec<String>,
    #[serde(default)]
    pub notices: Vec<String>,
}
