//! Facts that follow from the course: setbacks, lost gates, weekly visits at the gate of discharge, the degree.

use taper_core::recommendation::Verdict;
use taper_core::record::plan::Phase;

use crate::document::{Story, protocol, rule};
use crate::facts::{check_number, number, verdict};

const REGRESS: &str = r#"{ measure = "pain_worst_24h", op = ">=", value = 5, unit = "{NPRS}", since_phase = true }"#;

#[test]
fn a_setback_starts_the_clock_again_and_holds_the_visits() {
    let rules = format!(
        "{}{}",
        rule("BACK", r#"{ kind = "regress", to = "previous" }"#, REGRESS),
        rule(
            "CLOCK",
            r#"{ kind = "flag", item = "known_code" }"#,
            r#"{ all = [{ fact = "hours_since_onset_or_flare", op = ">=", value = 72, unit = "h" }, { fact = "days_since_regress", op = ">=", value = 7, unit = "d" }] }"#
        ),
    );
    let protocol = protocol(&rules);
    let verdicts = |story: &Story, on: i64| {
        let advice = story.advice(&protocol, on);
        let clock = advice.rules.into_iter().find(|result| result.rule_id == "CLOCK").unwrap();
        (clock.criteria[0].verdict, clock.criteria[1].verdict)
    };
    let story = Story::active(Phase::One).number(4, "pain_worst_24h", 5).number(6, "pain_worst_24h", 1);
    assert_eq!(verdicts(&story, 6), (Verdict::Unmet, Verdict::Unmet));
    assert_eq!(verdicts(&story, 7), (Verdict::Met, Verdict::Unmet));
    assert_eq!(verdicts(&story, 10), (Verdict::Met, Verdict::Unmet));
    assert_eq!(verdicts(&story, 11), (Verdict::Met, Verdict::Met));
    // Other values of later days do not make the setback later.
    let rested = Story::active(Phase::One).number(4, "pain_worst_24h", 5).number(7, "pain_rest", 0).visit(7, |_| {});
    assert_eq!(verdicts(&rested, 7), (Verdict::Met, Verdict::Unmet));
    // A setback that may have been makes both UNKNOWN for as long.
    let unsaid = Story::active(Phase::One).not_measured(4, "pain_worst_24h").number(6, "pain_worst_24h", 1);
    assert_eq!(verdicts(&unsaid, 6), (Verdict::Unknown, Verdict::Unknown));
    assert_eq!(verdicts(&unsaid, 11), (Verdict::Met, Verdict::Met));
    assert_eq!(verdicts(&Story::active(Phase::One).number(6, "pain_worst_24h", 1), 7), (Verdict::Met, Verdict::Met));
}

#[test]
fn a_gate_is_lost_only_by_the_detectable_change() {
    let lost = |story: Story| verdict(&story, "gate_lost", "true", 9);
    let ake = |degrees: i64| Story::active(Phase::Three).number(8, "knee_extension_deficit_deg", degrees);
    // Below 10 degrees is asked for, 15 degrees can be detected.
    assert_eq!(lost(ake(24)), Verdict::Unmet);
    assert_eq!(lost(ake(25)), Verdict::Met);
    assert_eq!(
        lost(Story::active(Phase::Two).number(8, "knee_extension_deficit_deg", 25)),
        Verdict::Unmet,
        "not yet passed"
    );
    assert_eq!(lost(Story::active(Phase::Three).not_measured(8, "knee_extension_deficit_deg")), Verdict::Unknown);
    assert_eq!(lost(Story::active(Phase::Three)), Verdict::Unmet);
    // Strength has no published detectable change: it cannot be lost.
    assert_eq!(lost(Story::active(Phase::Four).number(8, "strength_outer_percent", 10)), Verdict::Unmet);
}

#[test]
fn discharge_visits_are_weekly_and_in_a_row() {
    let ready = |story: Story, on: i64| story.finding(on, "athlete_ready", true).visit(on, |_| {});
    let count =
        |story: &Story, on: i64, expected: i64| check_number(story, "discharge_visits", "{count}", on, expected);
    let two = ready(ready(Story::active(Phase::Four), 10), 16);
    count(&two, 16, 2);
    count(&ready(ready(Story::active(Phase::Four), 11), 16), 16, 1);
    let broken = ready(ready(Story::active(Phase::Four), 10).finding(13, "athlete_ready", false).visit(13, |_| {}), 20);
    count(&broken, 20, 1);
    let unsaid = Story::active(Phase::Four).visit(10, |_| {});
    assert_eq!(ready(unsaid, 16).criterion(&number("discharge_visits", "{count}"), 16).verdict, Verdict::Unknown);
    let gate = r#"{ fact = "phase_gate_met", op = "=", value = true }"#;
    assert_eq!(two.criterion(gate, 16).verdict, Verdict::Met);
    assert_eq!(two.finding(17, "athlete_ready", false).criterion(gate, 17).verdict, Verdict::Unmet);
}

#[test]
fn the_degree_follows_from_the_first_grade_rule_that_is_met() {
    let rules = [
        rule(
            "GR-2",
            r#"{ kind = "grade", system = "ake", grade = "III", degree = "third", order = 2 }"#,
            r#"{ measure = "knee_extension_deficit_deg", op = ">=", value = 20, unit = "deg", days = [2, 5] }"#,
        ),
        rule(
            "GR-1",
            r#"{ kind = "grade", system = "ake", grade = "I", degree = "first", order = 1 }"#,
            r#"{ measure = "knee_extension_deficit_deg", op = "<", value = 10, unit = "deg", days = [2, 5] }"#,
        ),
        rule(
            "DEGREE",
            r#"{ kind = "flag", item = "known_code" }"#,
            r#"{ all = [{ fact = "degree", op = ">=", value = "second" }, { fact = "activity_degree", op = ">=", value = "second" }] }"#,
        ),
    ];
    let protocol = protocol(&rules.concat());
    let verdicts = |story: &Story| {
        let advice = story.advice(&protocol, 30);
        let result = advice.rules.iter().find(|result| result.rule_id == "DEGREE").unwrap();
        (advice.grade.map(|grade| grade.grade), result.criteria[0].verdict, result.criteria[1].verdict)
    };
    let ake = |on: i64, degrees: i64| Story::draft().number(on, "knee_extension_deficit_deg", degrees);
    assert_eq!(verdicts(&ake(5, 9)), (Some("I".into()), Verdict::Unmet, Verdict::Unmet));
    assert_eq!(verdicts(&ake(2, 20)), (Some("III".into()), Verdict::Met, Verdict::Met));
    assert_eq!(verdicts(&ake(6, 20)), (None, Verdict::Unknown, Verdict::Met));
}
