//! Which overrides are told in words as well: a table of decisions, each with its reason and with and without a note.

use super::*;

/// Against the advice with a reason: is it accepted with a note that says nothing?
#[track_caller]
fn check(advice: &Recommendation, decided: &Decided, needs_words: bool) {
    for blank in ["", "  \n"] {
        match decide(advice, &ladder(), decided, REASON, &told(blank)) {
            Err(Fault::NoteNeeded(named)) if needs_words => assert!(!named.is_empty()),
            Ok(Stance::Overrides(_)) if !needs_words => {}
            other => panic!("{decided:?} with a blank note: {other:?}"),
        }
    }
    assert!(matches!(decide(advice, &ladder(), decided, REASON, &told("x")), Ok(Stance::Overrides(_))), "{decided:?}");
    // The reason is asked for first, whatever the note says.
    let without = decide(advice, &ladder(), decided, None, &told(""));
    assert!(matches!(without, Err(Fault::ReasonNeeded(_))), "{decided:?} without a reason: {without:?}");
}

#[test]
fn an_override_of_a_hold_needs_no_words() {
    check(&hold(), &Decided::Phase(Phase::Three), false);
    check(&hold(), &Decided::TaperStep(2), false);
    check(&hold(), &Decided::Discharge, false);
    check(&hold(), &Decided::ResumeStretching, false);
}

#[test]
fn an_override_of_a_setback_is_told_in_words() {
    let regress = Recommendation { phase_action: PhaseAction::Regress, phase_target: Some(Phase::One), ..hold() };
    let step_back = Recommendation { taper_action: TaperAction::StepBack, taper_target: Some(rung(3)), ..hold() };
    for setback in [regress, step_back] {
        check(&setback, &Decided::Phase(Phase::Three), true);
        check(&setback, &Decided::TaperStep(2), true);
        check(&setback, &Decided::Discharge, true);
        check(&setback, &Decided::ResumeStretching, true);
    }
}

#[test]
fn what_follows_a_setback_needs_no_words() {
    let regress = Recommendation { phase_action: PhaseAction::Regress, phase_target: Some(Phase::One), ..hold() };
    let followed = decide(&regress, &ladder(), &Decided::Phase(Phase::One), None, &Note::default());
    assert_eq!(followed, Ok(Stance::Follows));
}

#[test]
fn an_override_of_an_open_referral_is_told_in_words() {
    let held_by = |standing| Recommendation {
        phase_rule_ids: vec!["P2-PROG-1".into(), "RF-AVULSION".into()],
        taper_rule_ids: vec!["RF-AVULSION".into()],
        referrals: vec![referral(ReferralMode::Stop, standing)],
        ..hold()
    };
    for step in [0, 2] {
        check(&held_by(ReferralStanding::Open), &Decided::TaperStep(step), true);
    }
    for other in [ReferralStanding::CannotExclude, ReferralStanding::Cleared] {
        check(&held_by(other), &Decided::Phase(Phase::Three), false);
        check(&held_by(other), &Decided::TaperStep(2), false);
    }
}

#[test]
fn a_referral_that_the_advice_does_not_rest_on_asks_for_no_words() {
    let beside =
        Recommendation { referrals: vec![referral(ReferralMode::InParallel, ReferralStanding::Open)], ..hold() };
    check(&beside, &Decided::Phase(Phase::Three), false);
    check(&beside, &Decided::TaperStep(2), false);
}

#[test]
fn an_activation_over_an_open_stop_is_told_in_words() {
    let stopped = Recommendation {
        phase_action: PhaseAction::Stop,
        phase_rule_ids: vec!["RF-AVULSION".into()],
        referrals: stopped().referrals,
        ..draft(Phase::One)
    };
    check(&stopped, &Decided::Activation { phase: Phase::One, step: 0 }, true);
    check(&draft(Phase::One), &Decided::Activation { phase: Phase::Two, step: 0 }, false);
}
