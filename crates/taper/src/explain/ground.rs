//! The ground of a rule: its evidence, and its criteria as rows with what was seen, what is needed, and from which record.

use taper_api::v1::{CriterionResult, EvidenceLevel, Recommendation, RuleResult, Verdict, WhyUnknown};

use crate::columns::{self, Columns, Row};
use crate::story::{criteria, words};

use super::setbacks;

/// Where the rows of criteria begin.
const INDENT: usize = 4;

/// The rows of criteria of one recommendation, in columns that line up across its rules.
#[derive(Clone, Debug)]
pub(super) struct Ground {
    columns: Columns,
    /// What to measure before setbacks can be judged.
    setbacks: String,
}

impl Ground {
    /// The columns for every rule that the advice names.
    pub(super) fn of(advice: &Recommendation, width: usize) -> Self {
        let mut ground = Self { columns: Columns::default(), setbacks: setbacks::to_measure(advice) };
        let mut rows = vec![heading()];
        for rule in &advice.rules {
            let is_open =
                advice.referrals.iter().any(|one| one.rule_id == rule.rule_id && super::referrals::is_open(one));
            let is_named =
                advice.phase_rule_ids.contains(&rule.rule_id) || advice.taper_rule_ids.contains(&rule.rule_id);
            if is_named || is_open {
                rows.extend(ground.rows_of(rule));
            }
        }
        ground.columns = Columns::of(&rows, INDENT, width);
        ground
    }

    /// What stands above the criteria.
    pub(super) fn heading(&self) -> String {
        self.columns.lines(&heading()).join("\n")
    }

    /// The criteria that stand in the way of a rule; of a rule that is met, those that hold it up.
    pub(super) fn lines(&self, rule: &RuleResult) -> Vec<String> {
        self.rows_of(rule).iter().map(|row| self.columns.lines(row).join("\n")).collect()
    }

    fn rows_of(&self, rule: &RuleResult) -> Vec<Row> {
        let rows = criteria_of(rule).into_iter();
        rows.map(|(joined, criterion)| row(joined, criterion, &self.setbacks)).collect()
    }
}

/// What stands in the way of a rule, or holds it up where it is met.
fn criteria_of(rule: &RuleResult) -> Vec<(&'static str, &CriterionResult)> {
    match rule.verdict() {
        Verdict::Met => criteria::which_hold(rule),
        Verdict::Unmet | Verdict::Unknown | Verdict::Unspecified => criteria::in_the_way(rule),
    }
}

/// The first of these criteria in a line with the rule's id, and how many more there are; nothing where there is none.
pub(super) fn in_short(rule: &RuleResult) -> Option<String> {
    let found = criteria_of(rule);
    let ((_, first), more) = found.split_first()?;
    // Whether these are needed too or would do instead is told where there is room for all of them.
    let more = match more.len() {
        0 => String::new(),
        count => format!(" ({count} more not shown)"),
    };
    let told = match rule.verdict() {
        Verdict::Met => criteria::told_as_seen(first),
        _ => criteria::told(first),
    };
    Some(format!("{}: {told}{more}", rule.rule_id))
}

/// What was compared; seen; needed; by how much; from which record, and how old.
fn row(joined: &str, criterion: &CriterionResult, setbacks: &str) -> Row {
    let own = if criterion.derived { " (own)" } else { "" };
    let needed = format!("{}{own}", criteria::needed(criterion));
    vec![
        format!("{joined}{}", criteria::subject(criterion)),
        seen(criterion),
        needed,
        margin(criterion),
        if is_not_judged(criterion) { setbacks.to_owned() } else { record(criterion) },
    ]
}

/// Whether there was a setback is not known; the days since then are not what is missing.
fn is_not_judged(criterion: &CriterionResult) -> bool {
    criteria::is_of_setbacks(criterion) && criterion.why_unknown() == WhyUnknown::Missing
}

fn seen(criterion: &CriterionResult) -> String {
    match (&criterion.observed, criterion.verdict()) {
        (Some(seen), Verdict::Met | Verdict::Unmet) => {
            let bound = if criterion.observed_at_least { "at least " } else { "" };
            format!("{bound}{}", criteria::shown(criterion, seen))
        }
        (None, Verdict::Met | Verdict::Unmet) => String::new(),
        _ => "unknown".to_owned(),
    }
}

/// By how much; of an unknown value why it does not count.
fn margin(criterion: &CriterionResult) -> String {
    if !matches!(criterion.verdict(), Verdict::Met | Verdict::Unmet) {
        return match criterion.why_unknown() {
            WhyUnknown::Missing if is_not_judged(criterion) => "not judged",
            WhyUnknown::Missing | WhyUnknown::Unspecified => "not on record",
            WhyUnknown::NotMeasured => "not measured",
            WhyUnknown::TooOld => "too old",
            WhyUnknown::OtherTester => "other tester",
            WhyUnknown::NoBaseline => "no first value",
        }
        .to_owned();
    }
    let Some(margin) = criterion.margin else { return String::new() };
    let size = words::number(margin.abs(), spread(criteria::unit(criterion)));
    match (criterion.verdict(), margin == 0.0) {
        (Verdict::Met, true) => "just met".to_owned(),
        (Verdict::Met, false) => format!("by {size}"),
        (_, true) => "just missed".to_owned(),
        (_, false) => format!("{size} off"),
    }
}

/// A difference on a scale is in points, not out of ten.
fn spread(unit: &str) -> &str {
    match unit {
        "{NPRS}" | "{VAS}" | "{score}" => "points",
        unit => unit,
    }
}

/// Date and age of the record, and its kind unless it is an assessment; of an unknown value also what it was.
fn record(criterion: &CriterionResult) -> String {
    let kind = Some(words::record_kind(&criterion.source)).filter(|kind| !kind.is_empty() && kind != "assessment");
    let was = criterion.observed.as_ref().filter(|_| criterion.verdict() == Verdict::Unknown);
    let was = was.map(|seen| format!("was {}", criteria::shown(criterion, seen)));
    let date = criterion.observed_date.as_ref().map(words::date);
    let age = criterion.age_days.filter(|_| date.is_some()).map(words::days_ago);
    let parts: Vec<String> = [was, date, age, kind].into_iter().flatten().collect();
    parts.join(", ")
}

/// What stands above the rows.
fn heading() -> Row {
    columns::row(["measure", "seen", "needed", "by", "recorded"])
}

/// The record by its collection and id, and for how long its value counts; for a page without a limit.
pub(super) fn origin(criterion: &CriterionResult) -> Option<String> {
    let mut parts = criterion.source.rsplit('/');
    let (id, collection) = (parts.next()?, parts.next()?);
    let fresh = criterion.fresh_days.map(|days| format!(", counts for {}", words::counted(f64::from(days), "day")));
    Some(format!("({collection}/{id}{})", fresh.unwrap_or_default()))
}

/// The rule with how strong its ground is, for example `[P2-PROG-3: cohort study S19, own threshold]`.
pub(super) fn evidence(rule: &RuleResult) -> String {
    let tags: Vec<&str> = rule.citations.iter().map(|citation| citation.tag.as_str()).collect();
    let level = match rule.evidence_level() {
        EvidenceLevel::Review => "systematic review",
        EvidenceLevel::Trial => "randomised trial",
        EvidenceLevel::Cohort => "cohort study",
        EvidenceLevel::Series => "case series",
        EvidenceLevel::Consensus => "consensus",
        EvidenceLevel::Anecdote => "a single story",
        EvidenceLevel::Derived | EvidenceLevel::Unspecified => "no study of its own",
    };
    let own = if rule.derived { " (own)" } else { "" };
    let tags = if tags.is_empty() { String::new() } else { format!(" {}", tags.join(" ")) };
    format!("[{}: {level}{tags}{own}]", rule.rule_id)
}

/// Whether a threshold or combination that leads to the advice is Taper's own.
pub(super) fn names_own(advice: &Recommendation) -> bool {
    let named = super::sources::named_rules(advice);
    named.iter().any(|rule| rule.derived || rule.criteria.iter().any(|criterion| criterion.derived))
}
