//! Sentences for the result of a criterion: what was observed, what is needed, by how much it is met or missed.

use std::fmt::Write as _;

use crate::measure::MeasureCode;
use crate::recommendation::{CriterionResult, Seen, Verdict, WhyUnknown};
use crate::value::Thousandths;

use super::Protocol;
use super::criterion::Stat;
use super::fact::{Fact, FactEntry};

/// Room for most sentences.
const SENTENCE_BYTES: usize = 256;

impl Protocol {
    /// One criterion and how it came out, in one or two sentences.
    pub fn criterion_sentence(&self, result: &CriterionResult) -> String {
        let fact = if result.measure.is_none() { FactEntry::find(&result.quantity, &self.conditions) } else { None };
        let mut sentence = String::with_capacity(SENTENCE_BYTES);
        add_name(&mut sentence, result, fact.as_ref());
        let teller = Teller::of(&result.unit, fact.as_ref());
        match (&result.observed, result.verdict) {
            (Some(observed), Verdict::Met | Verdict::Unmet) => {
                sentence.push_str(if result.observed_at_least { ": at least " } else { ": " });
                teller.add(&mut sentence, observed);
                add_age(&mut sentence, result.age_days);
                add_needed(&mut sentence, result, teller);
                sentence.push_str(if result.verdict == Verdict::Met { "; met" } else { "; not met" });
                add_margin(&mut sentence, result);
                sentence.push('.');
            }
            _ => {
                sentence.push_str(": not known (");
                add_why(&mut sentence, result, fact.as_ref());
                sentence.push(')');
                add_needed(&mut sentence, result, teller);
                sentence.push('.');
                let how = how(result, fact.as_ref());
                if !how.is_empty() {
                    sentence.push(' ');
                    sentence.push_str(how);
                }
            }
        }
        if result.derived {
            sentence.push_str(" This threshold is not published; it was built from cited figures.");
        }
        sentence
    }
}

fn add_name(sentence: &mut String, result: &CriterionResult, fact: Option<&FactEntry>) {
    let Some(code) = &result.measure else {
        let name = fact.map_or(result.quantity.as_str(), |fact| fact.name);
        sentence.push_str(&name_of_fact(&result.quantity, name));
        return;
    };
    sentence.push_str(MeasureCode::parse(code).map_or(code.as_str(), |code| code.measure().name));
    sentence.push_str(match Stat::parse(&result.quantity) {
        None | Some(Stat::Latest) => "",
        Some(Stat::MaxInFresh) => ", worst of late",
        Some(Stat::PercentOfBaseline) => ", share of the first value",
        Some(Stat::Fall) => ", improvement since the first value",
        Some(Stat::FallPercent) => ", improvement since the first value in percent",
        Some(Stat::RiseFromBaseline) => ", worsening since the first value",
        Some(Stat::RiseFromPrevious) => ", worsening since the value before",
        Some(Stat::FirstValue) => ", first value",
    });
}

/// A fact's name with what it is about: a measure, a fact or a code in words.
pub(super) fn name_of_fact(code: &str, name: &str) -> String {
    let Some((_, argument)) = code.split_once(':').filter(|(_, argument)| !argument.is_empty()) else {
        return name.to_owned();
    };
    let of_measure = MeasureCode::parse(argument).map(|code| code.measure().name).ok();
    let about = of_measure.or_else(|| FactEntry::find(argument, &[]).map(|fact| fact.name));
    let about = about.map_or_else(|| argument.replace('_', " "), as_part_of_a_sentence);
    format!("{name}, {about}")
}

/// Its first letter small, unless the name of somebody or something stands in it.
fn as_part_of_a_sentence(name: &str) -> String {
    let mut letters = name.chars();
    match letters.next() {
        Some(first) if !letters.as_str().contains(char::is_uppercase) => first.to_lowercase().chain(letters).collect(),
        _ => name.to_owned(),
    }
}

fn add_needed(sentence: &mut String, result: &CriterionResult, teller: Teller<'_>) {
    let is_number = matches!(result.threshold.first(), None | Some(Seen::Number(_)));
    let (before, after) = sign_in_words(&result.comparator, is_number);
    sentence.push_str("; asked for: ");
    sentence.push_str(before);
    for (place, needed) in result.threshold.iter().enumerate() {
        sentence.push_str(if place > 0 {
            " or "
        } else if before.is_empty() {
            ""
        } else {
            " "
        });
        teller.add(sentence, needed);
    }
    sentence.push_str(after);
}

/// How the values of a criterion are told: facts are true or not, findings present or absent.
#[derive(Clone, Copy)]
struct Teller<'u> {
    unit: &'u str,
    is_fact: bool,
    is_inverted: bool,
}

impl<'u> Teller<'u> {
    fn of(unit: &'u str, fact: Option<&FactEntry>) -> Self {
        Self { unit, is_fact: fact.is_some(), is_inverted: fact.is_some_and(|fact| fact.fact.is_told_inverted()) }
    }

    fn add(self, sentence: &mut String, seen: &Seen) {
        match seen {
            Seen::Finding(is) if self.is_fact => sentence.push_str(if *is == self.is_inverted { "no" } else { "yes" }),
            _ => add_shown(sentence, seen, self.unit),
        }
    }
}

/// What to measure, ask or record.
fn how(result: &CriterionResult, fact: Option<&FactEntry>) -> &'static str {
    match &result.measure {
        Some(code) => MeasureCode::parse(code).map_or("", |code| code.measure().how),
        None => fact.map_or("", |fact| fact.how),
    }
}

/// A comparator in words, before and after its value. Codes stand from best to worst.
fn sign_in_words(sign: &str, is_number: bool) -> (&'static str, &'static str) {
    match (sign, is_number) {
        ("<", true) => ("below", ""),
        ("<=", true) => ("at most", ""),
        ("=", true) => ("exactly", ""),
        (">", true) => ("above", ""),
        (">=", true) => ("at least", ""),
        ("<", false) => ("better than", ""),
        ("<=", false) => ("", " or better"),
        ("=", false) => ("", ""),
        (">", false) => ("worse than", ""),
        (">=", false) => ("", " or worse"),
        ("!=", _) => ("anything but", ""),
        _ => ("one of", ""),
    }
}

/// What is needed, for example `at most 3 of 10`, `normal or better`, `absent`.
pub(super) fn needed_in_words(sign: &str, needed: &Seen, unit: &str) -> String {
    let (before, after) = sign_in_words(sign, matches!(needed, Seen::Number(_)));
    format!("{before} {}{after}", shown(needed, unit)).trim_start().to_owned()
}

pub(super) fn shown(seen: &Seen, unit: &str) -> String {
    let mut shown = String::new();
    add_shown(&mut shown, seen, unit);
    shown
}

fn add_shown(sentence: &mut String, seen: &Seen, unit: &str) {
    match seen {
        Seen::Number(number) => add_number(sentence, *number, unit),
        Seen::Finding(true) => sentence.push_str("present"),
        Seen::Finding(false) => sentence.push_str("absent"),
        Seen::Code(code) => add_words(sentence, code),
    }
}

/// A code as words.
fn add_words(sentence: &mut String, code: &str) {
    sentence.extend(code.chars().map(|letter| if letter == '_' { ' ' } else { letter }));
}

fn add_number(sentence: &mut String, number: Thousandths, unit: &str) {
    add(sentence, number);
    match unit {
        "" | "{count}" | "{score}" | "{stage}" => {}
        "{NPRS}" => sentence.push_str(" of 10"),
        "%" => sentence.push('%'),
        "deg" => sentence.push_str(" degrees"),
        "d" => sentence.push_str(" days"),
        "h" => sentence.push_str(" hours"),
        "a" => sentence.push_str(" years"),
        "{month}" => sentence.push_str(" months"),
        other => {
            sentence.push(' ');
            sentence.push_str(other.trim_matches(['{', '}']));
        }
    }
}

fn add_days(sentence: &mut String, days: i64) {
    add(sentence, days);
    sentence.push_str(if days == 1 { " day" } else { " days" });
}

fn add_age(sentence: &mut String, age_days: Option<i64>) {
    match age_days {
        None => {}
        Some(0) => sentence.push_str(", today"),
        Some(days) => {
            sentence.push_str(", ");
            add_days(sentence, days);
            sentence.push_str(" ago");
        }
    }
}

fn add_margin(sentence: &mut String, result: &CriterionResult) {
    if let Some(margin) = result.margin.filter(|margin| margin.0 != 0) {
        sentence.push_str(" by ");
        add_number(sentence, Thousandths(margin.0.saturating_abs()), &result.unit);
    }
}

fn add_why(sentence: &mut String, result: &CriterionResult, fact: Option<&FactEntry>) {
    let is_of_setbacks = fact.is_some_and(|fact| fact.fact == Fact::DaysSinceRegress);
    sentence.push_str(match result.why_unknown {
        // Not the count is missing: whether there is a setback today decides whether the days count at all.
        Some(WhyUnknown::Missing) if is_of_setbacks => "what would show a setback today is missing or too old",
        Some(WhyUnknown::NotMeasured) => "asked for, not measured",
        Some(WhyUnknown::TooOld) => return add_too_old(sentence, result),
        Some(WhyUnknown::OtherTester) => "measured by another tester, or by one who is not named",
        Some(WhyUnknown::NoBaseline) => "there is no earlier value to compare with",
        Some(WhyUnknown::Missing) | None => "nothing on record",
    });
}

fn add_too_old(sentence: &mut String, result: &CriterionResult) {
    sentence.push_str("the value is ");
    match result.age_days {
        None => sentence.push_str("too old"),
        Some(age) => {
            add_days(sentence, age);
            sentence.push_str(" old");
        }
    }
    if let Some(fresh) = result.fresh_days {
        sentence.push_str(", it counts for ");
        add_days(sentence, i64::from(fresh));
    }
}

fn add(sentence: &mut String, shown: impl std::fmt::Display) {
    // Writing to a text in memory never fails.
    let _ = write!(sentence, "{shown}");
}
