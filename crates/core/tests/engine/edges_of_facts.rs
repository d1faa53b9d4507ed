//! Facts at their edges: what is shown as a bound, what was asked for, what is too old, and what the record does not see.

use taper_core::decide::{ADVISED, Fault, decide};
use taper_core::measure::MeasureCode;
use taper_core::protocol::Protocol;
use taper_core::recommendation::{PhaseAction, Seen, Verdict, WhyUnknown};
use taper_core::record::codes::{ActivityKind, Area};
use taper_core::record::decision::Decided;
use taper_core::record::plan::{FocusShare, Phase};
use taper_core::text::Note;
use taper_core::value::{Minutes, Percent, Thousandths};

use crate::document::{GATES, HEAD, Story, document, pain, protocol, rule};
use crate::facts::{check_number, number, verdict};

const FLAG: &str = r#"{ kind = "flag", item = "known_code" }"#;
const AKE: &str = "knee_extension_deficit_deg";

fn why(story: &Story, fact: &str, unit: &str, on: i64) -> Option<WhyUnknown> {
    story.criterion(&number(fact, unit), on).why_unknown
}

#[test]
fn a_setback_that_never_was_lies_further_back_than_the_plan() {
    let result = Story::active(Phase::Two).criterion(&number("days_since_regress", "d"), 10);
    assert_eq!(result.verdict, Verdict::Met);
    assert_eq!((result.observed, result.observed_at_least), (Some(Seen::Number(Thousandths::whole(10))), true));
}

#[test]
fn a_setback_happened_on_the_day_of_the_value_that_made_it() {
    let test = r#"{ any = [{ measure = "pain_worst_24h", op = ">=", value = 5, unit = "{NPRS}" }, { measure = "pain_rest", op = ">=", value = 5, unit = "{NPRS}" }] }"#;
    let since = rule("SINCE", FLAG, &number("days_since_regress", "d"));
    let observed = |rules: &str, story: &Story, on: i64| {
        let advice = story.advice(&protocol(rules), on);
        let of_rule = advice.rules.into_iter().find(|result| result.rule_id == "SINCE").unwrap();
        of_rule.criteria.into_iter().next().unwrap().observed
    };
    let days = |days| Some(Seen::Number(Thousandths::whole(days)));
    let rules = format!("{}{since}", rule("BACK", r#"{ kind = "regress", to = "previous" }"#, test));
    let story = Story::active(Phase::One).number(4, "pain_worst_24h", 6).number(6, "pain_rest", 1);
    assert_eq!(observed(&rules, &story.number(7, "pain_worst_24h", 1), 8), days(4));
    // So is a limp that was gone again.
    let limping = r#"{ fact = "not_painfree_walking", op = "=", value = true }"#;
    let limped = rule("BACK", r#"{ kind = "regress", to = "previous" }"#, limping);
    let story = Story::active(Phase::One).code(4, "gait", "limp").code(6, "gait", "normal");
    assert_eq!(observed(&format!("{limped}{since}"), &story.number(6, "pain_walking", 0), 8), days(4));
    // A lost gate is seen on the day of the value that lost it.
    let lost =
        rule("BACK", r#"{ kind = "regress", to = "previous" }"#, r#"{ fact = "gate_lost", op = "=", value = true }"#);
    let story = Story::active(Phase::Three).number(4, AKE, 30).number(6, AKE, 5);
    assert_eq!(observed(&format!("{lost}{since}"), &story, 8), days(4));
}

#[test]
fn after_the_discharge_running_is_allowed() {
    let story = Story::active(Phase::Two).decide(5, Decided::Discharge);
    assert_eq!(verdict(&story, "running_allowed", "true", 4), Verdict::Unmet);
    assert_eq!(verdict(&story, "running_allowed", "true", 6), Verdict::Met);
}

#[test]
fn a_limp_counts_as_long_as_it_is_fresh() {
    let fresh = i64::from(MeasureCode::parse("gait").unwrap().measure().fresh_days);
    let story = Story::draft().code(1, "gait", "limp");
    assert_eq!(verdict(&story, "not_painfree_walking", "true", fresh + 1), Verdict::Met);
    assert_eq!(verdict(&story, "not_painfree_walking", "true", fresh + 2), Verdict::Unknown);
    assert_eq!(verdict(&story, "not_painfree_walking", "true", fresh + 3), Verdict::Unknown);
}

#[test]
fn walking_before_the_injury_says_nothing_of_walking_after_it() {
    let walks = |story: Story, on: i64| story.code(on, "gait", "normal").number(on, "pain_walking", 0);
    let story = walks(walks(Story::draft(), -5), 4);
    let by_day = |days: i64| {
        story
            .criterion(&format!(r#"{{ fact = "painfree_walk_day", op = "<=", value = {days}, unit = "d" }}"#), 4)
            .verdict
    };
    assert_eq!((by_day(4), by_day(3)), (Verdict::Met, Verdict::Unknown));
}

#[test]
fn what_was_asked_for_and_not_told_is_said_to_be_not_measured() {
    let untold = |story: Story, on: i64| {
        story.activity(on, ActivityKind::Elliptical, |activity| activity.minutes = Some(Minutes::new(20).unwrap()))
    };
    let untold = untold(untold(Story::active(Phase::Four), 4), 5);
    assert_eq!(why(&untold, "crosstraining_clean_days", "{count}", 6), Some(WhyUnknown::NotMeasured));
    let unready = Story::active(Phase::Four).not_measured(10, "athlete_ready").visit(10, |_| {});
    let unready = unready.finding(16, "athlete_ready", true).visit(16, |_| {});
    assert_eq!(why(&unready, "discharge_visits", "{count}", 16), Some(WhyUnknown::NotMeasured));
    let half = Story::draft().number(1, "pain_activity", 1).not_measured(4, "pain_activity");
    let half = half.activity(4, ActivityKind::Run, |run| run.pain_during = Some(pain(2)));
    assert_eq!(why(&half, "pain_in_activity", "{NPRS}", 4), Some(WhyUnknown::NotMeasured));
}

#[test]
fn an_activity_entered_in_error_is_not_seen() {
    let story = Story::draft().activity(3, ActivityKind::Walk, |walk| walk.pain_during = Some(pain(4)));
    check_number(&story, "pain_in_activity", "{NPRS}", 3, 4);
    let wrong = story.with(|record| record.activities[0].entered_in_error = true);
    assert_eq!(why(&wrong, "pain_in_activity", "{NPRS}", 3), Some(WhyUnknown::Missing));
}

/// The small document with another gate of phase 2.
fn gated_by(test: &str) -> Protocol {
    let asked = r#"{ measure = "knee_extension_deficit_deg", op = "<", value = 10, unit = "deg" }"#;
    assert!(GATES.contains(asked));
    let lost = rule("LOST", FLAG, r#"{ fact = "gate_lost", op = "=", value = true }"#);
    let text = format!("{HEAD}{}{lost}", GATES.replace(asked, test));
    Protocol::parse(&text, &[]).unwrap_or_else(|fault| panic!("{fault}"))
}

fn is_lost(protocol: &Protocol, story: &Story) -> bool {
    let advice = story.advice(protocol, 9);
    let lost = advice.rules.iter().find(|result| result.rule_id == "LOST").unwrap();
    assert_ne!(lost.verdict, Verdict::Unknown);
    lost.verdict == Verdict::Met
}

#[test]
fn a_gate_is_lost_by_the_detectable_change_on_the_far_side_of_its_threshold() {
    // 15 degrees can be detected.
    let check = |op: &str, threshold: i64, kept: &[i64], lost: &[i64]| {
        let test = format!(r#"{{ measure = "{AKE}", op = "{op}", value = {threshold}, unit = "deg" }}"#);
        let protocol = gated_by(&test);
        for value in kept.iter().chain(lost) {
            let story = Story::active(Phase::Three).number(8, AKE, *value);
            assert_eq!(is_lost(&protocol, &story), lost.contains(value), "{value} {op} {threshold}");
        }
    };
    check("<", 10, &[24], &[25]);
    check("<=", 10, &[24], &[25]);
    check(">", 30, &[16], &[15]);
    check(">=", 30, &[60, 16], &[15]);
    check("=", 30, &[30, 44], &[45, 15]);
    check("!=", 30, &[30, 45], &[]);
}

#[test]
fn a_gate_of_a_finding_or_a_code_is_lost_as_soon_as_it_fails() {
    let gap =
        |op: &str, value: bool| gated_by(&format!(r#"{{ measure = "palpable_gap", op = "{op}", value = {value} }}"#));
    let found = |present| Story::active(Phase::Three).finding(8, "palpable_gap", present);
    for protocol in [gap("=", false), gap("!=", true)] {
        assert!(is_lost(&protocol, &found(true)));
        assert!(!is_lost(&protocol, &found(false)));
    }
    let gait = gated_by(r#"{ measure = "gait", op = "<=", value = "normal" }"#);
    let walks = |how| Story::active(Phase::Three).code(8, "gait", how);
    assert!(is_lost(&gait, &walks("limp")));
    assert!(!is_lost(&gait, &walks("normal")));
}

#[test]
fn a_flag_of_two_rules_is_told_once_with_both() {
    let rules = format!("{}{}", rule("A", FLAG, ""), rule("B", FLAG, ""));
    let flags = Story::draft().advice(&Protocol::parse(&document(&rules), &[]).unwrap(), 3).flags;
    assert_eq!(flags.len(), 1);
    assert_eq!(flags[0].rule_ids, ["A", "B"]);
}

#[test]
fn minutes_left_over_by_rounding_go_to_the_largest_remainders() {
    let massage = rule("M1", r#"{ kind = "modality", modality = "massage", verdict = "use" }"#, "");
    let share = |area, percent| FocusShare { area, percent: Percent::new(percent).unwrap() };
    let story = Story::active(Phase::One).with(|record| {
        record.plan.content.focus = vec![share(Area::Belly, 33), share(Area::TieIn, 33), share(Area::Calf, 34)];
    });
    let focus = story.advice(&protocol(&massage), 3).focus;
    assert_eq!(focus.iter().map(|part| part.minutes).collect::<Vec<_>>(), [10, 10, 10]);
}

#[test]
fn the_limit_that_the_clinic_chose_is_the_one_that_is_stated() {
    let stated = |story: &Story| {
        let advice = story.advice(&protocol(""), 3);
        advice.rules.iter().find(|result| result.rule_id == "G1").unwrap().criteria[0].threshold.clone()
    };
    let story = Story::active(Phase::One);
    assert_eq!(stated(&story), [Seen::Number(Thousandths::whole(2))]);
    let chosen = story.with(|record| record.plan.content.policy.pain_limit = Some(pain(3)));
    assert_eq!(stated(&chosen), [Seen::Number(Thousandths::whole(3))]);
}

#[test]
fn what_can_be_asked_is_missing_and_what_follows_from_it_is_not() {
    let of_age = r#"{ fact = "patient_age_years", op = ">=", value = 18, unit = "a" }"#;
    let on_step = rule("STEP", FLAG, &number("days_on_step", "d"));
    let rules = format!("{}{on_step}", rule("AGE", FLAG, of_age));
    let missing = Story::draft().advice(&protocol(&rules), 3).missing;
    let is_asked = |what: &str| missing.iter().any(|value| value.what == what);
    assert!(is_asked("patient_age_years") && is_asked("pain_rest"));
    assert!(!is_asked("days_on_step"), "it follows from the decisions");
}

#[test]
fn a_notice_is_told_while_its_rule_is_met() {
    let limping = r#"{ measure = "gait", op = "=", value = "limp" }"#;
    let notice = r#"{ kind = "modality", modality = "massage", verdict = "notice", notices = ["known_code"] }"#;
    let massage = rule("M1", r#"{ kind = "modality", modality = "massage", verdict = "use" }"#, "");
    let protocol = protocol(&format!("{massage}{}", rule("M2", notice, limping)));
    let notices = |gait: &str| {
        let advice = Story::active(Phase::One).code(3, "gait", gait).advice(&protocol, 3);
        advice.modalities[0].notices.len()
    };
    assert_eq!((notices("limp"), notices("normal")), (1, 0));
}

#[test]
fn a_phase_none_of_whose_gates_applies_is_held() {
    let gate = "effect = { kind = \"gate\", phase = 1 }\n";
    let of_others = GATES.replace(gate, &format!("{gate}when = {{ presentation = [\"persistent\"] }}\n"));
    assert_ne!(of_others, GATES);
    let protocol = Protocol::parse(&format!("{HEAD}{of_others}{}", rule("A", FLAG, "")), &[]);
    let advice = Story::active(Phase::One).number(3, "pain_rest", 0).advice(&protocol.unwrap(), 3);
    assert_eq!((advice.phase_action, advice.phase_target), (PhaseAction::Hold, None));
}

#[test]
fn the_rule_of_discharge_is_looked_at_in_phase_4_and_on_the_last_rung() {
    let rules = rule("T4", r#"{ kind = "taper_discharge" }"#, &number("visits_attended", "{count}"));
    let looked_at = |story: Story| {
        let advice = story.advice(&protocol(&rules), 3);
        advice.rules.iter().any(|result| result.rule_id == "T4")
    };
    assert!(!looked_at(Story::draft()));
    assert!(!looked_at(Story::active(Phase::One)));
    assert!(looked_at(Story::active(Phase::One).decide(1, Decided::TaperStep(2))));
    assert!(looked_at(Story::active(Phase::Four)));
}

#[test]
fn fewer_visits_than_advised_are_answered_with_the_advice() {
    let small = protocol("");
    let advice = Story::active(Phase::Two).advice(&small, 3);
    let judged = decide(&advice, &small.ladder.steps, &Decided::TaperStep(1), None, &Note::default());
    let Err(Fault::ReasonNeeded(named)) = judged else { panic!("{judged:?}") };
    let told: Vec<_> = named.iter().map(|fault| (fault.kind, fault.message.as_str())).collect();
    assert_eq!(told, [(ADVISED, "the advice for the visits is HOLD")]);
}
