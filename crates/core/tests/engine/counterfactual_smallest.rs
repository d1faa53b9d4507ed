//! Counterfactuals against brute force: no smaller set gives the advice, present values are those on record, chains wait.

use jiff::Unit;
use jiff::civil::Date;
use taper_core::counterfactual::{Change, ChangeKind, Counterfactual, Goal, Path, counterfactuals, known_on};
use taper_core::measure::{MeasureCode, Shape, Value, Worse};
use taper_core::protocol::Protocol;
use taper_core::protocol::criterion::{Comparator, Quantity};
use taper_core::recommend::recommend;
use taper_core::recommendation::Seen;
use taper_core::record::Record;

use crate::counterfactual::{STORIES, advised, allows_activities, with};

/// Measures that activities, sessions and staged runs tell, too.
const TOLD_ELSEWHERE: [&str; 4] = ["pain_activity", "pain_running", "pain_next_morning", "pain_onset_speed_kmh"];

fn is_stage(change: &Change) -> bool {
    matches!(change.kind, ChangeKind::DecidePhase(_) | ChangeKind::DecideStep(_) | ChangeKind::Visit)
}

/// The best and the worst value of each measure that the waiting rules read, on the day of the path.
fn values_of_waiting_rules(protocol: &Protocol, path: &Path) -> Vec<Change> {
    let rules = path.changes.iter().flat_map(|change| &change.rule_ids).filter_map(|rule_id| protocol.rule(rule_id));
    let mut codes: Vec<MeasureCode> = Vec::new();
    for criterion in rules.filter_map(|rule| rule.test.as_ref()).flat_map(|test| test.criteria()) {
        if let Quantity::Measure(quantity) = &criterion.quantity {
            codes.push(quantity.code);
        }
    }
    codes.sort();
    codes.dedup();
    let mut values = Vec::new();
    for code in codes {
        let measure = code.measure();
        let ends = match measure.shape {
            Shape::Number { min, max, .. } => [Seen::Number(min), Seen::Number(max)],
            Shape::Finding => [Seen::Finding(false), Seen::Finding(true)],
            Shape::Code(codes) => [codes[0], codes[codes.len() - 1]].map(|code| Seen::Code(code.to_owned())),
        };
        for needed in ends {
            let (site, tester, present, why_unknown) = (None, None, None, None);
            let (comparator, unit) = (Comparator::Equal, String::new());
            let kind =
                ChangeKind::Measure { measure: code, site, tester, present, why_unknown, comparator, needed, unit };
            values.push(Change { kind, date: path.earliest, rule_ids: Vec::new() });
        }
    }
    values
}

/// Every set of fewer than so many of these changes, at most one value of each measure.
fn smaller_sets(candidates: &[Change], count: usize) -> Vec<Vec<Change>> {
    let mut sets: Vec<Vec<Change>> = vec![Vec::new()];
    for candidate in candidates {
        let measure = |change: &Change| match &change.kind {
            ChangeKind::Measure { measure, .. } => Some(*measure),
            _ => None,
        };
        let fits = |set: &&Vec<Change>| {
            set.len() + 1 < count && set.iter().all(|other| other != candidate && measure(other) != measure(candidate))
        };
        let more: Vec<Vec<Change>> =
            sets.iter().filter(fits).map(|set| [set.as_slice(), std::slice::from_ref(candidate)].concat()).collect();
        sets.extend(more);
    }
    sets
}

/// Of the sets of values that the waiting rules read and of the changes of every path.
#[test]
fn no_smaller_set_of_changes_gives_the_advice_on_the_day_of_the_first_path() {
    let (mut paths, mut sets_tried) = (0, 0);
    for (protocol, record, as_of, name) in STORIES.iter().step_by(2) {
        let known = known_on(record, *as_of);
        for found in counterfactuals(protocol, record, *as_of) {
            let Some(path) = found.paths.first() else { continue };
            if path.changes.iter().any(is_stage) || !(2..=3).contains(&path.changes.len()) {
                continue;
            }
            let mut candidates = values_of_waiting_rules(protocol, path);
            candidates.extend(found.paths.iter().flat_map(|path| path.changes.clone()));
            paths += 1;
            for set in smaller_sets(&candidates, path.changes.len()) {
                sets_tried += 1;
                let advice = recommend(protocol, &with(&known, &set), path.earliest);
                let is_enough = advised(&advice, found.goal) && allows_activities(protocol, &known, &set);
                assert!(!is_enough, "{name} {:?}: {set:#?} is enough, not {path:#?}", found.goal);
            }
        }
    }
    assert!(paths > 10 && sets_tried > 300, "{paths} paths and {sets_tried} sets show nothing");
}

/// The latest value of an assessment up to a day; of several the worst.
fn on_record(record: &Record, code: MeasureCode, as_of: Date) -> Option<Seen> {
    let mut latest: Option<(Date, i64, Seen)> = None;
    let facts = record.assessments.iter().filter(|fact| !fact.entered_in_error && fact.content.date <= as_of);
    for (date, result) in facts.flat_map(|fact| fact.content.results.iter().map(|result| (fact.content.date, result))) {
        let (level, seen) = match &result.value {
            Value::Number(number) => (number.0, Seen::Number(*number)),
            Value::Finding(is) => (i64::from(*is), Seen::Finding(*is)),
            Value::Code(code) => {
                let Shape::Code(codes) = result.measure.measure().shape else { continue };
                (codes.iter().position(|known| known == code).unwrap() as i64, Seen::Code(code.clone()))
            }
            Value::NotMeasured => continue,
        };
        let badness = if code.measure().worse == Worse::Higher { level } else { -level };
        let is_it = result.measure == code
            && latest.as_ref().is_none_or(|(known, worst, _)| (*known, *worst) < (date, badness));
        if is_it {
            latest = Some((date, badness, seen));
        }
    }
    latest.map(|(_, _, seen)| seen)
}

#[test]
fn the_present_value_is_the_one_on_record_whatever_a_path_supposes() {
    let (mut with_value, mut without) = (0, 0);
    for (protocol, record, as_of, name) in STORIES.iter() {
        let found = counterfactuals(protocol, record, *as_of);
        for change in found.iter().flat_map(|found| &found.paths).flat_map(|path| &path.changes) {
            let ChangeKind::Measure { measure, site: None, present, why_unknown, .. } = &change.kind else { continue };
            if TOLD_ELSEWHERE.contains(&measure.as_str()) {
                continue;
            }
            assert_eq!(*present, on_record(record, *measure, *as_of), "{name}: {change:#?}");
            assert!(present.is_some() || why_unknown.is_some(), "{name}: measure it first: {change:#?}");
            if present.is_some() { with_value += 1 } else { without += 1 }
        }
    }
    assert!(with_value > 500 && without > 500, "{with_value} and {without} show nothing");
}

fn days_apart(changes: &[&Change]) -> Vec<i32> {
    let dates: Vec<Date> = changes.iter().map(|change| change.date).collect();
    dates.windows(2).map(|pair| pair[0].until((Unit::Day, pair[1])).unwrap().get_days()).collect()
}

#[test]
fn a_chain_keeps_six_days_between_the_last_visits() {
    let mut visits = 0;
    for (protocol, record, as_of, name) in STORIES.iter() {
        let found: Vec<Counterfactual> = counterfactuals(protocol, record, *as_of);
        let discharge = found.iter().find(|found| found.goal == Goal::Discharge).unwrap();
        for path in &discharge.paths {
            let attended: Vec<&Change> = path.changes.iter().filter(|of| of.kind == ChangeKind::Visit).collect();
            let between_visits = days_apart(&attended);
            // The last two are those that count; one before may only show that a session does not hurt.
            assert!(between_visits.last().is_none_or(|days| *days >= 6), "{name}: {path:#?}");
            visits += between_visits.len();
        }
    }
    assert!(visits > 5, "{visits} visits show nothing");
}
