//! Rules and their criteria in words: what was observed, against what is needed.

use taper_api::v1::seen_value::Value;
use taper_api::v1::{CriterionResult, RuleResult, SeenValue, Verdict, WhyUnknown};

use super::tree::Tree;
use super::words;

/// A rule with its sentence.
pub fn met(rule: &RuleResult) -> String {
    format!("{}: {}", rule.rule_id, rule.text)
}

/// A rule that is not met: its sentence, and a line for each criterion that stands in the way.
pub fn not_met(rule: &RuleResult) -> String {
    let verdict = match rule.verdict() {
        Verdict::Unknown => "unknown",
        _ => "unmet",
    };
    let mut lines = vec![format!("{} {verdict}: {}", rule.rule_id, rule.text)];
    for (joined, criterion) in in_the_way(rule) {
        lines.push(format!("  {joined}{}", told(criterion)));
    }
    lines.join("\n")
}

/// The criteria that are not met, each with how it joins the one before: `or `, `and `, or nothing. Without those beside
/// which another alternative is met already.
pub fn in_the_way(rule: &RuleResult) -> Vec<(&'static str, &CriterionResult)> {
    let tree = Tree::of(rule);
    joined(rule, |criterion| criterion.verdict() != Verdict::Met && !tree.is_spared(criterion))
}

/// The criteria that are met, joined in the same way; without those of an alternative that is not met as a whole.
pub fn which_hold(rule: &RuleResult) -> Vec<(&'static str, &CriterionResult)> {
    let tree = Tree::of(rule);
    joined(rule, |criterion| criterion.verdict() == Verdict::Met && !tree.is_in_vain(criterion))
}

/// Without the guards of fallbacks, and without the fallbacks that they keep closed.
fn joined(rule: &RuleResult, is_asked: impl Fn(&CriterionResult) -> bool) -> Vec<(&'static str, &CriterionResult)> {
    let branches: Vec<&str> = rule.criteria.iter().filter_map(closed_branch).collect();
    let mut found: Vec<(&'static str, &CriterionResult)> = Vec::new();
    for criterion in &rule.criteria {
        let is_closed = branches.iter().any(|branch| criterion.path.starts_with(branch));
        if !is_asked(criterion) || is_guard(criterion) || is_closed {
            continue;
        }
        let before = found.last().map(|(_, before)| joint(&before.path, &criterion.path));
        found.push((before.unwrap_or_default(), criterion));
    }
    found
}

/// `or ` between alternatives, `and ` between the parts of one alternative, nothing between what is all asked for.
fn joint(before: &str, path: &str) -> &'static str {
    let mut is_in_alternative = false;
    for (one, other) in before.split('.').zip(path.split('.')) {
        let is_choice = one.starts_with("any[") && other.starts_with("any[");
        if one == other {
            is_in_alternative |= is_choice;
            continue;
        }
        return match (is_choice, is_in_alternative) {
            (true, _) => "or ",
            (false, true) => "and ",
            (false, false) => "",
        };
    }
    ""
}

/// A criterion that only opens another form of the test, where equipment or a value is not at hand.
fn is_guard(criterion: &CriterionResult) -> bool {
    let guards = ["equipment:", "unrecorded:", "entry_days:"];
    guards.iter().any(|guard| criterion.quantity.starts_with(guard))
}

/// The place of the form of the test that its guard keeps closed, for example `any[1].`.
fn closed_branch(guard: &CriterionResult) -> Option<&str> {
    if !is_guard(guard) || guard.verdict() == Verdict::Met {
        return None;
    }
    let (branch, place) = guard.path.rsplit_once("all[")?;
    (!branch.is_empty() && !place.contains('.')).then_some(branch)
}

/// For example `active knee extension deficit: 12 deg (2026-03-12), needed below 10 deg`.
pub fn told(criterion: &CriterionResult) -> String {
    let ground = if criterion.derived { " [our own threshold]" } else { "" };
    format!("{}: {}, needed {}{ground}", subject(criterion), observed(criterion), needed(criterion))
}

/// For example `pain in running: 4/10 (2026-03-02)`, of what is as the rule says.
pub fn told_as_seen(criterion: &CriterionResult) -> String {
    format!("{}: {}", subject(criterion), observed(criterion))
}

/// What was compared, for example `fall of worst pain in 24 hours`.
pub fn subject(criterion: &CriterionResult) -> String {
    if criterion.measure.is_empty() {
        return words::measure(&criterion.quantity);
    }
    let measure = words::measure(&criterion.measure);
    match criterion.quantity.as_str() {
        "latest" | "" => measure,
        "percent_of_baseline" => format!("{measure}, share of the first value"),
        "max_in_fresh" => format!("{measure}, the worst of these days"),
        "fall_percent" => format!("fall of {measure}"),
        "rise_from_baseline" => format!("rise of {measure} over the first value"),
        "rise_from_previous" => format!("rise of {measure} over the value before"),
        "first_value" => format!("{measure}, the first value"),
        other => format!("{} of {measure}", words::spaced(other)),
    }
}

/// A fall or rise on a scale is in points, not out of ten.
pub fn unit(criterion: &CriterionResult) -> &str {
    let is_change = ["fall", "rise_from_baseline", "rise_from_previous"].contains(&criterion.quantity.as_str());
    match criterion.unit.as_str() {
        "{NPRS}" | "{VAS}" | "{score}" if is_change => "points",
        unit => unit,
    }
}

fn observed(criterion: &CriterionResult) -> String {
    let Some(seen) = &criterion.observed else {
        return why_unknown(criterion);
    };
    let bound = if criterion.observed_at_least { "at least " } else { "" };
    let date = criterion.observed_date.as_ref().map(|date| format!(" ({})", words::date(date)));
    let value = format!("{bound}{}{}", shown(criterion, seen), date.unwrap_or_default());
    match criterion.verdict() {
        Verdict::Unknown => format!("{value}, {}", why_unknown(criterion)),
        _ => value,
    }
}

/// Why the record does not say.
pub fn why_unknown(criterion: &CriterionResult) -> String {
    match criterion.why_unknown() {
        WhyUnknown::Missing if is_of_setbacks(criterion) => "not judged".to_owned(),
        WhyUnknown::Missing => "not on record".to_owned(),
        WhyUnknown::NotMeasured => "not measured".to_owned(),
        WhyUnknown::TooOld => match criterion.fresh_days {
            Some(days) => format!("older than {days} days"),
            None => "too old".to_owned(),
        },
        WhyUnknown::OtherTester => "by another tester".to_owned(),
        WhyUnknown::NoBaseline => "nothing to compare it with".to_owned(),
        WhyUnknown::Unspecified => "unknown".to_owned(),
    }
}

/// Whether it counts the days since the last setback. They are not judged where what would show one today is not known,
/// also of a patient who never had one.
pub fn is_of_setbacks(criterion: &CriterionResult) -> bool {
    criterion.measure.is_empty() && criterion.quantity == "days_since_regress"
}

/// For example `below 10 deg`.
pub fn needed(criterion: &CriterionResult) -> String {
    match criterion.threshold.as_slice() {
        [one @ SeenValue { value: Some(Value::Finding(_)) }] if criterion.comparator == "=" => shown(criterion, one),
        many => wanted(&criterion.comparator, many, unit(criterion)),
    }
}

/// A value of a criterion: a fact is true or not, a finding present or absent.
pub fn shown(criterion: &CriterionResult, seen: &SeenValue) -> String {
    match (&seen.value, criterion.measure.is_empty()) {
        // What is called `recorded lately` is the opposite of its code.
        (Some(Value::Finding(is)), true) if *is == criterion.quantity.starts_with("unrecorded:") => "no".to_owned(),
        (Some(Value::Finding(_)), true) => "yes".to_owned(),
        _ => value(seen, unit(criterion)),
    }
}

/// What a comparator asks for. Codes stand from best to worst, so that `<=` is `or better`.
pub fn wanted(sign: &str, values: &[SeenValue], unit: &str) -> String {
    let is_number = matches!(values.first(), Some(SeenValue { value: Some(Value::Number(_)) }));
    let told: Vec<String> = values.iter().map(|seen| value(seen, unit)).collect();
    let told = told.join(", ");
    match (sign, is_number) {
        ("<=", false) => format!("{told} or better"),
        (">=", false) => format!("{told} or worse"),
        _ => format!("{} {told}", comparator(sign, is_number)).trim().to_owned(),
    }
}

/// A comparator in words; `=` is `exactly` for numbers and goes without saying for the rest.
fn comparator(sign: &str, is_number: bool) -> &'static str {
    match sign {
        "<" => "below",
        "<=" => "at most",
        ">" => "above",
        ">=" => "at least",
        "!=" => "not",
        "in" => "one of",
        "=" if is_number => "exactly",
        _ => "",
    }
}

/// A value as it was seen, with its unit.
pub fn value(seen: &SeenValue, unit: &str) -> String {
    match &seen.value {
        Some(Value::Number(number)) => words::number(*number, unit),
        Some(Value::Finding(true)) => "present".to_owned(),
        Some(Value::Finding(false)) => "absent".to_owned(),
        Some(Value::Code(code)) => words::spaced(code),
        None => "nothing".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use taper_api::google::r#type::Date;

    use super::*;

    fn number(number: f64) -> SeenValue {
        SeenValue { value: Some(Value::Number(number)) }
    }

    fn deficit() -> CriterionResult {
        CriterionResult {
            measure: "knee_extension_deficit_deg".to_owned(),
            quantity: "latest".to_owned(),
            comparator: "<".to_owned(),
            threshold: vec![number(10.0)],
            unit: "deg".to_owned(),
            observed: Some(number(12.0)),
            observed_date: Some(Date { year: 2026, month: 3, day: 12 }),
            verdict: Verdict::Unmet.into(),
            ..Default::default()
        }
    }

    #[test]
    fn a_criterion_is_told_with_what_was_seen_and_what_is_needed() {
        let told = told(&deficit());
        assert!(told.ends_with(": 12 deg (2026-03-12), needed below 10 deg"), "{told}");
    }

    #[test]
    fn an_unknown_criterion_says_why() {
        let missing = CriterionResult {
            observed: None,
            observed_date: None,
            verdict: Verdict::Unknown.into(),
            why_unknown: WhyUnknown::Missing.into(),
            ..deficit()
        };
        assert!(told(&missing).contains(": not on record, needed below 10 deg"));
        let old = CriterionResult {
            verdict: Verdict::Unknown.into(),
            why_unknown: WhyUnknown::TooOld.into(),
            fresh_days: Some(14),
            ..deficit()
        };
        assert!(told(&old).contains("12 deg (2026-03-12), older than 14 days"));
    }

    #[test]
    fn a_code_is_asked_for_or_a_better_one() {
        let code = |code: &str| SeenValue { value: Some(Value::Code(code.to_owned())) };
        let resistance =
            CriterionResult { comparator: "<=".to_owned(), threshold: vec![code("equal_painful")], ..deficit() };
        assert_eq!(needed(&resistance), "equal painful or better");
        assert_eq!(needed(&CriterionResult { threshold: vec![number(3.0)], ..resistance }), "at most 3 deg");
    }

    #[test]
    fn a_fallback_that_is_not_open_is_left_out_with_its_guard() {
        let at = |path: &str, quantity: &str| CriterionResult {
            path: path.to_owned(),
            measure: String::new(),
            quantity: quantity.to_owned(),
            ..deficit()
        };
        let rule = RuleResult {
            rule_id: "P2-PROG-1".to_owned(),
            verdict: Verdict::Unmet.into(),
            criteria: vec![
                CriterionResult { path: "any[0]".to_owned(), ..deficit() },
                at("any[1].all[0]", "equipment:goniometer"),
                at("any[1].all[1]", "hand_test"),
            ],
            ..Default::default()
        };
        let told = not_met(&rule);
        assert_eq!(told.lines().count(), 2, "{told}");
        assert!(told.contains("active knee extension deficit"), "{told}");
    }

    #[test]
    fn alternatives_read_with_or_and_what_is_all_asked_for_without() {
        let rule = |paths: &[&str]| RuleResult {
            verdict: Verdict::Unmet.into(),
            criteria: paths.iter().map(|path| CriterionResult { path: (*path).to_owned(), ..deficit() }).collect(),
            ..Default::default()
        };
        let joints = |paths: &[&str]| -> Vec<String> {
            let told = not_met(&rule(paths));
            let words = told.lines().skip(1).filter_map(|line| line.split_whitespace().next());
            words.map(str::to_owned).collect()
        };
        assert_eq!(joints(&["any[0]", "any[1]", "any[2]"]), ["active", "or", "or"]);
        assert_eq!(
            joints(&["all[0]", "all[1].any[0]", "all[1].any[1]", "all[2]"]),
            ["active", "active", "or", "active"]
        );
        assert_eq!(joints(&["any[0].all[0]", "any[0].all[1]", "any[1].all[0]"]), ["active", "and", "or"]);
    }

    #[test]
    fn a_fall_of_pain_is_in_points() {
        let fall = CriterionResult {
            measure: "pain_worst_24h".to_owned(),
            quantity: "fall".to_owned(),
            comparator: ">=".to_owned(),
            threshold: vec![number(2.0)],
            unit: "{NPRS}".to_owned(),
            observed: Some(number(0.0)),
            ..deficit()
        };
        assert_eq!(told(&fall), "fall of worst pain in 24 hours: 0 points (2026-03-12), needed at least 2 points");
    }

    #[test]
    fn a_rule_shows_only_its_criteria_that_are_not_met() {
        let met = CriterionResult { verdict: Verdict::Met.into(), observed: Some(number(6.0)), ..deficit() };
        let rule = RuleResult {
            rule_id: "P2-PROG-1".to_owned(),
            verdict: Verdict::Unmet.into(),
            criteria: vec![met, deficit()],
            text: "The knee extends.".to_owned(),
            ..Default::default()
        };
        let told = not_met(&rule);
        assert!(told.starts_with("P2-PROG-1 unmet: The knee extends.\n  "), "{told}");
        assert!(told.contains("12 deg") && !told.contains("6 deg"), "{told}");
    }
}
