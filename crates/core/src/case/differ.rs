//! Collects differences between expected and found, with the criteria of the rules behind them.

use std::fmt::Debug;

use crate::recommendation::{CriterionResult, Limits, Permission, Recommendation, RuleId, Seen, Verdict};

use super::expect::{ExpectPermit, Mismatch};

/// Permission, limits, notices and rule ids of a modality or activity.
pub(super) type Advised<'a> = (Permission, &'a Limits, &'a [String], &'a [RuleId]);

/// Differences of one recommendation.
pub(super) struct Differ<'a> {
    line: usize,
    found: &'a Recommendation,
    pub mismatches: Vec<Mismatch>,
}

impl<'a> Differ<'a> {
    pub(super) fn new(line: usize, found: &'a Recommendation) -> Self {
        Self { line, found, mismatches: Vec::new() }
    }

    /// One value, when one is expected.
    pub(super) fn value<T: PartialEq + Debug>(
        &mut self,
        what: &str,
        expected: Option<T>,
        found: T,
        rule_ids: &[RuleId],
    ) {
        if let Some(expected) = expected
            && expected != found
        {
            self.add(what, plain(&expected), plain(&found), rule_ids);
        }
    }

    /// Every expected code must be among those found.
    pub(super) fn contains(&mut self, what: &str, expected: &[String], found: &[String], rule_ids: &[RuleId]) {
        for code in expected.iter().filter(|code| !found.contains(code)) {
            self.add(what, format!("`{code}` among them"), format!("[{}]", found.join(", ")), rule_ids);
        }
    }

    /// A rule must have come out so.
    pub(super) fn rule(&mut self, rule_id: &str, expected: Verdict) {
        let result = self.found.rules.iter().find(|result| result.rule_id == rule_id);
        match result {
            Some(result) if result.verdict == expected => {}
            Some(result) => {
                self.add(&format!("rule {rule_id}"), plain(&expected), plain(&result.verdict), &[rule_id.into()])
            }
            None => self.add(&format!("rule {rule_id}"), plain(&expected), "the rule does not apply".to_owned(), &[]),
        }
    }

    /// A modality or activity must be permitted so.
    pub(super) fn permit(&mut self, what: &str, expected: &ExpectPermit, found: Option<Advised<'_>>) {
        let Some((permission, limits, notices, rule_ids)) = found else {
            self.add(what, plain(&expected.permission), "no advice on it".to_owned(), &[]);
            return;
        };
        self.value(what, Some(expected.permission), permission, rule_ids);
        let wanted = &expected.limits;
        let mut limit = |name: &str, wanted: Option<String>, found: Option<String>| {
            if wanted.is_some() {
                self.value(&format!("{what}, {name}"), Some(wanted), found, rule_ids);
            }
        };
        let text = |number: Option<u16>| number.map(|number| number.to_string());
        let small = |number: Option<u8>| number.map(|number| number.to_string());
        let speed = |number: Option<crate::value::Thousandths>| number.map(|number| number.to_string());
        limit("minutes_min", text(wanted.minutes_min), text(limits.minutes_min));
        limit("minutes_max", text(wanted.minutes_max), text(limits.minutes_max));
        limit("times_per_day_max", text(wanted.times_per_day_max), text(limits.times_per_day_max));
        limit("times_per_week_max", text(wanted.times_per_week_max), text(limits.times_per_week_max));
        limit("pain_max", small(wanted.pain_max), small(limits.pain_max));
        limit("effort_percent_max", small(wanted.effort_percent_max), small(limits.effort_percent_max));
        limit("speed_kmh_below", speed(wanted.speed_kmh_below), speed(limits.speed_kmh_below));
        limit("speed_kmh_max", speed(wanted.speed_kmh_max), speed(limits.speed_kmh_max));
        self.contains(&format!("{what}, areas"), &wanted.areas, &limits.areas, rule_ids);
        self.contains(&format!("{what}, conditions"), &wanted.conditions, &limits.conditions, rule_ids);
        self.contains(&format!("{what}, notices"), &expected.notices, notices, rule_ids);
    }

    fn add(&mut self, what: &str, expected: String, found: String, rule_ids: &[RuleId]) {
        let because = rule_ids.iter().flat_map(|id| self.explain(id)).collect();
        self.mismatches.push(Mismatch { line: self.line, day: None, what: what.to_owned(), expected, found, because });
    }

    fn explain(&self, rule_id: &str) -> Vec<String> {
        let results = self.found.rules.iter().filter(|result| result.rule_id == rule_id);
        let lines = results.flat_map(|result| {
            let head = format!("{rule_id} is {}", plain(&result.verdict));
            std::iter::once(head).chain(result.criteria.iter().map(explain_criterion))
        });
        lines.collect()
    }
}

fn explain_criterion(result: &CriterionResult) -> String {
    let what =
        result.measure.as_deref().map_or(result.quantity.clone(), |measure| format!("{measure} {}", result.quantity));
    let threshold: Vec<String> = result.threshold.iter().map(seen).collect();
    let observed = result.observed.as_ref().map_or("nothing".to_owned(), seen);
    let why = result.why_unknown.map_or(String::new(), |why| format!(" ({})", plain(&why)));
    let age = result.age_days.map_or(String::new(), |age| format!(", {age} days old"));
    format!(
        "  {} {what} {} {}: {}{why}, observed {observed}{age}",
        result.path,
        result.comparator,
        threshold.join("|"),
        plain(&result.verdict)
    )
}

fn seen(seen: &Seen) -> String {
    match seen {
        Seen::Number(number) => number.to_string(),
        Seen::Finding(present) => present.to_string(),
        Seen::Code(code) => code.clone(),
    }
}

fn plain<T: Debug>(value: &T) -> String {
    let text = format!("{value:?}");
    let inner = text.strip_prefix("Some(").and_then(|rest| rest.strip_suffix(')')).unwrap_or(&text);
    inner.to_owned()
}
