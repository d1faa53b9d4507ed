//! A plan and a decision as they are asked for, one field changed at a time.

use taper_api::google::r#type::Date;
use taper_api::v1;
use taper_api::v1::decision::Decided;
use taper_core::record::codes::PlanState;
use taper_core::record::plan::{FrequencyStep, Plan, Policy, ProtocolRef};
use taper_core::refusal::Reason;
use taper_core::value::{VisitMinutes, VisitsPerWeek};

use taper_kit::fields::Fields;

use super::noted;
use crate::wire;

const THERAPIST: &str = "clinics/default/therapists/019591b2-1c5e-7c32-9d4f-0a1b2c3d4e5f";

fn step(session_count_per_week: i32, minutes: i32) -> v1::FrequencyStep {
    v1::FrequencyStep { session_count_per_week, minutes }
}

fn share(area: v1::Area, percent: i32) -> v1::FocusShare {
    v1::FocusShare { area: area.into(), percent }
}

fn good() -> v1::TreatmentPlan {
    v1::TreatmentPlan {
        protocol: "protocols/hamstring-strain/versions/1".to_owned(),
        policy: Some(v1::Policy::default()),
        frequency_steps: vec![step(3, 30), step(2, 30), step(1, 30)],
        focus: vec![share(v1::Area::TieIn, 60), share(v1::Area::Belly, 40)],
        start_date: Some(Date { year: 2026, month: 3, day: 1 }),
        ..Default::default()
    }
}

#[track_caller]
fn check(change: impl FnOnce(&mut v1::TreatmentPlan), expected: &[&str]) {
    let mut plan = good();
    change(&mut plan);
    let mut fields = Fields::new();
    wire::plan::draft(&plan, &mut fields);
    let expected: Vec<String> = expected.iter().map(|field| format!("treatment_plan.{field}")).collect();
    assert_eq!(noted(fields), expected);
}

#[test]
fn a_good_plan_and_an_empty_one_have_no_fault() {
    check(|_| (), &[]);
    check(|plan| *plan = v1::TreatmentPlan::default(), &[]);
}

#[test]
fn the_ladder_falls_strictly_within_its_ranges() {
    check(|p| p.frequency_steps[1] = step(3, 30), &["frequency_steps[1].session_count_per_week"]);
    check(|p| p.frequency_steps[2] = step(2, 30), &["frequency_steps[2].session_count_per_week"]);
    check(|p| p.frequency_steps[0] = step(8, 30), &["frequency_steps[0].session_count_per_week"]);
    check(|p| p.frequency_steps[0] = step(7, 30), &[]);
    check(|p| p.frequency_steps[2] = step(0, 30), &["frequency_steps[2].session_count_per_week"]);
    check(|p| p.frequency_steps[0] = step(3, 4), &["frequency_steps[0].minutes"]);
    check(|p| p.frequency_steps[0] = step(3, 5), &[]);
    check(|p| p.frequency_steps[0] = step(3, 240), &[]);
    check(|p| p.frequency_steps[0] = step(3, 241), &["frequency_steps[0].minutes"]);
}

#[test]
fn the_shares_sum_to_100_and_name_each_area_once() {
    check(|p| p.focus[0].percent = 59, &["focus"]);
    check(|p| p.focus[0].percent = 101, &["focus[0].percent"]);
    check(|p| p.focus[1].percent = 0, &["focus[1].percent"]);
    check(|p| p.focus = vec![share(v1::Area::TieIn, 100)], &[]);
    check(|p| p.focus = vec![share(v1::Area::TieIn, 50); 2], &["focus[1].area"]);
    check(|p| p.focus[0].area = 0, &["focus[0].area"]);
}

#[test]
fn protocol_policy_and_date_are_checked_by_field() {
    let policy = |change: fn(&mut v1::Policy)| move |p: &mut v1::TreatmentPlan| change(p.policy.as_mut().unwrap());
    check(|p| p.protocol = "protocols/hamstring-strain".to_owned(), &["protocol"]);
    check(policy(|p| p.pain_limit_nprs = Some(11)), &["policy.pain_limit_nprs"]);
    check(policy(|p| p.pain_limit_running_nprs = Some(-1)), &["policy.pain_limit_running_nprs"]);
    check(policy(|p| p.running = 3), &["policy.running"]);
    check(policy(|p| p.equipment = vec![1, 4]), &["policy.equipment[1]"]);
    check(policy(|p| p.equipment = vec![1, 1]), &["policy.equipment[1]"]);
    check(policy(|p| p.equipment = vec![1, 2, 3]), &[]);
    for date in [Date { year: 0, ..date() }, Date { year: 10_000, ..date() }, Date { day: 0, ..date() }] {
        check(|p| p.start_date = Some(date), &["start_date"]);
    }
    check(|p| p.start_date = Some(Date { month: 2, day: 29, ..date() }), &["start_date"]);
}

fn date() -> Date {
    Date { year: 2026, month: 3, day: 1 }
}

fn plan() -> Plan {
    let step = |visits| FrequencyStep {
        visits_per_week: VisitsPerWeek::new(visits).unwrap(),
        minutes: VisitMinutes::new(30).unwrap(),
    };
    Plan {
        protocol: ProtocolRef { protocol: "hamstring-strain".to_owned(), version: "1".to_owned() },
        policy: Policy::default(),
        steps: vec![step(3), step(1)],
        focus: Vec::new(),
        start_date: jiff::civil::date(2026, 3, 1),
        state: PlanState::Active,
    }
}

#[track_caller]
fn check_decision(decided: Option<Decided>, expected: &[&str]) {
    let decision = v1::Decision { therapist: THERAPIST.to_owned(), decided, ..Default::default() };
    let mut fields = Fields::new();
    let draft = wire::decision::draft(&decision, &mut fields);
    let decided = draft.decided(&plan(), &mut fields);
    assert_eq!(noted(fields), expected);
    assert_eq!(decided.is_some(), expected.is_empty());
}

#[test]
fn a_decision_holds_exactly_one_thing_that_can_be_decided() {
    check_decision(None, &["decision.decided"]);
    check_decision(Some(Decided::Phase(0)), &["decision.phase"]);
    check_decision(Some(Decided::Phase(5)), &["decision.phase"]);
    check_decision(Some(Decided::Phase(4)), &[]);
    check_decision(Some(Decided::ActivationPhase(1)), &["decision.activation_phase"]);
    check_decision(Some(Decided::SessionCountPerWeek(2)), &["decision.session_count_per_week"]);
    check_decision(Some(Decided::SessionCountPerWeek(1)), &[]);
    check_decision(Some(Decided::Discharge(v1::Discharge {})), &[]);
    check_decision(Some(Decided::ResumeStretching(v1::ResumeStretching {})), &[]);
    let nothing = v1::ReferralClearance::default();
    let expected = ["rule_id", "outcome", "cleared_by"].map(|part| format!("decision.referral_clearance.{part}"));
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    check_decision(Some(Decided::ReferralClearance(nothing)), &expected);
}

#[test]
fn an_etag_that_we_never_gave_is_not_the_current_one() {
    let current = "7".parse().unwrap();
    assert_eq!(wire::check_etag("", current), Ok(()));
    assert_eq!(wire::check_etag("7", current), Ok(()));
    for other in ["6", "8", "0", "07", "+7", "W/7", "seven", "99999999999999"] {
        let refusal = wire::check_etag(other, current).unwrap_err();
        assert_eq!(refusal.reason, Reason::EtagMismatch, "{other}");
        assert_eq!(refusal.metadata.get("etag").map(String::as_str), Some("7"), "{other}");
    }
}
