//! The course in words: red flags, what a change is worth and by whom, a plateau, what did not help, and overrides.

use taper_api::v1::seen_value::Value;
use taper_api::v1::{ChangeMark, Modality, OverrideCount, SeenValue, TrendPoint, TrendSeries};

use super::*;

fn date(day: i32) -> Option<Date> {
    Some(Date { year: 2026, month: 3, day })
}

/// A value by tester `a`, unless it is said otherwise.
fn point(day: i32, value: impl Into<Seen>, mark: ChangeMark) -> TrendPoint {
    TrendPoint {
        date: date(day),
        value: Some(SeenValue { value: Some(value.into().0) }),
        mark: mark.into(),
        tester: "a".to_owned(),
        ..Default::default()
    }
}

struct Seen(Value);

impl From<f64> for Seen {
    fn from(number: f64) -> Self {
        Self(Value::Number(number))
    }
}

impl From<bool> for Seen {
    fn from(present: bool) -> Self {
        Self(Value::Finding(present))
    }
}

impl From<&str> for Seen {
    fn from(code: &str) -> Self {
        Self(Value::Code(code.to_owned()))
    }
}

fn by(tester: &str, point: TrendPoint) -> TrendPoint {
    TrendPoint { tester: tester.to_owned(), ..point }
}

/// Compared with the value of a day.
fn against(day: i32, change: f64, point: TrendPoint) -> TrendPoint {
    TrendPoint { compared_with_date: date(day), change_from_baseline: Some(change), ..point }
}

fn series(measure: &str, unit: &str, points: Vec<TrendPoint>) -> TrendSeries {
    TrendSeries { measure: measure.to_owned(), unit: unit.to_owned(), points, ..Default::default() }
}

/// Pain that rose in between, in a plateau at the end.
fn pain() -> TrendSeries {
    let points = vec![
        point(2, 6.0, ChangeMark::Baseline),
        against(2, 2.0, point(9, 8.0, ChangeMark::WorseMeaningful)),
        against(2, -1.0, by("b", point(16, 5.0, ChangeMark::NoDetectableChange))),
    ];
    let plateau_since_date = date(9);
    TrendSeries { detectable_change: Some(1.77), plateau_since_date, ..series("pain_worst_24h", "{NPRS}", points) }
}

/// The extension deficit by two testers, and by one who is not named.
fn deficit() -> TrendSeries {
    let points = vec![
        point(2, 40.0, ChangeMark::Baseline),
        by("b", point(9, 20.0, ChangeMark::NotComparable)),
        against(2, -20.0, point(16, 20.0, ChangeMark::BetterDetectable)),
        against(9, 5.0, by("b", point(16, 25.0, ChangeMark::NoDetectableChange))),
        by("", point(20, 5.0, ChangeMark::NotComparable)),
    ];
    TrendSeries { detectable_change: Some(15.0), ..series("knee_extension_deficit_deg", "deg", points) }
}

fn of(series: Vec<TrendSeries>) -> Trends {
    Trends { as_of: date(20), series, ..Default::default() }
}

fn text(trends: &Trends) -> String {
    told(Paper::plain().as_wide_as(100), trends, false)
}

fn every_value(trends: &Trends) -> String {
    told(Paper::plain().as_wide_as(100), trends, true)
}

#[track_caller]
fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
}

#[test]
fn a_number_takes_one_row_with_what_its_change_is_worth_and_a_setback_between_is_not_hidden() {
    let parts = [
        "Numbers: first, latest, and what the change is worth\n",
        "  worst pain in 24 hours  6/10 2026-03-02  5/10 2026-03-16  no detectable change, by another tester\n",
        "    WORSE, meaningful in between: 8/10 on 2026-03-09\n",
        "    PLATEAU: no detectable change since 2026-03-09",
        "--all",
    ];
    has(&text(&of(vec![pain()])), &parts);
    let mut worse_now = pain();
    worse_now.points.truncate(2);
    let text = text(&of(vec![worse_now]));
    has(&text, &["8/10 2026-03-09  WORSE, meaningful"]);
    assert!(!text.contains("in between"), "{text}");
}

#[test]
fn with_all_each_value_says_in_words_what_its_change_is_worth() {
    let parts = [
        "worst pain in 24 hours\n  detectable change: 1.8 points; meaningful change: not published\n",
        "  2026-03-02  6/10             baseline              tester 1",
        "  2026-03-09  8/10  +2 points  WORSE, meaningful     tester 1, against own of 2026-03-02",
        "  2026-03-16  5/10  -1 point   no detectable change  tester 2, against tester 1",
        "  tester 1 is a; tester 2 is b\n",
        "  PLATEAU: no detectable change since 2026-03-09",
    ];
    has(&every_value(&of(vec![pain()])), &parts);
}

#[test]
fn where_the_hand_matters_each_tester_has_a_row_and_two_are_never_compared() {
    let never = "each tester's values are compared with that tester's own first\n    value, and never with another";
    let parts = [
        "  active knee           tester 1          40 deg 2026-03-02  20 deg 2026-03-16  better, detectable\n",
        "  active knee           tester 2          20 deg 2026-03-09  25 deg 2026-03-16  no detectable change\n",
        "  active knee           tester not named  5 deg 2026-03-20                      one value\n",
        never,
    ];
    has(&text(&of(vec![deficit()])), &parts);
    let parts = [
        "  2026-03-09  20 deg           not comparable        tester 2\n",
        "  2026-03-16  20 deg  -20 deg  better, detectable    tester 1, against own of 2026-03-02\n",
        "  2026-03-16  25 deg  +5 deg   no detectable change  tester 2, against own of 2026-03-09\n",
        "  2026-03-20  5 deg            not comparable        tester not named\n",
        never,
    ];
    has(&every_value(&of(vec![deficit()])), &parts);
}

#[test]
fn where_one_measured_nobody_is_named() {
    let mut series = deficit();
    series.points.retain(|point| point.tester == "a");
    for text in [text(&of(vec![series.clone()])), every_value(&of(vec![series.clone()]))] {
        assert!(!text.contains("tester"), "{text}");
    }
}

#[test]
fn findings_that_changed_are_told_with_what_became_worse_first_and_the_others_are_counted() {
    let (same, worse, better) = (ChangeMark::Unchanged, ChangeMark::ChangedForWorse, ChangeMark::ChangedForBetter);
    let first = ChangeMark::Baseline;
    let trends = of(vec![
        series("puranen_orava", "", vec![point(2, true, first), point(9, true, same), point(16, false, better)]),
        series("gait", "", vec![point(2, "normal", first), point(9, "unable", worse)]),
        series("apprehension", "", vec![point(2, false, first), point(9, true, worse), point(16, false, same)]),
        series("swelling", "", vec![point(2, "none", first), point(9, "none", same)]),
        series("quadriceps_tightness", "", vec![point(2, "mild", first), point(9, "mild", same)]),
        series("athlete_ready", "", vec![point(2, true, first)]),
        pain(),
    ]);
    let text = text(&trends);
    let parts = [
        "Findings that changed\n  gait              normal 2026-03-02, unable 2026-03-09",
        "unable 2026-03-09                      CHANGED FOR THE WORSE\n",
        "  Puranen-Orava     present 2026-03-02, absent 2026-03-16                     changed for the better\n",
        "  apprehension      absent 2026-03-02, present 2026-03-09, absent 2026-03-16  as at first\n",
        "  The same at every look: 3 findings (each with --all); not at its best: quadriceps tightness mild\n",
    ];
    has(&text, &parts);
    assert!(text.find("Numbers") < text.find("Findings that changed"), "{text}");
    assert!(!text.contains("error not published") && !text.contains("swelling"), "{text}");
    let all = every_value(&trends);
    has(&all, &["\nswelling\n  2026-03-02  none    baseline\n  2026-03-09  none    as at first\n"]);
    assert!(!all.contains("The same at every look"), "{all}");
}

#[test]
fn a_change_whose_error_is_not_published_tells_its_way_and_that_it_is_not_judged() {
    let unpublished = ChangeMark::ErrorNotPublished;
    let first = ChangeMark::Baseline;
    let two = |measure: &str, unit: &str, from: f64, to: f64| {
        series(measure, unit, vec![point(2, from, first), against(2, to - from, point(9, to, unpublished))])
    };
    let trends = of(vec![
        two("palpation_length_cm", "cm", 6.0, 0.0),
        two("pain_onset_speed_kmh", "km/h", 9.0, 17.0),
        two("palpation_length_cm", "cm", 6.0, 8.0),
        two("pain_onset_speed_kmh", "km/h", 9.0, 8.5),
        two("palpation_length_cm", "cm", 6.0, 6.0),
    ]);
    for is_all in [false, true] {
        let text = super::told(Paper::plain().as_wide_as(200), &trends, is_all);
        let ways: Vec<&str> =
            text.lines().filter_map(|line| line.split("error not published").nth(1).map(str::trim_end)).collect();
        let told = |way: &str| format!(": bare change {way}, not judged");
        assert_eq!(ways, ["better", "better", "worse", "worse", "none"].map(told), "{text}");
    }
}

#[test]
fn a_red_flag_comes_before_everything_else() {
    let flag = |measure: &str, until, since| RedFlagCourse {
        measure: measure.to_owned(),
        present_since_date: date(9),
        absent_until_date: until,
        absent_since_date: since,
    };
    let red_flags = vec![flag("red_flag_chest_pain", date(2), None), flag("red_flag_fever", None, date(16))];
    let course = NonResponseCourse { visits_attended: 9, ..Default::default() };
    let trends = Trends { red_flags, non_response: Some(course), ..of(vec![pain()]) };
    for text in [text(&trends), every_value(&trends)] {
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[1], "RED FLAG: chest pain, present since 2026-03-09; before, absent until 2026-03-02");
        assert_eq!(lines[2], "RED FLAG: fever, present from 2026-03-09, absent since 2026-03-16");
        assert!(lines[4].starts_with("NOT RESPONDING"), "{text}");
    }
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
    let one = |setback: Option<bool>, phase: Option<i32>, discharged: Option<bool>| OverrideCourse {
        date: date(2),
        reason: "clinical_judgement".to_owned(),
        rule_ids: vec!["P2-PROG-3".to_owned()],
        setback_within_21_days: setback,
        phase_after_21_days: phase,
        discharged_after_21_days: discharged,
        ..Default::default()
    };
    let overrides = vec![
        one(Some(true), Some(2), Some(false)),
        one(Some(false), Some(3), Some(false)),
        one(Some(false), None, Some(true)),
        one(None, None, None),
    ];
    let override_counts = vec![OverrideCount { rule_id: "P2-PROG-3".to_owned(), count: 4 }];
    let text = text(&Trends { overrides, override_counts, ..Default::default() });
    let parts = [
        "A SETBACK        2\n",
        "no setback       3\n",
        "no setback       discharged\n",
        "0 days are over  -\n",
        "clinical judgement",
        "P2-PROG-3 4x",
    ];
    has(&text, &parts);
}
