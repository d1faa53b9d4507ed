//! Advice in words: a stop first, what is enough, what stands apart.

use taper_api::v1::{ActivityAdvice, FrequencyAdvice, ModalityAdvice, ReferralClass};

use super::*;

fn text_of(advice: &Recommendation, label: &str) -> String {
    let found = lines(advice).into_iter().find(|line| line.label == label);
    found.map(|line| line.text).unwrap_or_default()
}

#[test]
fn the_phase_is_told_with_its_action_and_target() {
    let advice =
        Recommendation { phase: 2, phase_action: PhaseAction::Advance.into(), phase_target: 3, ..Default::default() };
    assert_eq!(text_of(&advice, "Phase"), "2 (restore range of motion): ADVANCE to 3 (restore muscle function)");
}

#[test]
fn a_draft_shows_the_phase_that_the_findings_fit() {
    let advice = Recommendation { entry_phase: 2, phase_action: PhaseAction::Hold.into(), ..Default::default() };
    assert_eq!(text_of(&advice, "Phase"), "not started; the findings fit a start in 2 (restore range of motion): HOLD");
}

#[test]
fn a_step_down_shows_both_rungs_and_the_advised_range() {
    let rung = |count| Some(Rung { session_count_per_week: count, minutes: 30 });
    let frequency =
        FrequencyAdvice { session_count_per_week_min: 1, session_count_per_week_max: 2, ..Default::default() };
    let advice = Recommendation {
        rung: rung(3),
        taper_action: TaperAction::StepDown.into(),
        taper_target: rung(2),
        frequency: Some(frequency),
        ..Default::default()
    };
    assert_eq!(text_of(&advice, "Visits"), "3 a week, 30 min: STEP DOWN to 2 a week, 30 min (advised: 1 to 2 a week)");
}

#[test]
fn an_open_stop_comes_first_and_a_cleared_referral_is_left_out() {
    let referral = |standing: ReferralStanding| ReferralAdvice {
        rule_id: "RF-AVULSION".to_owned(),
        condition: "avulsion".to_owned(),
        referral_class: ReferralClass::Urgent.into(),
        mode: ReferralMode::Stop.into(),
        standing: standing.into(),
        ..Default::default()
    };
    let open = Recommendation { referrals: vec![referral(ReferralStanding::Open)], ..Default::default() };
    let first = lines(&open).remove(0);
    assert_eq!(first.text, "RF-AVULSION urgent, avulsion: open; STOPS the treatment until it is cleared");
    let cleared = Recommendation { referrals: vec![referral(ReferralStanding::Cleared)], ..Default::default() };
    assert_eq!(text_of(&cleared, "Referral"), "");
}

#[test]
fn a_stop_is_told_for_the_phase_and_the_visits_and_no_start_is_named() {
    let frequency =
        FrequencyAdvice { session_count_per_week_min: 2, session_count_per_week_max: 3, ..Default::default() };
    let draft = Recommendation {
        entry_phase: 1,
        phase_action: PhaseAction::Stop.into(),
        taper_action: TaperAction::Hold.into(),
        frequency: Some(frequency),
        ..Default::default()
    };
    assert_eq!(text_of(&draft, "Phase"), "not started: STOP, no hands-on work until the referral is cleared");
    assert_eq!(text_of(&draft, "Visits"), "none planned: STOP, no hands-on visit until the referral is cleared");
}

#[test]
fn what_cannot_be_excluded_asks_for_the_screen_and_not_for_haste() {
    let referral = ReferralAdvice {
        rule_id: "RF-AVULSION".to_owned(),
        condition: "avulsion".to_owned(),
        referral_class: ReferralClass::Urgent.into(),
        mode: ReferralMode::Stop.into(),
        standing: ReferralStanding::CannotExclude.into(),
        ..Default::default()
    };
    let advice = Recommendation { referrals: vec![referral], ..Default::default() };
    let expected = "RF-AVULSION: complete the screen: avulsion cannot be excluded; advances wait";
    assert_eq!(text_of(&advice, "Referral"), expected);
}

#[test]
fn a_hold_above_the_advised_range_says_that_fewer_visits_are_enough() {
    let frequency =
        FrequencyAdvice { session_count_per_week_min: 1, session_count_per_week_max: 2, ..Default::default() };
    let advice = Recommendation {
        rung: Some(Rung { session_count_per_week: 3, minutes: 30 }),
        taper_action: TaperAction::Hold.into(),
        frequency: Some(frequency),
        ..Default::default()
    };
    let expected = "3 a week, 30 min: HOLD (advised: 1 to 2 a week; fewer visits than planned are enough)";
    assert_eq!(text_of(&advice, "Visits"), expected);
}

#[test]
fn what_has_no_benefit_shown_stands_apart_from_what_is_plainly_allowed() {
    let modality = |modality: Modality, notices: &[&str]| ModalityAdvice {
        modality: modality.into(),
        permission: Permission::Allowed.into(),
        notices: notices.iter().map(|notice| (*notice).to_owned()).collect(),
        ..Default::default()
    };
    let modalities = vec![
        modality(Modality::Ultrasound, &["no_benefit_shown"]),
        modality(Modality::Exercise, &[]),
        modality(Modality::DryNeedling, &["no_benefit_shown", "not_routine"]),
    ];
    let advice = Recommendation { modalities, ..Default::default() };
    let expected = "allowed: exercise; allowed, no benefit shown: ultrasound, dry needling";
    assert_eq!(text_of(&advice, "Modalities"), expected);
}

#[test]
fn the_running_ceiling_is_told() {
    let run = ActivityAdvice {
        activity: ActivityKind::Run.into(),
        permission: Permission::Allowed.into(),
        limits: Some(Limits { speed_below_kmh: Some(9.0), ..Default::default() }),
        ..Default::default()
    };
    let advice = Recommendation { activities: vec![run], ..Default::default() };
    assert_eq!(text_of(&advice, "Running"), "allowed, below 9 km/h");
}
