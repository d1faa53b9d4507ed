//! The basis of advice: rules and criteria with what they saw, and how strong their ground is.

use std::ops::Deref;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Serialize, Serializer};

use crate::record::Source;
use crate::value::Thousandths;

use super::RuleId;

/// Kleene's three values: unknown is never false and never guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The record shows it.
    Met,
    /// The record shows the opposite.
    Unmet,
    /// The record does not say: missing, too old, another tester.
    Unknown,
}

/// How strong the ground of a rule is, from strongest to weakest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceLevel {
    /// Systematic review or guideline of high grade.
    Review,
    /// Randomised trial.
    Trial,
    /// Cohort or other observational study.
    Cohort,
    /// Case series, reliability or diagnostic study.
    Series,
    /// Consensus or expert opinion, payer's guideline.
    Consensus,
    /// A single story.
    Anecdote,
    /// Built by us from cited figures; not itself published.
    Derived,
}

/// Evidence of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// Strength.
    pub level: EvidenceLevel,
    /// The threshold or the combination is ours, not published.
    pub derived: bool,
    /// Tags of the protocol's sources, for example `S15`.
    pub citations: Vec<String>,
}

/// A value as a criterion saw it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    /// A number in the criterion's unit.
    Number(Thousandths),
    /// Present or absent.
    Finding(bool),
    /// A code.
    Code(String),
}

/// Why a criterion is UNKNOWN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyUnknown {
    /// Nothing on record.
    Missing,
    /// Asked for, not measured.
    NotMeasured,
    /// Older than the measure's freshness.
    TooOld,
    /// Measured by another tester than the value it is compared with, or the tester is not named.
    OtherTester,
    /// There is no baseline or earlier value to compare with.
    NoBaseline,
}

/// One comparison as the protocol's document states it; every answer shares it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Place in the rule, for example `all[0].any[1]`.
    pub path: String,
    /// The measure's code, or none when the criterion reads a fact of the record.
    pub measure: Option<String>,
    /// What of it was compared: `latest`, `fall_percent`, ...; for a fact its code, for example `days_since_onset`.
    pub quantity: String,
    /// `<`, `<=`, `=`, `!=`, `>`, `>=`, `in`.
    pub comparator: String,
    /// What it is compared with.
    pub threshold: Vec<Seen>,
    /// The unit of observed, threshold and margin.
    pub unit: String,
}

/// One criterion and how it came out. It reads as one row: `result.path` is that of its comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CriterionResult {
    /// What is compared with what.
    #[serde(flatten, serialize_with = "as_itself")]
    pub comparison: Arc<Comparison>,
    /// What was observed.
    pub observed: Option<Seen>,
    /// The observation is a bound: the true value lies at or above it (a staged run without pain, the least of a range).
    pub observed_at_least: bool,
    /// By how much it is met (positive or zero) or missed (negative), in the unit; numbers only.
    pub margin: Option<Thousandths>,
    /// Where the observed value is from.
    pub source: Option<Source>,
    /// The day of the observed value.
    pub observed_date: Option<Date>,
    /// Its age on the day of the recommendation.
    pub age_days: Option<i64>,
    /// Days after which it would be UNKNOWN.
    pub fresh_days: Option<u16>,
    /// The outcome.
    pub verdict: Verdict,
    /// Why UNKNOWN.
    pub why_unknown: Option<WhyUnknown>,
    /// The threshold or this form of the test is ours, or a fallback on weaker ground.
    pub derived: bool,
}

impl Deref for CriterionResult {
    type Target = Comparison;

    fn deref(&self) -> &Comparison {
        &self.comparison
    }
}

/// One rule and how it came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleResult {
    /// For example `P2-PROG-1`.
    pub rule_id: RuleId,
    /// The outcome of the whole rule.
    pub verdict: Verdict,
    /// Its criteria, in the order of the document.
    pub criteria: Vec<CriterionResult>,
    /// The ground that it stands on.
    #[serde(serialize_with = "as_itself")]
    pub evidence: Arc<Evidence>,
}

/// A value that a rule asked for and did not find.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// The measure's code, or the fact's.
    pub what: String,
    /// Why the present value does not count.
    pub why: WhyUnknown,
    /// The rules that wait for it.
    pub rule_ids: Vec<RuleId>,
}

/// What is shared is written as if it were not.
fn as_itself<T: Serialize, S: Serializer>(shared: &Arc<T>, serializer: S) -> Result<S::Ok, S::Error> {
    shared.as_ref().serialize(serializer)
}
