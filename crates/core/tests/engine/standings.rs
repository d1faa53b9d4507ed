//! Where referrals stand beside the phase: cleared ones, those of plans that are over, those whose rule no longer applies.

use taper_core::protocol::builtin;
use taper_core::recommendation::{PhaseAction, ReferralAdvice, ReferralStanding, TaperAction};
use taper_core::record::codes::{ClearanceOutcome, ClearedBy, PlanState};
use taper_core::record::decision::Decided;
use taper_core::record::plan::Phase;
use taper_core::text::Note;

use crate::document::{Story, day, protocol, rule};

const GAP: &str = r#"{ measure = "palpable_gap", op = "=", value = true }"#;
const STOP: &str = r#"{ kind = "refer", condition = "known_code", class = "urgent", mode = "stop", latched = true }"#;

fn clear(rule_id: &str) -> Decided {
    Decided::ClearReferral {
        rule_id: rule_id.into(),
        outcome: ClearanceOutcome::ImagingNegative,
        cleared_by: ClearedBy::Specialist,
        note: Note::default(),
    }
}

#[test]
fn a_cleared_referral_that_is_not_latched_tells_since_when_it_was_met() {
    let strain = builtin().iter().find(|known| known.reference.protocol == "hamstring-strain").unwrap();
    let standing = |story: &Story, on: i64| {
        let of_rule = |referral: &ReferralAdvice| referral.rule_id == "P1-REFER";
        let referral = story.advice(strain, on).referrals.into_iter().find(of_rule);
        referral.map(|referral| (referral.standing, referral.since))
    };
    let story = Story::active(Phase::One).number(3, "knee_extension_deficit_deg", 35);
    assert_eq!(standing(&story, 2), None);
    assert_eq!(standing(&story, 4), Some((ReferralStanding::Open, Some(day(4)))), "it holds while its criteria do");
    let measured_again = story.number(5, "knee_extension_deficit_deg", 31);
    let cleared = measured_again.decide(6, clear("P1-REFER"));
    assert_eq!(standing(&cleared, 8), Some((ReferralStanding::Cleared, Some(day(3)))));
    let before_it_was_met = Story::active(Phase::One).decide(2, clear("P1-REFER"));
    assert_eq!(standing(&before_it_was_met, 8), Some((ReferralStanding::Cleared, None)));
}

#[test]
fn a_referral_of_the_degree_stays_open_though_later_findings_are_of_a_lesser_one() {
    let third = r#"{ kind = "grade", system = "findings", grade = "third", degree = "third", order = 1 }"#;
    let gap = r#"{ measure = "palpable_gap", op = "=", value = true }"#;
    let refer =
        r#"{ kind = "refer", condition = "known_code", class = "urgent", mode = "in_parallel", latched = true }"#;
    let degree = r#"{ fact = "activity_degree", op = "=", value = "third" }"#;
    let protocol = protocol(&format!("{}{}", rule("THIRD", third, gap), rule("REFER", refer, degree)));
    let story = Story::active(Phase::One).finding(3, "palpable_gap", true).finding(5, "palpable_gap", false);
    for as_of in [3, 4, 5, 9] {
        let referrals = story.advice(&protocol, as_of).referrals;
        let standing: Vec<_> = referrals.iter().map(|referral| (referral.standing, referral.since)).collect();
        assert_eq!(standing, [(ReferralStanding::Open, Some(day(3)))], "on day {as_of}");
    }
}

#[test]
fn a_hold_after_discharge_names_the_referral_that_cannot_be_excluded() {
    let story = Story::active(Phase::Four).decide(20, Decided::Discharge);
    let asked = story.clone().not_measured(25, "palpable_gap").advice(&protocol(&rule("STOP", STOP, GAP)), 30);
    assert_eq!((asked.plan_state, asked.phase_action), (PlanState::Completed, PhaseAction::Hold));
    assert_eq!(asked.referrals[0].standing, ReferralStanding::CannotExclude);
    assert_eq!(asked.phase_rule_ids, ["STOP"]);
    assert!(asked.taper_rule_ids.is_empty());
    let silent = story.advice(&protocol(&rule("STOP", STOP, GAP)), 30);
    assert!(silent.phase_rule_ids.is_empty(), "what was never asked for raises no alarm");
}

#[test]
fn a_hold_of_a_cancelled_plan_names_the_referral_that_cannot_be_excluded_with_or_without_a_phase() {
    let stop = protocol(&rule("STOP", STOP, GAP));
    for story in [Story::draft(), Story::active(Phase::One)] {
        let advice = story.with(|record| record.plan.content.state = PlanState::Cancelled).advice(&stop, 3);
        assert_eq!((advice.plan_state, advice.phase_action), (PlanState::Cancelled, PhaseAction::Hold));
        assert!(advice.phase_rule_ids.contains(&"STOP".into()), "{:?}", advice.phase_rule_ids);
    }
}

#[test]
fn a_plan_that_rests_is_held_without_the_rule_of_the_range_to_begin_with() {
    let start = r#"{ kind = "taper_start", visits_per_week_min = 1, visits_per_week_max = 2 }"#;
    let protocol = protocol(&rule("START", start, ""));
    let active = Story::active(Phase::One);
    assert_eq!(active.advice(&protocol, 1).taper_rule_ids, ["START"]);
    let rests = active.with(|record| record.plan.content.state = PlanState::Suspended).advice(&protocol, 1);
    assert_eq!((rests.plan_state, rests.taper_action), (PlanState::Suspended, TaperAction::Hold));
    assert!(rests.taper_rule_ids.is_empty(), "{:?}", rests.taper_rule_ids);
    assert_eq!(rests.frequency.unwrap().visits_per_week_max, 2, "the range is advised all the same");
}

#[test]
fn an_open_stop_is_explained_even_when_its_rule_no_longer_applies() {
    let rules = format!("{}when = {{ phase = [1] }}\n", rule("STOP", STOP, GAP));
    let story = Story::active(Phase::One).finding(3, "palpable_gap", true).decide(5, Decided::Phase(Phase::Two));
    let advice = story.advice(&protocol(&rules), 6);
    assert_eq!((advice.phase_action, advice.phase_rule_ids), (PhaseAction::Stop, vec!["STOP".into()]));
    let explained = advice.rules.iter().find(|result| result.rule_id == "STOP").unwrap();
    assert_eq!(explained.criteria[0].observed_date, Some(day(3)));
}
