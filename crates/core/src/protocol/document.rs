//! The TOML form of a protocol, as it is written: every key that may stand in it, unchecked, with its place.

use serde::Deserialize;
use toml::Spanned;

use crate::recommendation::EvidenceLevel;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDocument {
    pub id: Spanned<String>,
    pub version: Spanned<String>,
    pub title: String,
    pub presentation: Spanned<String>,
    #[serde(default)]
    pub summary: String,
    pub policy: RawPolicy,
    pub ladder: RawLadder,
    pub phase: Vec<RawPhase>,
    #[serde(default)]
    pub source: Vec<RawSource>,
    #[serde(default)]
    pub text: Vec<RawText>,
    #[serde(default)]
    pub rule: Vec<RawRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPolicy {
    pub running: RawRunning,
    pub pain_limit: Spanned<RawSetting>,
    pub pain_limit_strength: Spanned<RawSetting>,
    pub pain_limit_running: Spanned<RawSetting>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRunning {
    pub default: Spanned<String>,
    pub choices: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSetting {
    pub default: i64,
    pub min: i64,
    pub max: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLadder {
    pub steps: Vec<Spanned<RawStep>>,
    pub step_days_min: Spanned<i64>,
    pub focus: Vec<Spanned<RawShare>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawStep {
    pub visits_per_week: i64,
    pub minutes: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawShare {
    pub area: String,
    pub percent: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPhase {
    pub number: Spanned<i64>,
    pub name: String,
    pub goal: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSource {
    pub tag: Spanned<String>,
    pub reference: String,
    pub strength: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawText {
    pub code: Spanned<String>,
    pub sentence: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRule {
    pub id: Spanned<String>,
    pub sentence: Spanned<String>,
    pub evidence: Option<Spanned<RawEvidence>>,
    pub effect: Spanned<RawEffect>,
    pub when: Option<Spanned<RawWhen>>,
    pub test: Option<Spanned<RawTest>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawEvidence {
    pub level: EvidenceLevel,
    #[serde(default)]
    pub derived: bool,
    #[serde(default)]
    pub citations: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawWhen {
    #[serde(default)]
    pub phase: Vec<i64>,
    #[serde(default)]
    pub draft: bool,
    #[serde(default)]
    pub presentation: Vec<String>,
    #[serde(default)]
    pub running: Vec<String>,
    #[serde(default)]
    pub equipment: Vec<String>,
    #[serde(default)]
    pub no_equipment: Vec<String>,
    #[serde(default)]
    pub plan_state: Vec<String>,
    pub discharged: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTest {
    pub all: Option<Vec<Spanned<RawTest>>>,
    pub any: Option<Vec<Spanned<RawTest>>>,
    pub at_least: Option<i64>,
    pub of: Option<Vec<Spanned<RawTest>>>,
    pub not: Option<Box<Spanned<RawTest>>>,
    pub measure: Option<Spanned<String>>,
    pub fact: Option<Spanned<String>>,
    pub stat: Option<Spanned<String>>,
    pub op: Option<Spanned<String>>,
    pub value: Option<Spanned<toml::Value>>,
    pub setting: Option<Spanned<String>>,
    pub unit: Option<Spanned<String>>,
    #[serde(default)]
    pub same_tester: bool,
    pub fresh_days: Option<i64>,
    pub site: Option<Spanned<String>>,
    #[serde(default)]
    pub derived: bool,
    #[serde(default)]
    pub since_phase: bool,
    pub days: Option<(i64, i64)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawReviewDue {
    pub anchor: String,
    pub days: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawEffect {
    pub kind: Spanned<String>,
    pub phase: Option<i64>,
    // Of an activity the code, of a regress the phase, of a step the visits a week.
    pub to: Option<Spanned<toml::Value>>,
    pub from: Option<i64>,
    pub condition: Option<Spanned<String>>,
    pub class: Option<Spanned<String>>,
    pub mode: Option<Spanned<String>>,
    pub latched: Option<bool>,
    pub system: Option<String>,
    pub grade: Option<String>,
    pub degree: Option<Spanned<String>>,
    pub order: Option<i64>,
    pub visits_per_week_min: Option<i64>,
    pub visits_per_week_max: Option<i64>,
    pub next: Option<Vec<Spanned<String>>>,
    pub modality: Option<Spanned<String>>,
    pub activity: Option<Spanned<String>>,
    pub verdict: Option<Spanned<String>>,
    pub notices: Option<Vec<Spanned<String>>>,
    pub item: Option<Spanned<String>>,
    pub due_days_after: Option<Spanned<RawReviewDue>>,
    pub minutes_min: Option<i64>,
    pub minutes_max: Option<i64>,
    pub times_per_day_max: Option<i64>,
    pub times_per_week_max: Option<i64>,
    pub pain_max: Option<i64>,
    pub pain_max_setting: Option<Spanned<String>>,
    pub effort_percent_max: Option<i64>,
    #[serde(default)]
    pub below_pain_onset: bool,
    pub areas: Option<Vec<Spanned<String>>>,
    pub conditions: Option<Vec<Spanned<String>>>,
}
