//! Paths in words: what comes first, what is told as one thing, and what a path supposes.

use taper_api::v1::counterfactual_change::Change;
use taper_api::v1::seen_value::Value;
use taper_api::v1::{
    ActivityKind, ActivityNeeded, CounterfactualChange, CounterfactualPath, CriterionResult, MeasureChangeNeeded,
    Recommendation, SeenValue, Verdict, WhyUnknown,
};

use super::super::changes::{change, path};
use super::{date, held_by, shorter, visit};

#[test]
fn what_must_be_measured_first_is_told_as_such_and_long_sets_are_cut() {
    let mut needed = shorter(6.0, 3.0);
    if let Some(Change::Measure(measure)) = &mut needed.change {
        measure.why_unknown = WhyUnknown::Missing.into();
        measure.tester.clear();
    }
    let advice = Recommendation::default();
    assert_eq!(change(&advice, &needed), "length of the painful area at most 3 cm (measure it first)");
    let code = SeenValue { value: Some(Value::Code("equal_painful".to_owned())) };
    let judged = MeasureChangeNeeded {
        measure: "manual_resistance_90".to_owned(),
        comparator: "<=".to_owned(),
        needed: Some(code),
        ..Default::default()
    };
    let judged = CounterfactualChange { change: Some(Change::Measure(judged)), ..Default::default() };
    assert_eq!(change(&advice, &judged), "manual resistance at 90 degrees equal painful or better");
    let long = CounterfactualPath { changes: vec![visit(30); 9], earliest_date: date(3, 30) };
    let told = path(&advice, &long, 6);
    assert!(told.starts_with("from 2026-03-30: one more visit attended; and "), "{told}");
    assert!(told.ends_with("; and 3 more changes"), "{told}");
}

#[test]
fn a_clearance_is_told_before_what_may_only_be_done_after_it() {
    let cleared = CounterfactualChange {
        date: date(3, 30),
        change: Some(Change::ReferralRuleId("RF-AVULSION".to_owned())),
        ..Default::default()
    };
    let both = CounterfactualPath { changes: vec![visit(30), cleared], earliest_date: date(3, 30) };
    let told = path(&Recommendation::default(), &both, 6);
    assert_eq!(told, "from 2026-03-30: the referral for RF-AVULSION cleared; and one more visit attended");
}

#[test]
fn a_chain_is_told_by_date() {
    let on = |day: i32, change: Change| CounterfactualChange {
        date: date(3, day),
        change: Some(change),
        ..Default::default()
    };
    let changes = vec![visit(30), on(30, Change::ReferralRuleId("RF-AVULSION".to_owned())), on(24, Change::Phase(3))];
    let chain = CounterfactualPath { changes, earliest_date: date(3, 30) };
    assert_eq!(
        path(&Recommendation::default(), &chain, 6),
        "from 2026-03-30: on 2026-03-24, phase 3 decided first; and on 2026-03-30, the referral for RF-AVULSION cleared; \
         and one more visit attended"
    );
}

#[test]
fn what_is_too_old_by_then_tells_the_value_all_the_same() {
    let mut needed = shorter(6.0, 3.0);
    if let Some(Change::Measure(measure)) = &mut needed.change {
        measure.why_unknown = WhyUnknown::TooOld.into();
        measure.tester.clear();
    }
    let ahead = Recommendation { as_of: date(3, 23), ..Default::default() };
    let told = change(&ahead, &needed);
    assert_eq!(told, "length of the painful area at most 3 cm (now 6 cm, too old by then: measure it again)");
    // On the day itself, and where the rule that waits for it says so today, nothing is still to come.
    let is_told = "length of the painful area at most 3 cm (now 6 cm, too old: measure it again)";
    assert_eq!(change(&Recommendation { as_of: date(3, 24), ..Default::default() }, &needed), is_told);
    let old = CriterionResult {
        measure: "palpation_length_cm".to_owned(),
        verdict: Verdict::Unknown.into(),
        why_unknown: WhyUnknown::TooOld.into(),
        ..Default::default()
    };
    let rules = held_by(Verdict::Unknown, vec![old]).rules;
    let today = Recommendation { rules, ..ahead };
    assert!(change(&today, &needed).contains("too old by then"), "another rule waits for it");
    needed.rule_ids.push("OWN".to_owned());
    assert_eq!(change(&today, &needed), is_told);
}

/// An answer of the screen that is needed on a day.
fn answer(day: i32, measure: &str, why: WhyUnknown, present: Option<bool>) -> CounterfactualChange {
    let finding = |is: bool| SeenValue { value: Some(Value::Finding(is)) };
    let needed = MeasureChangeNeeded {
        measure: measure.to_owned(),
        present: present.map(finding),
        why_unknown: why.into(),
        comparator: "=".to_owned(),
        needed: Some(finding(false)),
        ..Default::default()
    };
    CounterfactualChange { date: date(3, day), change: Some(Change::Measure(needed)), ..Default::default() }
}

#[test]
fn the_answers_of_the_screen_are_told_as_one_thing_before_the_rest() {
    let advice = Recommendation { as_of: date(3, 24), ..Default::default() };
    let changes = vec![
        shorter(6.0, 3.0),
        answer(24, "red_flag_chest_pain", WhyUnknown::Missing, None),
        answer(24, "red_flag_pop", WhyUnknown::TooOld, Some(false)),
        answer(24, "palpable_gap", WhyUnknown::NotMeasured, None),
    ];
    let told = path(&advice, &CounterfactualPath { changes, earliest_date: date(3, 24) }, 4);
    assert_eq!(
        told,
        "from 2026-03-24: complete the red-flag screen (3 answers), with no red flag found; and length of the painful \
         area at most 3 cm (now 6 cm), by the same tester"
    );
}

#[test]
fn an_answer_that_speaks_for_a_red_flag_is_told_by_itself() {
    for why in [WhyUnknown::Unspecified, WhyUnknown::TooOld] {
        let changes = vec![answer(24, "red_flag_chest_pain", why, Some(true))];
        let told = path(&Recommendation::default(), &CounterfactualPath { changes, earliest_date: date(3, 24) }, 4);
        assert!(told.starts_with("from 2026-03-24: chest pain absent (now present"), "{told}");
    }
}

#[test]
fn a_path_with_activities_supposes_that_the_therapist_allows_them() {
    let training = |day| {
        let needed = ActivityNeeded { activity: ActivityKind::FullTraining.into(), ..Default::default() };
        CounterfactualChange { date: date(3, day), change: Some(Change::Activity(needed)), ..Default::default() }
    };
    let told = |changes: Vec<CounterfactualChange>| {
        path(&Recommendation::default(), &CounterfactualPath { changes, earliest_date: date(3, 30) }, 4)
    };
    assert!(
        told(vec![training(24), visit(30)]).starts_with(
            "from 2026-03-30, if the therapist allows this activity: on 2026-03-24, full training with pain"
        )
    );
    assert!(told(vec![training(24), training(25)]).contains(", if the therapist allows these activities: "));
    assert!(!told(vec![visit(30)]).contains("allows"));
}
