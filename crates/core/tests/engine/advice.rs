//! The order of advice: stop, re-think, back, discharge, on; referrals, permissions, visits, drafts.

use taper_core::protocol::Protocol;
use taper_core::recommendation::{Permission, PhaseAction, ReferralStanding, TaperAction};
use taper_core::record::codes::{ActivityKind, ClearanceOutcome, ClearedBy, Modality, PlanState};
use taper_core::record::decision::Decided;
use taper_core::record::plan::{FrequencyStep, Phase};
use taper_core::value::{VisitMinutes, VisitsPerWeek};

use crate::document::{Story, day, pain, protocol, rule};

/// Rules by id, effect and test: a stop, progress, hold, two setbacks, the ladder, and permissions.
const RULES: [(&str, &str, &str); 16] = [
    (
        "STOP",
        r#"{ kind = "refer", condition = "known_code", class = "urgent", mode = "stop", latched = true }"#,
        r#"{ measure = "palpable_gap", op = "=", value = true }"#,
    ),
    (
        "PROGRESS",
        r#"{ kind = "progress" }"#,
        r#"{ measure = "pain_worst_24h", op = "<=", value = 2, unit = "{NPRS}" }"#,
    ),
    ("HOLD", r#"{ kind = "hold" }"#, r#"{ measure = "swelling", op = ">", value = "none" }"#),
    (
        "BACK",
        r#"{ kind = "regress", to = "previous" }"#,
        r#"{ measure = "pain_activity", op = ">=", value = 5, unit = "{NPRS}", since_phase = true }"#,
    ),
    (
        "FIRST",
        r#"{ kind = "regress", to = "first" }"#,
        r#"{ measure = "gait", op = ">=", value = "limp", since_phase = true }"#,
    ),
    ("T1", r#"{ kind = "taper_start", visits_per_week_min = 2, visits_per_week_max = 3 }"#, ""),
    (
        "T2",
        r#"{ kind = "step_down", from = 3, to = 2 }"#,
        r#"{ measure = "pain_worst_24h", op = "<=", value = 3, unit = "{NPRS}" }"#,
    ),
    (
        "T3",
        r#"{ kind = "step_down", from = 2, to = 1 }"#,
        r#"{ measure = "pain_worst_24h", op = "<=", value = 1, unit = "{NPRS}" }"#,
    ),
    (
        "T4",
        r#"{ kind = "taper_discharge" }"#,
        r#"{ fact = "discharge_visits", op = ">=", value = 2, unit = "{count}" }"#,
    ),
    ("T5", r#"{ kind = "step_back" }"#, ""),
    (
        "T6",
        r#"{ kind = "re_evaluate", next = ["known_code"] }"#,
        r#"{ all = [{ fact = "visits_attended", op = ">=", value = 6, unit = "{count}" }, { measure = "lefs", stat = "fall", op = "<", value = 9, unit = "{score}" }] }"#,
    ),
    ("M1", r#"{ kind = "modality", modality = "massage", verdict = "use", pain_max = 4, areas = ["known_code"] }"#, ""),
    (
        "M2",
        r#"{ kind = "modality", modality = "massage", verdict = "block" }"#,
        r#"{ fact = "referral:known_code", op = "=", value = true }"#,
    ),
    (
        "R1",
        r#"{ kind = "activity", activity = "run", verdict = "allow", below_pain_onset = true, pain_max_setting = "pain_limit_running" }"#,
        "",
    ),
    (
        "E1",
        r#"{ kind = "activity", activity = "elliptical", verdict = "allow", minutes_max = 30 }"#,
        r#"{ measure = "gait", op = "=", value = "normal" }"#,
    ),
    ("H1", r#"{ kind = "home", item = "known_code" }"#, ""),
];

/// The gates of the small document, and these rules.
fn whole() -> Protocol {
    protocol(&RULES.map(|(id, effect, test)| rule(id, effect, test)).concat())
}

/// Everything that leads from phase 1 on, on a day.
fn good(story: Story, on: i64) -> Story {
    story
        .finding(on, "palpable_gap", false)
        .number(on, "pain_rest", 0)
        .number(on, "pain_worst_24h", 1)
        .code(on, "gait", "normal")
        .number(on, "pain_activity", 0)
        .code(on, "swelling", "none")
}

fn clearance() -> Decided {
    Decided::ClearReferral {
        rule_id: "STOP".into(),
        outcome: ClearanceOutcome::ImagingNegative,
        cleared_by: ClearedBy::Specialist,
        note: taper_core::text::Note::default(),
    }
}

fn check(story: &Story, on: i64, phase: PhaseAction, target: Option<Phase>, taper: TaperAction) {
    let advice = story.advice(&whole(), on);
    assert_eq!((advice.phase_action, advice.phase_target), (phase, target), "{:?}", advice.phase_rule_ids);
    assert_eq!(advice.taper_action, taper, "{:?}", advice.taper_rule_ids);
}

#[test]
fn when_every_gate_is_met_the_phase_goes_on() {
    let story = good(Story::active(Phase::One), 3);
    check(&story, 3, PhaseAction::Advance, Some(Phase::Two), TaperAction::Hold);
    let advice = story.advice(&whole(), 3);
    assert_eq!(advice.phase_rule_ids, ["G1", "PROGRESS"]);
}

#[test]
fn a_missing_gate_or_progress_or_screen_holds_the_phase_and_is_asked_for() {
    for missing in ["pain_rest", "pain_worst_24h", "palpable_gap"] {
        let story = good(Story::active(Phase::One), 3).not_measured(3, missing).with(|record| {
            record.assessments.retain(|fact| {
                let result = &fact.content.results[0];
                result.measure.as_str() != missing || result.value == taper_core::measure::Value::NotMeasured
            });
        });
        check(&story, 3, PhaseAction::Hold, None, TaperAction::Hold);
        let advice = story.advice(&whole(), 3);
        assert!(advice.missing.iter().any(|value| value.what == missing), "{:?}", advice.missing);
    }
}

#[test]
fn a_hold_rule_holds_when_met_or_when_its_value_was_not_measured_but_not_when_nothing_was_asked() {
    let story = good(Story::active(Phase::One), 3);
    let without = story.clone().with(|record| {
        record.assessments.retain(|fact| fact.content.results[0].measure.as_str() != "swelling");
    });
    check(&without, 3, PhaseAction::Advance, Some(Phase::Two), TaperAction::Hold);
    check(&without.clone().code(3, "swelling", "mild"), 3, PhaseAction::Hold, None, TaperAction::Hold);
    check(&without.not_measured(3, "swelling"), 3, PhaseAction::Hold, None, TaperAction::Hold);
}

#[test]
fn a_setback_goes_back_one_phase_or_to_the_first_and_one_rung_up() {
    let story = good(Story::active(Phase::Three).decide(1, Decided::TaperStep(1)), 3);
    check(
        &story.clone().number(4, "pain_activity", 5),
        4,
        PhaseAction::Regress,
        Some(Phase::Two),
        TaperAction::StepBack,
    );
    check(&story.clone().number(4, "pain_activity", 4), 4, PhaseAction::Hold, None, TaperAction::Hold);
    check(&story.clone().code(4, "gait", "limp"), 4, PhaseAction::Regress, Some(Phase::One), TaperAction::StepBack);
    let advice = story.number(4, "pain_activity", 5).advice(&whole(), 4);
    assert_eq!(advice.frequency.unwrap().visits_per_week_max, 3);
    assert_eq!(advice.phase_rule_ids, ["BACK"]);
}

#[test]
fn one_bad_value_leads_back_once() {
    let story =
        good(Story::active(Phase::Three), 3).number(4, "pain_activity", 6).decide(4, Decided::Phase(Phase::Two));
    check(&story, 5, PhaseAction::Hold, None, TaperAction::Hold);
    check(&story.number(6, "pain_activity", 5), 6, PhaseAction::Regress, Some(Phase::One), TaperAction::Hold);
}

#[test]
fn in_phase_1_a_setback_holds_and_gives_back_a_visit_once() {
    let story = good(Story::active(Phase::One).decide(1, Decided::TaperStep(1)), 3).number(4, "pain_activity", 6);
    check(&story, 4, PhaseAction::Hold, None, TaperAction::StepBack);
    assert!(story.advice(&whole(), 4).phase_rule_ids.contains(&"BACK".into()));
    check(&story.decide(4, Decided::TaperStep(0)), 5, PhaseAction::Hold, None, TaperAction::Hold);
}

#[test]
fn a_stop_comes_before_everything_and_lasts_until_it_is_cleared() {
    let story = good(Story::active(Phase::Two), 1).finding(3, "palpable_gap", true).number(3, "pain_activity", 8);
    let later = good(story, 20);
    check(&later, 20, PhaseAction::Stop, None, TaperAction::Hold);
    let advice = later.advice(&whole(), 20);
    assert_eq!(advice.referrals[0].since, Some(day(3)));
    assert_eq!(advice.referrals[0].standing, ReferralStanding::Open);
    assert!(advice.focus.is_empty() && advice.home_programme.is_empty());
    assert_eq!(advice.frequency, None);
    assert!(advice.modalities.iter().all(|advice| advice.permission == Permission::Blocked));
    assert!(advice.activities.iter().all(|advice| advice.permission == Permission::Blocked));
    let cleared = later.decide(21, clearance());
    let advice = cleared.advice(&whole(), 21);
    assert_ne!(advice.phase_action, PhaseAction::Stop);
    assert_eq!((advice.referrals[0].standing, advice.referrals[0].since), (ReferralStanding::Cleared, Some(day(3))));
    assert!(!advice.focus.is_empty() && !advice.home_programme.is_empty());
    // Only what is dated after the clearance opens it again.
    check(&cleared.clone().finding(21, "palpable_gap", true), 22, PhaseAction::Hold, None, TaperAction::StepDown);
    check(&cleared.finding(22, "palpable_gap", true), 22, PhaseAction::Stop, None, TaperAction::Hold);
}

#[test]
fn every_clearance_of_a_referral_is_told_the_oldest_first() {
    let story = Story::active(Phase::One).finding(3, "palpable_gap", true).decide(4, clearance());
    let again = story.finding(9, "palpable_gap", true);
    let told = |story: &Story, on: i64| {
        let advice = story.advice(&whole(), on);
        let referral = advice.referrals.iter().find(|referral| referral.rule_id == "STOP").cloned().unwrap();
        let clearances = referral.clearances.iter().map(|clearance| {
            assert_eq!(clearance.cleared_by, ClearedBy::Specialist);
            let decision = story.record.decisions.iter().find(|fact| fact.id == clearance.decision).unwrap();
            assert_eq!(decision.content.date, clearance.date);
            clearance.date
        });
        (referral.standing, clearances.collect::<Vec<_>>())
    };
    assert_eq!(told(&again, 3), (ReferralStanding::Open, Vec::new()));
    assert_eq!(told(&again, 4), (ReferralStanding::Cleared, vec![day(4)]));
    assert_eq!(told(&again, 9), (ReferralStanding::Open, vec![day(4)]));
    let twice = again.decide(11, clearance());
    assert_eq!(told(&twice, 10), (ReferralStanding::Open, vec![day(4)]));
    assert_eq!(told(&twice, 11), (ReferralStanding::Cleared, vec![day(4), day(11)]));
}

#[test]
fn a_clearance_stands_in_for_a_screen_for_fourteen_days() {
    let story = Story::active(Phase::One).finding(3, "palpable_gap", true).decide(4, clearance());
    let standing = |on: i64| story.advice(&whole(), on).referrals[0].standing;
    assert_eq!(standing(18), ReferralStanding::Cleared);
    assert_eq!(standing(19), ReferralStanding::CannotExclude);
}

#[test]
fn what_cannot_be_excluded_holds_progress_but_does_not_block_everything() {
    let story = good(Story::active(Phase::One), 3).with(|record| {
        record.assessments.retain(|fact| fact.content.results[0].measure.as_str() != "palpable_gap");
    });
    check(&story, 9, PhaseAction::Hold, None, TaperAction::Hold);
    let advice = story.advice(&whole(), 9);
    assert_eq!(advice.referrals[0].standing, ReferralStanding::CannotExclude);
    assert_eq!(advice.phase_rule_ids, ["STOP"]);
    assert_eq!(advice.modalities[0].permission, Permission::CheckFirst);
    assert_eq!(
        advice.activities.iter().find(|advice| advice.activity == ActivityKind::Elliptical).unwrap().permission,
        Permission::Allowed
    );
}

#[test]
fn a_case_that_does_not_respond_is_thought_over_before_visits_go_up_or_down() {
    let six = |mut story: Story| {
        for on in 1..=6 {
            story = story.visit(on, |_| {});
        }
        good(story.number(1, "lefs", 40).number(9, "lefs", 48), 9)
    };
    let story = six(Story::active(Phase::Two));
    check(&story, 9, PhaseAction::Hold, None, TaperAction::ReEvaluate);
    let advice = story.advice(&whole(), 9);
    let non_response = advice.non_response.unwrap();
    assert_eq!((non_response.visits_attended, non_response.days_since_first_visit), (6, 8));
    assert_eq!(non_response.next, ["known_code"]);
    // With a setback the phase goes back, the visits still wait for the thought, and never rise.
    let setback = six(Story::active(Phase::Two).decide(1, Decided::TaperStep(1))).number(9, "pain_activity", 7);
    check(&setback, 9, PhaseAction::Regress, Some(Phase::One), TaperAction::ReEvaluate);
    assert_eq!(setback.advice(&whole(), 9).frequency.unwrap().visits_per_week_max, 2);
    check(&story.number(10, "lefs", 49), 10, PhaseAction::Hold, None, TaperAction::StepDown);
}

#[test]
fn a_rung_lasts_seven_days_and_goes_down_by_the_rule_of_that_rung() {
    let story = good(Story::active(Phase::Two), 6).number(6, "pain_worst_24h", 3);
    check(&story, 6, PhaseAction::Hold, None, TaperAction::Hold);
    check(&story, 7, PhaseAction::Hold, None, TaperAction::StepDown);
    let advice = story.advice(&whole(), 7);
    assert_eq!((advice.taper_target.unwrap().visits_per_week.get(), advice.taper_rule_ids), (2, vec!["T2".into()]));
    let second = story.clone().decide(7, Decided::TaperStep(1)).number(13, "pain_worst_24h", 3).finding(
        13,
        "palpable_gap",
        false,
    );
    check(&second, 14, PhaseAction::Hold, None, TaperAction::Hold);
    assert_eq!(second.advice(&whole(), 14).taper_rule_ids, ["T3"]);
    check(&second.number(14, "pain_worst_24h", 1), 14, PhaseAction::Hold, None, TaperAction::StepDown);
    // A ladder that leaves out the rung between needs both rules.
    let steep = story.with(|record| {
        let step = |visits: i64| FrequencyStep {
            visits_per_week: VisitsPerWeek::new(visits).unwrap(),
            minutes: VisitMinutes::new(30).unwrap(),
        };
        record.plan.content.steps = vec![step(3), step(1)];
    });
    check(&steep, 7, PhaseAction::Hold, None, TaperAction::Hold);
    assert_eq!(steep.advice(&whole(), 7).taper_rule_ids, ["T3"]);
}

#[test]
fn discharge_follows_two_weekly_visits_in_phase_4() {
    let visit = |story: Story, on: i64| good(story, on).finding(on, "athlete_ready", true).visit(on, |_| {});
    let story = visit(visit(Story::active(Phase::Four).decide(0, Decided::TaperStep(2)), 10), 17);
    check(&story, 17, PhaseAction::Discharge, None, TaperAction::Discharge);
    check(
        &story.clone().number(17, "pain_activity", 5),
        17,
        PhaseAction::Regress,
        Some(Phase::Three),
        TaperAction::StepBack,
    );
    let discharged = story.decide(17, Decided::Discharge);
    let advice = discharged.advice(&whole(), 18);
    assert_eq!((advice.phase, advice.discharged, advice.plan_state), (None, true, PlanState::Completed));
    assert_eq!((advice.phase_action, advice.taper_action, advice.step), (PhaseAction::Hold, TaperAction::Hold, None));
    assert_eq!(discharged.advice(&whole(), 16).plan_state, PlanState::Active);
}

#[test]
fn a_draft_is_told_the_highest_phase_whose_gates_are_met() {
    let entry = |story: Story| {
        let advice = story.advice(&whole(), 3);
        assert_eq!((advice.phase, advice.plan_state), (None, PlanState::Draft));
        (advice.entry_phase.unwrap(), advice.phase_action, advice.phase_rule_ids)
    };
    let (phase, action, _) = entry(Story::draft());
    assert_eq!((phase, action), (Phase::One, PhaseAction::Hold));
    let story = good(Story::draft(), 3).number(3, "knee_extension_deficit_deg", 12);
    assert_eq!(entry(story.clone()), (Phase::Two, PhaseAction::Hold, vec!["G2".into()]));
    let story = story.number(3, "strength_outer_percent", 90);
    assert_eq!(entry(story.clone()).0, Phase::Two, "the gate of phase 2 is not met");
    let stopped = story.finding(3, "palpable_gap", true).advice(&whole(), 3);
    assert_eq!((stopped.phase_action, stopped.phase_rule_ids), (PhaseAction::Stop, vec!["STOP".into()]));
    assert_eq!((stopped.entry_phase, stopped.frequency), (None, None), "nothing begins under a stop");
}

#[test]
fn running_needs_a_staged_test_and_stays_below_the_onset_of_pain() {
    let run = |story: &Story, on: i64| {
        let advice = story.advice(&whole(), on);
        advice.activities.into_iter().find(|advice| advice.activity == ActivityKind::Run).unwrap()
    };
    let story = good(Story::active(Phase::Four), 3);
    assert_eq!(run(&story, 3).permission, Permission::CheckFirst);
    let tested = story.number(3, "pain_onset_speed_kmh", 9);
    let advice = run(&tested, 17);
    assert_eq!((advice.permission, advice.limits.pain_max), (Permission::Allowed, Some(2)));
    assert_eq!(advice.limits.speed_kmh_below.map(|speed| speed.0), Some(9_000));
    assert_eq!(run(&tested, 18).permission, Permission::CheckFirst, "the test is older than 14 days");
}

#[test]
fn facts_entered_in_error_or_dated_later_are_not_seen() {
    let story = good(Story::active(Phase::One), 3);
    let wrong = story.clone().finding(3, "palpable_gap", true).with(|record| {
        record.assessments.last_mut().unwrap().entered_in_error = true;
    });
    let later = story.clone().finding(4, "palpable_gap", true).visit(4, |visit| visit.pain_after = Some(pain(9)));
    let expected = story.advice(&whole(), 3);
    assert_eq!(wrong.advice(&whole(), 3), expected);
    assert_eq!(later.advice(&whole(), 3), expected);
}

#[test]
fn minutes_of_the_focus_sum_to_the_visit() {
    let advice = good(Story::active(Phase::One), 3).advice(&whole(), 3);
    let minutes: Vec<u16> = advice.focus.iter().map(|focus| focus.minutes).collect();
    assert_eq!(minutes, [18, 12]);
    assert_eq!(
        advice.modalities.iter().find(|advice| advice.modality == Modality::Massage).unwrap().limits.areas,
        ["known_code"]
    );
}
