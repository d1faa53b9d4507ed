//! Referrals by the calendar and by what was not measured, how an open one is explained; and a ladder above the rules'.

use taper_core::protocol::Protocol;
use taper_core::recommendation::{ReferralAdvice, ReferralStanding, TaperAction, Verdict};
use taper_core::record::codes::{ClearanceOutcome, ClearedBy};
use taper_core::record::decision::Decided;
use taper_core::record::plan::{FrequencyStep, Phase};
use taper_core::text::Note;
use taper_core::value::{VisitMinutes, VisitsPerWeek};

use crate::document::{Story, day, protocol, rule};

const GAP: &str = r#"{ measure = "palpable_gap", op = "=", value = true }"#;
const PAIN: &str = r#"{ measure = "pain_rest", op = ">=", value = 5, unit = "{NPRS}" }"#;

fn referring(test: &str) -> Protocol {
    let stop = r#"{ kind = "refer", condition = "known_code", class = "urgent", mode = "stop", latched = true }"#;
    protocol(&rule("STOP", stop, test))
}

fn standing(test: &str, story: &Story, on: i64) -> Option<(ReferralStanding, Option<jiff::civil::Date>)> {
    let advice = story.advice(&referring(test), on);
    advice.referrals.first().map(|referral: &ReferralAdvice| (referral.standing, referral.since))
}

#[test]
fn an_open_referral_is_explained_as_it_was_when_it_was_first_met() {
    let story = Story::active(Phase::One).finding(3, "palpable_gap", true).finding(5, "palpable_gap", false);
    let advice = story.advice(&referring(GAP), 6);
    let result = advice.rules.iter().find(|result| result.rule_id == "STOP").unwrap();
    assert_eq!((result.verdict, result.criteria[0].observed_date), (Verdict::Met, Some(day(3))));
    assert_eq!(standing(GAP, &story, 6), Some((ReferralStanding::Open, Some(day(3)))));
}

#[test]
fn a_referral_that_the_calendar_alone_made_and_ended_is_open_since_its_day() {
    let between = |fact: &str, unit: &str, least: i64, most: i64| {
        format!(
            r#"{{ all = [{{ fact = "{fact}", op = ">=", value = {least}, unit = "{unit}" }}, {{ fact = "{fact}", op = "<=", value = {most}, unit = "{unit}" }}] }}"#
        )
    };
    let story = Story::active(Phase::One).visit(1, |_| {});
    for (test, since) in [
        (between("days_since_onset", "d", 5, 6), 5),
        (between("hours_since_onset_or_flare", "h", 120, 130), 5),
        (between("days_since_first_visit", "d", 5, 6), 6),
    ] {
        assert_eq!(standing(&test, &story, since - 1), None, "{test}");
        assert_eq!(standing(&test, &story, 12), Some((ReferralStanding::Open, Some(day(since)))), "{test}");
    }
}

#[test]
fn what_was_not_measured_but_could_not_have_made_it_or_was_measured_since_raises_no_alarm() {
    let both = format!("{{ all = [{GAP}, {PAIN}] }}");
    let painless = Story::active(Phase::One).not_measured(3, "palpable_gap").number(3, "pain_rest", 1);
    assert_eq!(standing(&both, &painless, 4), None);
    let either = format!("{{ any = [{GAP}, {PAIN}] }}");
    assert_eq!(standing(&either, &painless, 4), Some((ReferralStanding::CannotExclude, None)));
    assert_eq!(standing(&either, &painless.finding(5, "palpable_gap", false), 6), None);
}

#[test]
fn on_a_ladder_that_begins_above_the_rules_the_rule_of_the_highest_rung_leads_down() {
    let down = |id: &str, from: i64, pain_max: i64| {
        rule(
            id,
            &format!(r#"{{ kind = "step_down", from = {from}, to = {} }}"#, from - 1),
            &format!(r#"{{ measure = "pain_worst_24h", op = "<=", value = {pain_max}, unit = "{{NPRS}}" }}"#),
        )
    };
    let protocol = protocol(&[down("T2", 3, 3), down("T3", 2, 1)].concat());
    let rung = |visits| FrequencyStep {
        visits_per_week: VisitsPerWeek::new(visits).unwrap(),
        minutes: VisitMinutes::new(30).unwrap(),
    };
    let story = Story::active(Phase::One)
        .with(|record| record.plan.content.steps = vec![rung(5), rung(4), rung(3)])
        .number(7, "pain_worst_24h", 3);
    let advice = story.advice(&protocol, 7);
    assert_eq!((advice.taper_action, advice.taper_target), (TaperAction::StepDown, Some(rung(4))));
    assert_eq!(advice.taper_rule_ids, ["T2"]);
}

#[test]
fn a_gate_lost_on_the_day_after_a_clearance_opens_the_referral_again() {
    let lost = r#"{ fact = "gate_lost", op = "=", value = true }"#;
    let ake = "knee_extension_deficit_deg";
    let story = Story::active(Phase::Three).number(3, ake, 30).decide(4, clearance()).number(6, ake, 5);
    assert_eq!(standing(lost, &story, 7), Some((ReferralStanding::Cleared, Some(day(3)))));
    assert_eq!(standing(lost, &story.number(5, ake, 30), 7), Some((ReferralStanding::Open, Some(day(5)))));
}

#[test]
fn one_setback_in_phase_1_gives_back_one_rung() {
    let test = r#"{ measure = "pain_activity", op = ">=", value = 5, unit = "{NPRS}", since_phase = true }"#;
    let back = protocol(&rule("BACK", r#"{ kind = "regress", to = "previous" }"#, test));
    let story = Story::active(Phase::One).decide(1, Decided::TaperStep(2)).number(4, "pain_activity", 6);
    assert_eq!(story.advice(&back, 4).taper_action, TaperAction::StepBack);
    let given = story.decide(4, Decided::TaperStep(1));
    assert_eq!(given.advice(&back, 5).taper_action, TaperAction::Hold);
    assert_eq!(given.number(6, "pain_activity", 5).advice(&back, 6).taper_action, TaperAction::StepBack);
}

fn clearance() -> Decided {
    Decided::ClearReferral {
        rule_id: "STOP".into(),
        outcome: ClearanceOutcome::ImagingNegative,
        cleared_by: ClearedBy::Specialist,
        note: Note::default(),
    }
}
