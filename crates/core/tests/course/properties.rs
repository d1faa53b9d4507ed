//! What holds for any record: every function answers, always the same, whatever the order of the facts.

use std::fmt::Debug;

use jiff::civil::Date;
use proptest::prelude::*;
use serde_json::Value;
use taper_core::caseload::standing;
use taper_core::difference::{Direction, advice_differs, differences};
use taper_core::measure::Shape;
use taper_core::protocol::rule::Effect;
use taper_core::protocol::{Protocol, builtin};
use taper_core::receipt::sha256_of_output;
use taper_core::recommend::recommend;
use taper_core::recommendation::Recommendation;
use taper_core::record::Record;
use taper_core::record::codes::{OverrideReason, SessionState};
use taper_core::trends::{Mark, trends};
use taper_core::value::Thousandths;
use taper_core::visits::{reviews, visits};

use crate::records::{Dice, Kind, Maker};

fn referrals(protocol: &Protocol) -> Vec<String> {
    let rules = protocol.rules.iter().filter(|rule| matches!(rule.effect, Effect::Refer(_)));
    rules.map(|rule| rule.id.to_string()).collect()
}

/// A record, two of whose decisions give a reason, and a day.
fn made(dice: &mut Dice, size: usize) -> (&'static Protocol, Record, Date) {
    let protocol = &builtin()[dice.below(builtin().len())];
    let kind = if dice.one_in(3) { Kind::Wild } else { Kind::Plausible };
    let mut maker = Maker::new(dice, kind);
    let mut record = maker.record(size, &referrals(protocol));
    let as_of = maker.date();
    for fact in record.decisions.iter_mut().take(2) {
        fact.content.override_reason = Some(OverrideReason::ClinicalJudgement);
    }
    (protocol, record, as_of)
}

fn answers(protocol: &Protocol, record: &Record, as_of: Date) -> [String; 5] {
    let told = |answer: &dyn Debug| format!("{answer:?}");
    [
        told(&visits(protocol, record, as_of)),
        told(&reviews(protocol, record, as_of)),
        told(&standing(protocol, record, as_of)),
        told(&trends(protocol, record, as_of)),
        sha256_of_output(&recommend(protocol, record, as_of)),
    ]
}

/// The advice as JSON, without what is not compared: day, protocol, lists of rules behind advice, and what rules saw.
fn compared(advice: &Recommendation) -> Value {
    let mut tree = serde_json::to_value(advice).unwrap();
    let fields = tree.as_object_mut().unwrap();
    for field in ["as_of", "protocol", "protocol_sha256"] {
        fields.remove(field).unwrap();
    }
    let count = fields["referrals"].as_array().unwrap().len();
    fields["referrals"].as_array_mut().unwrap().sort_by_key(|referral| referral["rule_id"].to_string());
    assert_eq!(count, fields["referrals"].as_array().unwrap().len());
    strip(&mut tree);
    tree
}

fn strip(tree: &mut Value) {
    match tree {
        Value::Object(fields) => {
            for field in ["rule_ids", "phase_rule_ids", "taper_rule_ids", "criteria", "evidence", "clearances"] {
                fields.remove(field);
            }
            // Limits and counts are told where they matter: see the tables of differences.
            for field in ["limits", "percent", "visits_attended", "days_since_first_visit"] {
                fields.remove(field);
            }
            fields.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_answer_is_the_same_whatever_the_order_of_the_facts(seed in any::<u64>(), size in 0..8_usize) {
        let mut dice = Dice::new(seed);
        let (protocol, mut record, as_of) = made(&mut dice, size);
        let first = answers(protocol, &record, as_of);
        prop_assert_eq!(&first, &answers(protocol, &record, as_of));
        dice.shuffle(&mut record.assessments);
        dice.shuffle(&mut record.activities);
        dice.shuffle(&mut record.sessions);
        dice.shuffle(&mut record.decisions);
        record.assessments.iter_mut().for_each(|fact| dice.shuffle(&mut fact.content.results));
        prop_assert_eq!(&first, &answers(protocol, &record, as_of));
    }

    #[test]
    fn counts_of_visits_add_up(seed in any::<u64>(), size in 0..12_usize) {
        let (protocol, record, as_of) = made(&mut Dice::new(seed), size);
        let counted = visits(protocol, &record, as_of);
        let seen = record.sessions.iter().filter(|fact| {
            !fact.entered_in_error && (fact.content.date <= as_of || fact.content.state == SessionState::Planned)
        });
        let states =
            [counted.planned, counted.overdue_planned, counted.attended, counted.cancelled, counted.no_show];
        prop_assert_eq!(states.iter().sum::<u32>() as usize, seen.count());
        prop_assert_eq!(counted.weeks.iter().map(|week| u32::from(week.prescribed)).sum::<u32>(), counted.prescribed);
        prop_assert!(counted.weeks.iter().map(|week| u32::from(week.attended)).sum::<u32>() <= counted.attended);
        prop_assert!(counted.weeks.iter().all(|week| week.prescribed <= 7));
        let percent = |share: Option<Thousandths>| share.is_none_or(|share| (0..=100_000).contains(&share.0));
        prop_assert!(percent(counted.adherence_percent));
        prop_assert!(counted.focus.iter().all(|area| percent(area.share_percent)));
        prop_assert!(counted.behind <= 14);
    }

    #[test]
    fn each_series_has_one_baseline_and_marks_that_fit_its_measure(seed in any::<u64>(), size in 0..8_usize) {
        let (protocol, record, as_of) = made(&mut Dice::new(seed), size);
        for series in trends(protocol, &record, as_of).series {
            let measure = series.measure.measure();
            prop_assert_eq!(series.points.iter().filter(|point| point.mark == Mark::Baseline).count(), 1);
            prop_assert!(series.points.is_sorted_by_key(|point| point.date));
            for point in &series.points {
                let is_number = matches!(measure.shape, Shape::Number { .. });
                let fits = match point.mark {
                    Mark::Baseline => true,
                    Mark::NotComparable => measure.by_tester,
                    Mark::ErrorNotPublished => is_number && measure.detectable.is_none(),
                    Mark::NoDetectableChange | Mark::BetterDetectable | Mark::WorseDetectable => {
                        measure.detectable.is_some()
                    }
                    Mark::BetterMeaningful | Mark::WorseMeaningful => measure.meaningful.is_some(),
                    Mark::Unchanged | Mark::ChangedForBetter | Mark::ChangedForWorse => !is_number,
                };
                prop_assert!(fits, "{} {:?}", measure.code, point.mark);
                // What is compared where the hand matters is of one tester.
                let compared = series.points.iter().filter(|first| Some(first.date) == point.compared_with);
                let mut of_tester = compared.filter(|first| !measure.by_tester || first.tester == point.tester);
                prop_assert_eq!(of_tester.next().is_some(), point.compared_with.is_some());
                prop_assert!(!point.plateau || measure.detectable.is_some());
                prop_assert!(point.date <= as_of && point.date >= record.plan.content.start_date);
            }
        }
    }

    #[test]
    fn differences_mirror_each_other_and_miss_nothing(seed in any::<u64>(), size in 0..8_usize) {
        let mut dice = Dice::new(seed);
        let (protocol, record, as_of) = made(&mut dice, size);
        let one = recommend(protocol, &record, as_of);
        let mut changed = record;
        // One fact less makes a recommendation that differs in little, or in nothing.
        match dice.below(3) {
            0 => changed.assessments.pop().map(|_| ()),
            1 => changed.sessions.pop().map(|_| ()),
            _ => changed.decisions.pop().map(|_| ()),
        };
        let other = recommend(protocol, &changed, as_of);
        prop_assert_eq!(differences(&one, &one), []);
        prop_assert!(!advice_differs(&one, &one));
        let (there, back) = (differences(&one, &other), differences(&other, &one));
        let mirrored = |direction| match direction {
            Direction::Advances => Direction::HoldsBack,
            Direction::HoldsBack => Direction::Advances,
            Direction::Neither => Direction::Neither,
        };
        let mut forward: Vec<_> = there.iter().map(|d| (&d.path, &d.before, &d.after, d.direction)).collect();
        let mut mirror: Vec<_> = back.iter().map(|d| (&d.path, &d.after, &d.before, mirrored(d.direction))).collect();
        forward.sort();
        mirror.sort();
        prop_assert_eq!(forward, mirror);
        prop_assert_eq!(advice_differs(&one, &other), advice_differs(&other, &one));
        prop_assert!(!advice_differs(&one, &other) || !there.is_empty());
        if there.is_empty() {
            prop_assert_eq!(compared(&one), compared(&other));
        } else {
            prop_assert_ne!(sha256_of_output(&one), sha256_of_output(&other));
        }
    }
}
