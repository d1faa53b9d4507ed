//! The course in words: what a change is worth, a plateau, what did not help, and overrides.

use taper_api::v1::seen_value::Value;
use taper_api::v1::{Modality, OverrideCount, SeenValue};

use super::*;

fn date(day: i32) -> Option<Date> {
    Some(Date { year: 2026, month: 3, day })
}

fn point(day: i32, value: f64, change: f64, mark: ChangeMark, tester: &str) -> TrendPoint {
    TrendPoint {
        date: date(day),
        value: Some(SeenValue { value: Some(Value::Number(value)) }),
        change_from_baseline: Some(change),
        mark: mark.into(),
        tester: tester.to_owned(),
        ..Default::default()
    }
}

fn pain(points: Vec<TrendPoint>) -> TrendSeries {
    TrendSeries {
        measure: "pain_worst_24h".to_owned(),
        unit: "{NPRS}".to_owned(),
        detectable_change: Some(2.0),
        points,
        plateau_since_date: date(9),
        ..Default::default()
    }
}

fn text(trends: &Trends) -> String {
    told(Paper::plain().as_wide_as(100), trends, false)
}

#[test]
fn each_value_says_in_words_what_its_change_is_worth() {
    let series = pain(vec![
        point(2, 6.0, 0.0, ChangeMark::Baseline, "a"),
        point(9, 5.0, -1.0, ChangeMark::NoDetectableChange, "a"),
        point(16, 8.0, 2.0, ChangeMark::WorseDetectable, "b"),
    ]);
    let text = text(&Trends { as_of: date(20), series: vec![series], ..Default::default() });
    for part in [
        "worst pain in 24 hours\n  detectable change: 2 points; meaningful change: not published\n",
        "  2026-03-02  6/10             baseline              tester 1",
        "  2026-03-09  5/10  -1 point   no detectable change  tester 1",
        "  2026-03-16  8/10  +2 points  WORSE, detectable     tester 2",
        "  PLATEAU: no detectable change since 2026-03-09",
    ] {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
}

#[test]
fn a_long_series_keeps_its_baseline_and_its_latest_values() {
    let points = (1..=20).map(|day| point(day, 5.0, 0.0, ChangeMark::NoDetectableChange, "a")).collect();
    let text = text(&Trends { series: vec![pain(points)], ..Default::default() });
    assert!(text.contains("  2026-03-01") && text.contains("  2026-03-20"), "{text}");
    assert!(!text.contains("  2026-03-05") && text.contains("(11 values more with --all)"), "{text}");
}

#[test]
fn non_response_comes_first_with_what_was_tried_at_which_dose_and_what_to_try_next() {
    let tried = TriedTreatment {
        modality: Modality::Massage.into(),
        session_count: 9,
        minutes: 270,
        minutes_per_week: Some(90.0),
        therapists: vec!["clinics/default/therapists/t".to_owned()],
        results: vec![ModalityResult::NoEffect.into(), ModalityResult::NoEffect.into(), ModalityResult::Worse.into()],
        ..Default::default()
    };
    let figure = ResponseFigure {
        measure: "pain_worst_24h".to_owned(),
        baseline: 6.0,
        baseline_date: date(2),
        latest: 6.0,
        latest_date: date(23),
    };
    let course = NonResponseCourse {
        visits_attended: 9,
        days_since_first_visit: 21,
        since_date: date(23),
        tried: vec![tried],
        next: vec!["another_technique".to_owned(), "imaging".to_owned()],
        rule_ids: vec!["T6".to_owned()],
        figures: vec![figure],
        session_count_without_treatment: 2,
    };
    let text = text(&Trends { as_of: date(23), non_response: Some(course), ..Default::default() });
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[2], "NOT RESPONDING since 2026-03-23: 9 visits in 21 days [T6]");
    assert!(text.contains("  massage  9         270 min  90 min  1           no effect 2x, worse 1x"), "{text}");
    assert!(text.contains("  2 attended sessions do not say what was done"), "{text}");
    assert!(text.contains("  worst pain in 24 hours: 6/10 (2026-03-02), now 6/10 (2026-03-23)"), "{text}");
    assert!(text.contains("  Try next   another technique, imaging"), "{text}");
}

#[test]
fn overrides_tell_how_the_case_went_on() {
    let one = |setback: Option<bool>, phase: i32| OverrideCourse {
        date: date(2),
        reason: "clinical_judgement".to_owned(),
        rule_ids: vec!["P2-PROG-3".to_owned()],
        setback_within_21_days: setback,
        phase_after_21_days: phase,
        ..Default::default()
    };
    let trends = Trends {
        overrides: vec![one(Some(true), 2), one(Some(false), 3), one(None, 0)],
        override_counts: vec![OverrideCount { rule_id: "P2-PROG-3".to_owned(), count: 3 }],
        ..Default::default()
    };
    let text = text(&trends);
    for part in ["A SETBACK        2", "no setback       3", "0 days are over  -", "clinical judgement", "P2-PROG-3 3x"]
    {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
}
