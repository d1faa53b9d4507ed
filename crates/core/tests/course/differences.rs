//! Differences of two recommendations: where, from what to what, and which way.

use std::sync::LazyLock;

use taper_core::difference::{Difference, Direction, advice_differs, differences};
use taper_core::recommendation::{
    GradeAdvice, Item, NonResponse, Permission, PhaseAction, Recommendation, ReferralAdvice, ReferralClass,
    ReferralMode, ReferralStanding, TaperAction, Verdict,
};
use taper_core::record::codes::{ActivityKind, Modality};
use taper_core::record::plan::{FrequencyStep, Phase};
use taper_core::value::{Thousandths, VisitMinutes, VisitsPerWeek};

use crate::document::day;
use crate::played;

/// The article at week three: phase 2, three visits a week, HOLD and STEP_DOWN, massage and running allowed.
fn base() -> Recommendation {
    static BASE: LazyLock<Recommendation> = LazyLock::new(|| {
        let all = played::all();
        all.into_iter().find(|step| step.case_id == "ARTICLE" && step.day == 811).unwrap().advice
    });
    BASE.clone()
}

fn changed(change: impl FnOnce(&mut Recommendation)) -> Recommendation {
    let mut advice = base();
    change(&mut advice);
    advice
}

/// Exactly this difference between two that are alike but for two changes; and the other way round, its mirror.
#[track_caller]
fn check(
    one: impl FnOnce(&mut Recommendation),
    other: impl FnOnce(&mut Recommendation),
    (path, before, after): (&str, Option<&str>, Option<&str>),
    direction: Direction,
) {
    let (one, other) = (changed(one), changed(other));
    let told = |before: Option<&str>, after: Option<&str>, direction| {
        let (before, after) = (before.map(str::to_owned), after.map(str::to_owned));
        [Difference { path: path.to_owned(), before, after, direction }]
    };
    assert_eq!(differences(&one, &other), told(before, after, direction));
    let back = match direction {
        Direction::Advances => Direction::HoldsBack,
        Direction::HoldsBack => Direction::Advances,
        Direction::Neither => Direction::Neither,
    };
    assert_eq!(differences(&other, &one), told(after, before, back));
}

fn rung(visits: i64, minutes: i64) -> FrequencyStep {
    FrequencyStep { visits_per_week: VisitsPerWeek::new(visits).unwrap(), minutes: VisitMinutes::new(minutes).unwrap() }
}

#[test]
fn phase_actions_go_from_stop_to_discharge() {
    let actions = [
        (PhaseAction::Stop, "stop"),
        (PhaseAction::Regress, "regress"),
        (PhaseAction::Hold, "hold"),
        (PhaseAction::Advance, "advance"),
        (PhaseAction::Discharge, "discharge"),
    ];
    for pair in actions.windows(2) {
        let ((before, from), (after, to)) = (pair[0], pair[1]);
        check(
            |advice| advice.phase_action = before,
            |advice| advice.phase_action = after,
            ("phase_action", Some(from), Some(to)),
            Direction::Advances,
        );
    }
    check(
        |advice| advice.phase_target = Some(Phase::Three),
        |advice| advice.phase_target = None,
        ("phase_target", Some("3"), None),
        Direction::Neither,
    );
    check(
        |advice| advice.phase = Some(Phase::Two),
        |advice| advice.phase = Some(Phase::Three),
        ("phase", Some("2"), Some("3")),
        Direction::Advances,
    );
    check(|_| {}, |advice| advice.discharged = true, ("discharged", Some("false"), Some("true")), Direction::Advances);
}

#[test]
fn an_entry_phase_advances_between_drafts_only() {
    let draft =
        |entry_phase| move |advice: &mut Recommendation| (advice.phase, advice.entry_phase) = (None, entry_phase);
    let (two, three) = (draft(Some(Phase::Two)), draft(Some(Phase::Three)));
    check(two, three, ("entry_phase", Some("2"), Some("3")), Direction::Advances);
    check(draft(None), two, ("entry_phase", None, Some("2")), Direction::Advances);
    // A plan that was activated in between has no entry phase any more, which says nothing.
    for (before, after) in [(changed(two), base()), (base(), changed(two))] {
        let found = differences(&before, &after);
        let of_entry = found.iter().find(|difference| difference.path == "entry_phase").unwrap();
        assert_eq!(of_entry.direction, Direction::Neither);
    }
}

#[test]
fn fewer_visits_advance_and_more_hold_back() {
    let actions = [TaperAction::StepBack, TaperAction::Hold, TaperAction::StepDown, TaperAction::Discharge];
    for (pair, names) in
        actions.windows(2).zip([("step_back", "hold"), ("hold", "step_down"), ("step_down", "discharge")])
    {
        check(
            |advice| advice.taper_action = pair[0],
            |advice| advice.taper_action = pair[1],
            ("taper_action", Some(names.0), Some(names.1)),
            Direction::Advances,
        );
    }
    check(
        |advice| advice.taper_action = TaperAction::ReEvaluate,
        |advice| advice.taper_action = TaperAction::StepBack,
        ("taper_action", Some("re_evaluate"), Some("step_back")),
        Direction::Neither,
    );
    check(
        |advice| advice.taper_target = Some(rung(3, 30)),
        |advice| advice.taper_target = Some(rung(2, 45)),
        ("taper_target", Some("3 a week of 30 minutes"), Some("2 a week of 45 minutes")),
        Direction::Advances,
    );
    check(
        |advice| advice.step = Some(rung(2, 30)),
        |advice| advice.step = Some(rung(2, 45)),
        ("step", Some("2 a week of 30 minutes"), Some("2 a week of 45 minutes")),
        Direction::HoldsBack,
    );
    let visits = |min, max| {
        move |advice: &mut Recommendation| {
            let frequency = advice.frequency.as_mut().unwrap();
            (frequency.visits_per_week_min, frequency.visits_per_week_max) = (min, max);
            frequency.visit_minutes = Some(30);
        }
    };
    check(
        visits(2, 3),
        visits(1, 2),
        ("frequency", Some("2 to 3 a week of 30 minutes"), Some("1 to 2 a week of 30 minutes")),
        Direction::Advances,
    );
    check(
        visits(2, 2),
        |a| a.frequency = None,
        ("frequency", Some("2 a week of 30 minutes"), None),
        Direction::Neither,
    );
}

fn referral(standing: ReferralStanding, class: ReferralClass, mode: ReferralMode) -> impl Fn(&mut Recommendation) {
    move |advice| {
        let mut made: ReferralAdvice = advice.referrals[0].clone();
        made.rule_id = "RF-DVT".into();
        made.condition = "deep_vein_thrombosis".into();
        (made.class, made.mode, made.standing, made.since) = (class, mode, standing, None);
        advice.referrals.push(made);
    }
}

#[test]
fn a_referral_that_opens_holds_back_and_one_that_is_cleared_advances() {
    use ReferralClass::{SameDay, Urgent};
    use ReferralMode::{InParallel, Stop};
    use ReferralStanding::{CannotExclude, Cleared, Open};
    let path = "referrals[RF-DVT].standing";
    let open = referral(Open, SameDay, Stop);
    check(|_| {}, &open, (path, None, Some("open")), Direction::HoldsBack);
    check(
        &open,
        referral(CannotExclude, SameDay, Stop),
        (path, Some("open"), Some("cannot_exclude")),
        Direction::Advances,
    );
    check(&open, referral(Cleared, SameDay, Stop), (path, Some("open"), Some("cleared")), Direction::Advances);
    check(|_| {}, referral(Cleared, SameDay, Stop), (path, None, Some("cleared")), Direction::Neither);
    let class = ("referrals[RF-DVT].class", Some("same_day"), Some("urgent"));
    check(&open, referral(Open, Urgent, Stop), class, Direction::Advances);
    let mode = ("referrals[RF-DVT].mode", Some("stop"), Some("in_parallel"));
    check(&open, referral(Open, SameDay, InParallel), mode, Direction::Advances);
}

fn run(change: impl Fn(&mut taper_core::recommendation::ActivityAdvice)) -> impl FnOnce(&mut Recommendation) {
    move |advice| change(advice.activities.iter_mut().find(|of| of.activity == ActivityKind::Run).unwrap())
}

#[test]
fn permissions_go_from_allowed_to_blocked() {
    let steps = [
        (Permission::Allowed, "allowed"),
        (Permission::CheckFirst, "check_first"),
        (Permission::NotYet, "not_yet"),
        (Permission::NotRepeated, "not_repeated"),
        (Permission::Blocked, "blocked"),
    ];
    for pair in steps.windows(2) {
        let ((before, from), (after, to)) = (pair[0], pair[1]);
        let told = ("activities[run].permission", Some(from), Some(to));
        check(run(|run| run.permission = before), run(|run| run.permission = after), told, Direction::HoldsBack);
        let massage = |permission| {
            move |advice: &mut Recommendation| {
                let of = advice.modalities.iter_mut().find(|of| of.modality == Modality::Massage).unwrap();
                of.permission = permission;
            }
        };
        let told = ("modalities[massage].permission", Some(from), Some(to));
        check(massage(before), massage(after), told, Direction::HoldsBack);
    }
}

#[test]
fn a_higher_limit_advances_and_a_new_one_holds_back() {
    let allowed = |change: fn(&mut taper_core::recommendation::Limits)| {
        run(move |run| {
            run.permission = Permission::Allowed;
            run.limits = Default::default();
            change(&mut run.limits);
        })
    };
    let path = "activities[run].limits.speed_kmh_below";
    let speed = |limits: &mut taper_core::recommendation::Limits| limits.speed_kmh_below = Some(Thousandths(9_500));
    check(
        allowed(speed),
        allowed(|limits| limits.speed_kmh_below = Some(Thousandths::whole(11))),
        (path, Some("9.5"), Some("11")),
        Direction::Advances,
    );
    check(allowed(|_| {}), allowed(speed), (path, None, Some("9.5")), Direction::HoldsBack);
    check(
        allowed(|limits| limits.minutes_min = Some(20)),
        allowed(|limits| limits.minutes_min = Some(30)),
        ("activities[run].limits.minutes_min", Some("20"), Some("30")),
        Direction::Advances,
    );
    let path = "activities[run].limits.conditions";
    let conditions = |limits: &mut taper_core::recommendation::Limits| limits.conditions = vec!["b".into(), "a".into()];
    check(allowed(|_| {}), allowed(conditions), (path, None, Some("a, b")), Direction::HoldsBack);
    check(
        allowed(conditions),
        allowed(|limits| limits.conditions = vec!["a".into(), "c".into()]),
        (path, Some("a, b"), Some("a, c")),
        Direction::Neither,
    );
    // The order of codes says nothing.
    let turned = allowed(|limits| limits.conditions = vec!["a".into(), "b".into()]);
    assert_eq!(differences(&changed(allowed(conditions)), &changed(turned)), []);
    // What is not allowed has no limits to speak of.
    let blocked = |speed: i64| {
        run(move |run| {
            run.permission = Permission::Blocked;
            run.limits.speed_kmh_below = Some(Thousandths(speed));
        })
    };
    assert_eq!(differences(&changed(blocked(1)), &changed(blocked(2))), []);
}

#[test]
fn items_grades_and_non_response_are_told() {
    let item = |due: Option<i64>| {
        move |advice: &mut Recommendation| {
            advice.reviews = vec![Item { code: "review_day_7".into(), due: due.map(day), rule_ids: Vec::new() }];
        }
    };
    let path = "reviews[review_day_7]";
    check(|a| a.reviews.clear(), item(Some(7)), (path, None, Some("2026-03-09")), Direction::Neither);
    check(item(None), item(Some(7)), (path, Some("advised"), Some("2026-03-09")), Direction::Neither);
    let graded = |degree: &'static str| {
        move |advice: &mut Recommendation| {
            let (system, grade) = ("findings".into(), "x".into());
            advice.grade = Some(GradeAdvice { system, grade, degree: degree.into(), rule_ids: Vec::new() });
        }
    };
    let told = ("grade", Some("findings x (first degree)"), Some("findings x (second degree)"));
    check(graded("first"), graded("second"), told, Direction::HoldsBack);
    let not_responding = |advice: &mut Recommendation| {
        let next = vec!["another_therapist".into(), "imaging".into()];
        advice.non_response =
            Some(NonResponse { visits_attended: 6, days_since_first_visit: 21, next, rule_ids: Vec::new() });
    };
    let told = ("non_response", None, Some("another_therapist, imaging"));
    check(|advice| advice.non_response = None, not_responding, told, Direction::HoldsBack);
}

#[test]
fn advice_comes_first_and_rules_come_last() {
    let other = changed(|advice| {
        advice.rules[0].verdict = Verdict::Unknown;
        advice.rules.remove(1);
        advice.missing.clear();
        advice.phase_action = PhaseAction::Stop;
        advice.as_of = day(0);
        advice.protocol.version = "other".into();
        advice.protocol_sha256 = String::new();
    });
    let base = base();
    assert_ne!(base.rules[0].verdict, Verdict::Unknown, "or nothing would be tested");
    let found = differences(&base, &other);
    let paths: Vec<&str> = found.iter().map(|difference| difference.path.as_str()).collect();
    let (first, second) = (&base.rules[0].rule_id, &base.rules[1].rule_id);
    assert_eq!(paths.first(), Some(&"phase_action"));
    assert_eq!(paths[paths.len() - 2..], [format!("rules[{first}].verdict"), format!("rules[{second}].verdict")]);
    assert_eq!(found.last().unwrap().after, None);
    assert!(paths[1..paths.len() - 2].iter().all(|path| path.starts_with("missing[")), "{paths:?}");
}

#[test]
fn only_what_a_patient_would_notice_makes_the_advice_differ() {
    let differs = |change: &dyn Fn(&mut Recommendation)| {
        let other = changed(change);
        assert_eq!(advice_differs(&base(), &other), advice_differs(&other, &base()));
        advice_differs(&base(), &other)
    };
    assert!(!differs(&|_| {}));
    assert!(!differs(&|advice| advice.rules.clear()));
    assert!(!differs(&|advice| advice.flags.clear()));
    assert!(!differs(&|advice| advice.phase_rule_ids.clear()));
    assert!(!differs(&|advice| advice.as_of = day(0)));
    assert!(!differs(&|advice| advice.activities.reverse()));
    assert!(!differs(&referral(ReferralStanding::Cleared, ReferralClass::SameDay, ReferralMode::Stop)));
    assert!(differs(&referral(ReferralStanding::Open, ReferralClass::SameDay, ReferralMode::Stop)));
    assert!(differs(&|advice| advice.phase_action = PhaseAction::Advance));
    assert!(differs(&|advice| advice.phase_target = Some(Phase::One)));
    assert!(differs(&|advice| advice.taper_action = TaperAction::Hold));
    assert!(differs(&|advice| advice.taper_target = Some(rung(1, 30))));
    assert!(differs(&|advice| advice.modalities[0].permission = Permission::NotRepeated));
    assert!(differs(&|advice| advice.activities[0].permission = Permission::NotRepeated));
    assert!(differs(&|advice| {
        advice.activities.pop();
    }));
    assert!(differs(&|advice| advice.referrals[0].mode = ReferralMode::Stop));
}
