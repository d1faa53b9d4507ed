//! A second evaluator of criteria, written naively, is compared with the engine on random records.

use jiff::civil::Date;
use proptest::prelude::*;
use taper_core::ids::TherapistId;
use taper_core::measure::{ALL, Measure, Shape, Value, Worse};
use taper_core::protocol::Protocol;
use taper_core::recommend::recommend;
use taper_core::recommendation::{Seen, Verdict};
use taper_core::record::Record;

use crate::document::{document, rule};
use crate::records::{Dice, Kind, Maker};

/// Thousandths, 0 and 1, or the place of a code.
fn level(measure: &Measure, value: &Value) -> Option<i64> {
    match (measure.shape, value) {
        (_, Value::Number(number)) => Some(number.0),
        (_, Value::Finding(present)) => Some(i64::from(*present)),
        (Shape::Code(codes), Value::Code(code)) => {
            codes.iter().position(|known| known == code).map(|place| place as i64)
        }
        _ => None,
    }
}

/// All values of a measure: day, level, tester.
fn values(record: &Record, measure: &Measure, as_of: Date) -> Vec<(Date, Option<i64>, Option<TherapistId>)> {
    let mut values = Vec::new();
    for fact in &record.assessments {
        for result in &fact.content.results {
            if result.measure.as_str() == measure.code && fact.content.date <= as_of && !fact.entered_in_error {
                values.push((
                    fact.content.date,
                    level(measure, &result.value),
                    result.tester.or(fact.content.therapist),
                ));
            }
        }
    }
    values
}

fn worst(levels: impl Iterator<Item = i64>, measure: &Measure) -> Option<i64> {
    if higher_is_worse(measure) { levels.max() } else { levels.min() }
}

fn higher_is_worse(measure: &Measure) -> bool {
    matches!(measure.shape, Shape::Code(_)) || measure.worse == Worse::Higher
}

fn days(from: Date, to: Date) -> i64 {
    i64::from(from.until(to).unwrap().get_days())
}

/// The figure that a criterion compares, or none when it is UNKNOWN.
fn figure(record: &Record, measure: &Measure, stat: &str, same_tester: bool, as_of: Date) -> Option<i64> {
    let values = values(record, measure, as_of);
    let of_day = |date: Date| values.iter().filter(move |(day, level, _)| *day == date && level.is_some());
    let last = values.iter().map(|(date, ..)| *date).max()?;
    if days(last, as_of) > i64::from(measure.fresh_days) || of_day(last).count() == 0 {
        return None;
    }
    let start = record.plan.content.start_date;
    let first =
        values.iter().filter(|(date, level, _)| *date >= start && level.is_some()).map(|(date, ..)| *date).min();
    let mut latest: Vec<i64> = of_day(last).filter_map(|(_, level, _)| *level).collect();
    let baseline = first.and_then(|first| worst(of_day(first).filter_map(|(_, level, _)| *level), measure));
    if same_tester {
        let baseline = baseline?;
        let testers: Vec<_> =
            of_day(first?).filter(|(_, level, _)| *level == Some(baseline)).map(|(.., tester)| *tester).collect();
        // Where two testers share the worst value of the first day the answer may be either; such records are left out.
        let tester = (*testers.first()?)?;
        if testers.iter().any(|other| *other != Some(tester)) {
            return None;
        }
        latest = of_day(last).filter(|(.., by)| *by == Some(tester)).filter_map(|(_, level, _)| *level).collect();
    }
    let latest = worst(latest.into_iter(), measure)?;
    match stat {
        "latest" => Some(latest),
        "fall" if higher_is_worse(measure) => Some(baseline? - latest),
        "fall" => Some(latest - baseline?),
        _ => unreachable!("{stat}"),
    }
}

/// What is shown of a figure that is UNKNOWN: a value as it is, of a change nothing.
fn seen_although_unknown(record: &Record, measure: &Measure, stat: &str, as_of: Date) -> Option<i64> {
    let values = values(record, measure, as_of);
    let last = values.iter().map(|(date, ..)| *date).max()?;
    let of_day = values.iter().filter(|(date, ..)| *date == last);
    if stat == "latest" { worst(of_day.filter_map(|(_, level, _)| *level), measure) } else { None }
}

fn expected(figure: Option<i64>, comparator: &str, threshold: i64) -> Verdict {
    let Some(figure) = figure else { return Verdict::Unknown };
    let holds = match comparator {
        "<" => figure < threshold,
        "<=" => figure <= threshold,
        ">" => figure > threshold,
        _ => figure >= threshold,
    };
    if holds { Verdict::Met } else { Verdict::Unmet }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn both_evaluators_agree_on_latest_baseline_fall_and_freshness(seed in any::<u64>(), size in 1..10_usize) {
        let mut dice = Dice::new(seed);
        let mut maker = Maker::new(&mut dice, Kind::Plausible);
        let mut record = maker.record(size, &[]);
        let as_of = maker.date();
        // Only what both evaluators read in the same way: no sites, no staged runs, no activities and sessions.
        record.activities.clear();
        record.sessions.clear();
        for fact in &mut record.assessments {
            fact.content.run_stages.clear();
            fact.content.results.iter_mut().for_each(|result| result.site = None);
        }
        let numbers: Vec<&Measure> = ALL.iter().filter(|measure| matches!(measure.shape, Shape::Number { .. })).collect();
        let mut chosen = Vec::new();
        for number in 0..12 {
            let measure = dice.pick(&numbers);
            let stat = dice.pick(&["latest", "fall"]);
            let comparator = dice.pick(&["<", "<=", ">", ">="]);
            let same_tester = dice.one_in(3);
            let (unit, threshold) = match measure.shape {
                Shape::Number { unit, min, max, .. } if stat == "latest" => (unit, (min.0 + max.0) / 4_000),
                Shape::Number { unit, .. } => (unit, dice.below(6) as i64),
                _ => unreachable!(),
            };
            let test = format!(
                r#"{{ measure = "{}", stat = "{stat}", op = "{comparator}", value = {threshold}, unit = "{unit}", same_tester = {same_tester} }}"#,
                measure.code
            );
            chosen.push((format!("N{number}"), test, measure, stat, comparator, same_tester, threshold * 1000));
        }
        let rules: Vec<String> = chosen.iter().map(|(id, test, ..)| rule(id, r#"{ kind = "flag", item = "known_code" }"#, test)).collect();
        let protocol = Protocol::parse(&document(&rules.concat()), &[]).unwrap();
        let advice = recommend(&protocol, &record, as_of);
        for (id, test, measure, stat, comparator, same_tester, threshold) in chosen {
            let result = advice.rules.iter().find(|result| result.rule_id == id).unwrap();
            let figure = figure(&record, measure, stat, same_tester, as_of);
            let is_ambiguous = figure.is_none() && same_tester;
            if !is_ambiguous {
                prop_assert_eq!(result.verdict, expected(figure, comparator, threshold), "{} {:?}", test, result);
            }
            let seen = match result.verdict {
                Verdict::Unknown => seen_although_unknown(&record, measure, stat, as_of),
                _ if is_ambiguous => continue,
                _ => figure,
            };
            let seen = seen.map(|figure| Seen::Number(taper_core::value::Thousandths(figure)));
            prop_assert_eq!(&result.criteria[0].observed, &seen, "{} {:?}", test, result);
        }
    }
}
