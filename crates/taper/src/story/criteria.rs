//! Rules and their criteria in words: what was observed, against what is needed.

use taper_api::v1::seen_value::Value;
use taper_api::v1::{CriterionResult, RuleResult, SeenValue, Verdict, WhyUnknown};

use super::words;

/// A rule that is not met: its sentence, and a line for each criterion that is not met.
pub fn not_met(rule: &RuleResult) -> String {
    let verdict = match rule.verdict() {
        Verdict::Unknown => "unknown",
        _ => "unmet",
    };
    let mut lines = vec![format!("{} {verdict}: {}", rule.rule_id, rule.text)];
    let open = rule
        .criteria
        .iter()
        .filter(|criterion| criterion.verdict() != Verdict::Met);
    lines.extend(open.map(|criterion| format!("  {}", told(criterion))));
    lines.join("\n")
}

/// For example `active knee extension deficit: 12 deg (2026-03-12), needed below 10 deg`.
pub fn told(criterion: &CriterionResult) -> String {
    let ground = if criterion.derived { " [threshold derived]" } else { "" };
    format!(
        "{}: {}, needed {}{ground}",
        subject(criterion),
        observed(criterion),
        needed(criterion)
    )
}

fn subject(criterion: &CriterionResult) -> String {
    if criterion.measure.is_empty() {
        return words::spaced(&criterion.quantity);
    }
    let measure = words::measure(&criterion.measure);
    match criterion.quantity.as_str() {
        "latest" | "" => measure,
        "percent_of_baseline" => format!("{measure}, percent of the first value"),
        "max_in_fresh" => format!("{measure}, the worst of these days"),
        other => format!("{measure}, {}", words::spaced(other)),
    }
}

fn observed(criterion: &CriterionResult) -> String {
    let Some(seen) = &criterion.observed else {
        return why_unknown(criterion);
    };
    let bound = if criterion.observed_at_least { "at least " } else { "" };
    let date = criterion
        .observed_date
        .as_ref()
        .map(|date| format!(" ({})", words::date(date)));
    let value = format!("{bound}{}{}", value(seen, &criterion.unit), date.unwrap_or_default());
    match criterion.verdict() {
        Verdict::Unknown => format!("{value}, {}", why_unknown(criterion)),
        _ => value,
    }
}

fn why_unknown(criterion: &CriterionResult) -> String {
    match criterion.why_unknown() {
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

fn needed(criterion: &CriterionResult) -> String {
    let thresholds: Vec<String> = criterion
        .threshold
        .iter()
        .map(|seen| value(seen, &criterion.unit))
        .collect();
    let is_number = matches!(
        criterion.threshold.first(),
        Some(SeenValue {
            value: Some(Value::Number(_))
        })
    );
    let comparator = match criterion.comparator.as_str() {
        "<" => "below",
        "<=" => "at most",
        ">" => "above",
        ">=" => "at least",
        "!=" => "not",
        "in" => "one of",
        "=" if is_number => "exactly",
        _ => "",
    };
    format!("{comparator} {}", thresholds.join(", ")).trim().to_owned()
}

fn value(seen: &SeenValue, unit: &str) -> String {
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
        SeenValue {
            value: Some(Value::Number(number)),
        }
    }

    fn deficit() -> CriterionResult {
        CriterionResult {
            measure: "knee_extension_deficit_deg".to_owned(),
            quantity: "latest".to_owned(),
            comparator: "<".to_owned(),
            threshold: vec![number(10.0)],
            unit: "deg".to_owned(),
            observed: Some(number(12.0)),
            observed_date: Some(Date {
                year: 2026,
                month: 3,
                day: 12,
            }),
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
    fn a_rule_shows_only_its_criteria_that_are_not_met() {
        let met = CriterionResult {
            verdict: Verdict::Met.into(),
            observed: Some(number(6.0)),
            ..deficit()
        };
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
