//! Sentences for the result of a criterion: what was observed, what is needed, by how much it is met or missed.

use crate::measure::MeasureCode;
use crate::recommendation::{CriterionResult, Seen, Verdict, WhyUnknown};
use crate::value::Thousandths;

use super::Protocol;
use super::criterion::Stat;
use super::fact::FactEntry;

impl Protocol {
    /// One criterion and how it came out, in one or two sentences.
    pub fn criterion_sentence(&self, result: &CriterionResult) -> String {
        let name = self.quantity_name(result);
        let needed = format!("{} {}", sign_in_words(&result.comparator), self.needed(result));
        let mut sentence = match (&result.observed, result.verdict) {
            (Some(observed), Verdict::Met | Verdict::Unmet) => {
                let bound = if result.observed_at_least { "more than " } else { "" };
                let verdict = if result.verdict == Verdict::Met { "met" } else { "not met" };
                let shown = shown(observed, &result.unit);
                format!("{name}: {bound}{shown}{}; asked for: {needed}; {verdict}{}.", age(result), margin(result))
            }
            _ => format!("{name}: not known ({}); asked for: {needed}. {}", why(result), self.how(result)),
        };
        if result.derived {
            sentence.push_str(" This threshold is not published; it was built from cited figures.");
        }
        sentence.trim_end().to_owned()
    }

    fn quantity_name(&self, result: &CriterionResult) -> String {
        let Some(code) = &result.measure else {
            let (_, argument) = result.quantity.split_once(':').unwrap_or(("", ""));
            let name =
                FactEntry::find(&result.quantity, &self.conditions).map_or(result.quantity.as_str(), |fact| fact.name);
            return if argument.is_empty() {
                name.to_owned()
            } else {
                format!("{name}, {}", argument.replace('_', " "))
            };
        };
        let name = MeasureCode::parse(code).map_or(code.as_str(), |code| code.measure().name);
        let figure = match Stat::parse(&result.quantity) {
            None | Some(Stat::Latest) => "",
            Some(Stat::MaxInFresh) => ", worst of late",
            Some(Stat::PercentOfBaseline) => ", share of the first value",
            Some(Stat::Fall) => ", improvement since the first value",
            Some(Stat::FallPercent) => ", improvement since the first value in percent",
            Some(Stat::RiseFromBaseline) => ", worsening since the first value",
            Some(Stat::RiseFromPrevious) => ", worsening since the value before",
            Some(Stat::FirstValue) => ", first value",
        };
        format!("{name}{figure}")
    }

    fn needed(&self, result: &CriterionResult) -> String {
        let values: Vec<String> = result.threshold.iter().map(|seen| shown(seen, &result.unit)).collect();
        values.join(" or ")
    }

    fn how(&self, result: &CriterionResult) -> String {
        match &result.measure {
            Some(code) => MeasureCode::parse(code).map_or_else(|_| String::new(), |code| code.measure().how.to_owned()),
            None => {
                FactEntry::find(&result.quantity, &self.conditions).map_or_else(String::new, |fact| fact.how.to_owned())
            }
        }
    }
}

pub(super) fn sign_in_words(sign: &str) -> &str {
    match sign {
        "<" => "below",
        "<=" => "at most",
        "=" => "exactly",
        "!=" => "anything but",
        ">" => "above",
        ">=" => "at least",
        _ => "one of",
    }
}

pub(super) fn shown(seen: &Seen, unit: &str) -> String {
    match seen {
        Seen::Number(number) => with_unit(*number, unit),
        Seen::Finding(true) => "present".to_owned(),
        Seen::Finding(false) => "absent".to_owned(),
        Seen::Code(code) => code.replace('_', " "),
    }
}

fn with_unit(number: Thousandths, unit: &str) -> String {
    match unit {
        "" | "{count}" | "{score}" | "{stage}" => number.to_string(),
        "{NPRS}" => format!("{number} of 10"),
        "%" => format!("{number}%"),
        "deg" => format!("{number} degrees"),
        "d" => format!("{number} days"),
        "h" => format!("{number} hours"),
        "a" => format!("{number} years"),
        "{month}" => format!("{number} months"),
        other => format!("{number} {}", other.trim_matches(['{', '}'])),
    }
}

fn age(result: &CriterionResult) -> String {
    match result.age_days {
        None => String::new(),
        Some(0) => ", today".to_owned(),
        Some(1) => ", 1 day ago".to_owned(),
        Some(days) => format!(", {days} days ago"),
    }
}

fn margin(result: &CriterionResult) -> String {
    match result.margin {
        Some(margin) if margin.0 != 0 => {
            format!(" by {}", with_unit(Thousandths(margin.0.saturating_abs()), &result.unit))
        }
        _ => String::new(),
    }
}

fn why(result: &CriterionResult) -> String {
    let days = |days: i64| if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
    match result.why_unknown {
        Some(WhyUnknown::NotMeasured) => "asked for, not measured".to_owned(),
        Some(WhyUnknown::TooOld) => {
            let age = result.age_days.map_or_else(|| "too old".to_owned(), |age| format!("{} old", days(age)));
            let fresh = result.fresh_days.map(|fresh| format!(", it counts for {}", days(i64::from(fresh))));
            format!("the value is {age}{}", fresh.unwrap_or_default())
        }
        Some(WhyUnknown::OtherTester) => "measured by another tester, or by one who is not named".to_owned(),
        Some(WhyUnknown::NoBaseline) => "there is no earlier value to compare with".to_owned(),
        Some(WhyUnknown::Missing) | None => "nothing on record".to_owned(),
    }
}
