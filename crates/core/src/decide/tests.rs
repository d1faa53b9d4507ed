//! A table of decisions against every form of advice.

use std::sync::Arc;

use jiff::civil::date;

use super::*;
use crate::recommendation::{
    Comparison, Evidence, EvidenceLevel, FrequencyAdvice, ReferralAdvice, ReferralClass, WhyUnknown,
};
use crate::record::codes::{ClearanceOutcome, ClearedBy, PlanState};
use crate::record::plan::ProtocolRef;
use crate::text::Note;
use crate::value::{Thousandths, VisitMinutes, VisitsPerWeek};

#[path = "words.rs"]
mod words;

const REASON: Option<OverrideReason> = Some(OverrideReason::ClinicalJudgement);

fn rung(visits: i64) -> FrequencyStep {
    FrequencyStep { visits_per_week: VisitsPerWeek::new(visits).unwrap(), minutes: VisitMinutes::new(30).unwrap() }
}

fn ladder() -> Vec<FrequencyStep> {
    vec![rung(3), rung(2), rung(1)]
}

/// An active plan in phase 2 on 2 visits a week, held by one unmet and one unknown criterion of `P2-PROG-1`.
fn hold() -> Recommendation {
    Recommendation {
        protocol: ProtocolRef { protocol: "hamstring-strain".to_owned(), version: "1".to_owned() },
        protocol_sha256: String::new(),
        as_of: date(2026, 3, 1),
        plan_state: PlanState::Active,
        phase: Some(Phase::Two),
        discharged: false,
        entry_phase: None,
        step: Some(rung(2)),
        phase_action: PhaseAction::Hold,
        phase_target: None,
        phase_rule_ids: vec!["P2-PROG-1".into()],
        taper_action: TaperAction::Hold,
        taper_target: None,
        taper_rule_ids: vec!["T3".into()],
        frequency: None,
        grade: None,
        referrals: Vec::new(),
        modalities: Vec::new(),
        focus: Vec::new(),
        activities: Vec::new(),
        home_programme: Vec::new(),
        prevention: Vec::new(),
        risk_factors: Vec::new(),
        reviews: Vec::new(),
        non_response: None,
        flags: Vec::new(),
        rules: vec![
            rule("P2-PROG-1", Verdict::Unmet, &[Verdict::Met, Verdict::Unmet, Verdict::Unknown]),
            rule("T3", Verdict::Unknown, &[Verdict::Unknown]),
        ],
        missing: Vec::new(),
    }
}

fn rule(id: &str, verdict: Verdict, criteria: &[Verdict]) -> RuleResult {
    let criteria = criteria.iter().enumerate().map(|(place, verdict)| criterion(place, *verdict));
    RuleResult {
        rule_id: id.into(),
        verdict,
        criteria: criteria.collect(),
        evidence: Arc::new(Evidence { level: EvidenceLevel::Derived, derived: true, citations: Vec::new() }),
    }
}

fn criterion(place: usize, verdict: Verdict) -> CriterionResult {
    let comparison = Comparison {
        path: format!("all[{place}]"),
        measure: Some("knee_extension_deficit_deg".to_owned()),
        quantity: "latest".to_owned(),
        comparator: "<".to_owned(),
        threshold: vec![Seen::Number(Thousandths::whole(10))],
        unit: "deg".to_owned(),
    };
    CriterionResult {
        comparison: Arc::new(comparison),
        observed: Some(Seen::Number(Thousandths::whole(77))),
        observed_at_least: false,
        margin: None,
        source: None,
        observed_date: None,
        age_days: None,
        fresh_days: None,
        verdict,
        why_unknown: (verdict == Verdict::Unknown).then_some(WhyUnknown::Missing),
        derived: false,
    }
}

fn advance() -> Recommendation {
    let met = rule("P2-PROG-1", Verdict::Met, &[Verdict::Met]);
    Recommendation {
        phase_action: PhaseAction::Advance,
        phase_target: Some(Phase::Three),
        taper_action: TaperAction::StepDown,
        taper_target: Some(rung(1)),
        rules: vec![met],
        ..hold()
    }
}

fn referral(mode: ReferralMode, standing: ReferralStanding) -> ReferralAdvice {
    ReferralAdvice {
        rule_id: "RF-AVULSION".into(),
        condition: "avulsion".to_owned(),
        class: ReferralClass::Urgent,
        mode,
        standing,
        since: None,
        clearances: Vec::new(),
    }
}

fn stopped() -> Recommendation {
    Recommendation {
        phase_action: PhaseAction::Stop,
        referrals: vec![referral(ReferralMode::Stop, ReferralStanding::Open)],
        ..hold()
    }
}

fn draft(entry: Phase) -> Recommendation {
    Recommendation { plan_state: PlanState::Draft, phase: None, step: None, entry_phase: Some(entry), ..hold() }
}

fn discharge_advised() -> Recommendation {
    Recommendation {
        phase: Some(Phase::Four),
        phase_action: PhaseAction::Discharge,
        taper_action: TaperAction::Discharge,
        ..hold()
    }
}

fn clearance() -> Decided {
    Decided::ClearReferral {
        rule_id: "RF-AVULSION".to_owned(),
        outcome: ClearanceOutcome::ImagingNegative,
        cleared_by: ClearedBy::Physician,
        note: Note::default(),
    }
}

fn told(words: &str) -> Note {
    Note::parse(words).unwrap()
}

enum Expected {
    Follows,
    Against,
    StopOpen,
    NotYetActive,
}

#[track_caller]
fn check(advice: &Recommendation, decided: &Decided, expected: Expected) {
    let without = decide(advice, &ladder(), decided, None, &told("Told in words."));
    let with = decide(advice, &ladder(), decided, REASON, &told("Told in words."));
    match expected {
        Expected::Follows => {
            assert_eq!(without, Ok(Stance::Follows));
            assert_eq!(with, Ok(Stance::Follows));
        }
        Expected::Against => {
            let Err(Fault::ReasonNeeded(named)) = without else { panic!("{without:?}") };
            assert!(!named.is_empty());
            assert_eq!(with, Ok(Stance::Overrides(OverrideReason::ClinicalJudgement)));
        }
        Expected::StopOpen => {
            for judged in [without, with] {
                let Err(Fault::StopReferralOpen(named)) = judged else { panic!("{judged:?}") };
                assert_eq!(named[0].subject, "RF-AVULSION");
                assert_eq!(named[0].kind, STOP_REFERRAL);
            }
        }
        Expected::NotYetActive => {
            assert_eq!(without, Err(Fault::NotYetActive));
            assert_eq!(with, Err(Fault::NotYetActive));
        }
    }
}

#[test]
fn a_phase_follows_the_advice_exactly_or_needs_a_reason() {
    use Expected::{Against, Follows};
    check(&hold(), &Decided::Phase(Phase::Two), Follows);
    check(&hold(), &Decided::Phase(Phase::Three), Against);
    check(&hold(), &Decided::Phase(Phase::One), Against);
    check(&advance(), &Decided::Phase(Phase::Three), Follows);
    check(&advance(), &Decided::Phase(Phase::Four), Against);
    check(&advance(), &Decided::Phase(Phase::Two), Against);
    let regress = Recommendation { phase_action: PhaseAction::Regress, phase_target: Some(Phase::One), ..hold() };
    check(&regress, &Decided::Phase(Phase::One), Follows);
    check(&regress, &Decided::Phase(Phase::Two), Against);
    check(&discharge_advised(), &Decided::Phase(Phase::Four), Against);
}

#[test]
fn a_rung_follows_the_advice_exactly_or_needs_a_reason() {
    use Expected::{Against, Follows};
    check(&hold(), &Decided::TaperStep(1), Follows);
    for other in [0, 2] {
        check(&hold(), &Decided::TaperStep(other), Against);
    }
    check(&advance(), &Decided::TaperStep(2), Follows);
    check(&advance(), &Decided::TaperStep(1), Against);
    let from_three = Recommendation { step: Some(rung(3)), taper_target: Some(rung(2)), ..advance() };
    check(&from_three, &Decided::TaperStep(1), Follows);
    check(&from_three, &Decided::TaperStep(2), Against);
    let re_evaluate = Recommendation { taper_action: TaperAction::ReEvaluate, ..hold() };
    check(&re_evaluate, &Decided::TaperStep(1), Follows);
    check(&re_evaluate, &Decided::TaperStep(0), Against);
}

#[test]
fn a_rung_within_the_advised_range_follows_when_more_visits_are_planned_than_advised() {
    use Expected::{Against, Follows};
    let range = |visits_per_week_min, visits_per_week_max| {
        let frequency = FrequencyAdvice {
            visits_per_week_min,
            visits_per_week_max,
            visit_minutes: None,
            rule_ids: vec!["T1-FIRST-DEGREE".into()],
        };
        Recommendation { step: Some(rung(3)), frequency: Some(frequency), ..hold() }
    };
    for fewer in [1, 2] {
        check(&range(1, 2), &Decided::TaperStep(fewer), Follows);
        // The planned visits are advised, too: fewer are a step down, which the advice holds.
        check(&range(1, 3), &Decided::TaperStep(fewer), Against);
    }
}

#[test]
fn an_open_stop_refuses_every_advance_and_nothing_else() {
    use Expected::{Against, Follows, StopOpen};
    check(&stopped(), &Decided::Phase(Phase::Three), StopOpen);
    check(&stopped(), &Decided::Discharge, StopOpen);
    check(&stopped(), &Decided::ResumeStretching, StopOpen);
    check(&stopped(), &Decided::Phase(Phase::Two), Follows);
    check(&stopped(), &Decided::Phase(Phase::One), Follows);
    check(&stopped(), &Decided::TaperStep(2), Against);
    for harmless in [
        referral(ReferralMode::InParallel, ReferralStanding::Open),
        referral(ReferralMode::Stop, ReferralStanding::Cleared),
        referral(ReferralMode::Stop, ReferralStanding::CannotExclude),
    ] {
        let advice = Recommendation { referrals: vec![harmless], ..advance() };
        check(&advice, &Decided::Phase(Phase::Three), Follows);
    }
}

#[test]
fn an_activation_up_to_the_advised_entry_phase_follows() {
    use Expected::{Against, Follows, StopOpen};
    let start = |phase| Decided::Activation { phase, step: 0 };
    check(&draft(Phase::Two), &start(Phase::One), Follows);
    check(&draft(Phase::Two), &start(Phase::Two), Follows);
    check(&draft(Phase::Two), &start(Phase::Three), Against);
    let none = Recommendation { entry_phase: None, ..draft(Phase::One) };
    check(&none, &start(Phase::One), Follows);
    check(&none, &start(Phase::Two), Against);
    let stopped = Recommendation { referrals: stopped().referrals, ..draft(Phase::Two) };
    check(&stopped, &start(Phase::Two), StopOpen);
    check(&stopped, &start(Phase::One), Against);
}

#[test]
fn a_discharge_that_is_advised_follows_and_before_the_activation_nothing_is_judged() {
    check(&draft(Phase::Two), &Decided::Phase(Phase::Two), Expected::NotYetActive);
    check(&draft(Phase::Two), &Decided::TaperStep(0), Expected::NotYetActive);
    check(&discharge_advised(), &Decided::Discharge, Expected::Follows);
    check(&hold(), &Decided::Discharge, Expected::Against);
}

#[test]
fn a_referral_is_cleared_while_it_is_open_or_cannot_be_excluded_and_at_no_other_time() {
    check(&stopped(), &clearance(), Expected::Follows);
    let with = |referrals| Recommendation { referrals, ..hold() };
    let cannot_exclude = referral(ReferralMode::Stop, ReferralStanding::CannotExclude);
    check(&with(vec![cannot_exclude]), &clearance(), Expected::Follows);
    let refused =
        |advice: &Recommendation| decide(advice, &ladder(), &clearance(), None, &Note::default()).unwrap_err();
    let nothing_to_clear = |clearable: &[&str]| Fault::NothingToClear {
        rule_id: "RF-AVULSION".to_owned(),
        clearable: clearable.iter().map(|id| (*id).to_owned()).collect(),
    };
    assert_eq!(refused(&hold()), nothing_to_clear(&[]));
    let other = ReferralAdvice { rule_id: "RF-DVT".into(), ..referral(ReferralMode::Stop, ReferralStanding::Open) };
    let cleared = referral(ReferralMode::Stop, ReferralStanding::Cleared);
    assert_eq!(refused(&with(vec![other, cleared])), nothing_to_clear(&["RF-DVT"]));
}

#[test]
fn stretching_follows_when_it_is_allowed_or_waits_for_the_decision_alone() {
    let with = |permission, criteria: Vec<CriterionResult>| {
        let stretching = ActivityAdvice {
            activity: ActivityKind::Stretching,
            permission,
            limits: crate::recommendation::Limits::default(),
            rule_ids: vec!["S-1".into()],
        };
        let verdict = if criteria.is_empty() { Verdict::Met } else { Verdict::Unmet };
        let rule = RuleResult { criteria, ..rule("S-1", verdict, &[]) };
        Recommendation { activities: vec![stretching], rules: vec![rule], ..hold() }
    };
    let of_measure = criterion(0, Verdict::Unmet);
    let quantity = "stretching_resumed".to_owned();
    let comparison = Comparison { measure: None, quantity, ..of_measure.comparison.as_ref().clone() };
    let resumed = CriterionResult { comparison: Arc::new(comparison), ..of_measure };
    let other = criterion(1, Verdict::Unmet);
    let decided = Decided::ResumeStretching;
    check(&with(Permission::Allowed, Vec::new()), &decided, Expected::Follows);
    check(&with(Permission::NotYet, vec![resumed.clone()]), &decided, Expected::Follows);
    check(&with(Permission::NotYet, vec![resumed.clone(), other.clone()]), &decided, Expected::Against);
    check(&with(Permission::NotYet, vec![other]), &decided, Expected::Against);
    check(&with(Permission::Blocked, vec![resumed]), &decided, Expected::Against);
    check(&hold(), &decided, Expected::Against);
}

#[test]
fn a_missing_reason_names_each_unmet_and_unknown_criterion_and_never_what_was_observed() {
    let Err(Fault::ReasonNeeded(named)) =
        decide(&hold(), &ladder(), &Decided::Phase(Phase::Three), None, &Note::default())
    else {
        panic!("it goes against the advice");
    };
    let subjects: Vec<_> = named.iter().map(|p| (p.kind, p.subject.as_str())).collect();
    assert_eq!(subjects, [(CRITERION_UNMET, "P2-PROG-1 all[1]"), (CRITERION_UNKNOWN, "P2-PROG-1 all[2]")]);
    assert_eq!(named[0].message, "needs knee_extension_deficit_deg < 10 deg");
    assert!(named[1].message.starts_with("not known: knee_extension_deficit_deg < 10 deg. "));
    assert!(named.iter().all(|p| !p.message.contains("77")));
}

#[test]
fn a_setback_that_speaks_against_is_named_by_its_rule() {
    let regress = Recommendation {
        phase_action: PhaseAction::Regress,
        phase_target: Some(Phase::One),
        phase_rule_ids: vec!["P2-REG-1".into()],
        rules: vec![rule("P2-REG-1", Verdict::Met, &[Verdict::Met])],
        ..hold()
    };
    let Err(Fault::ReasonNeeded(named)) =
        decide(&regress, &ladder(), &Decided::Phase(Phase::Two), None, &Note::default())
    else {
        panic!("it goes against the advice");
    };
    assert_eq!((named[0].kind, named[0].subject.as_str()), (RULE_MET, "P2-REG-1"));
}
