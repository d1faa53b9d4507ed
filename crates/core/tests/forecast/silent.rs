//! When there is no forecast at all, and what is then said instead.

use taper_core::forecast::{CostFault, NOTES, costs, forecast, note_sentence};
use taper_core::measure::Value;
use taper_core::recommendation::Verdict;
use taper_core::record::codes::PlanState;
use taper_core::record::decision::Decided;

use crate::coverage::price_only;
use crate::story::{LEFS, PAIN, Story, day, persistent as protocol};
use crate::worked::{at_least, spread};

fn check(story: &Story, as_of: i64, note: &'static str) {
    let found = forecast(protocol(), &story.record, day(as_of));
    assert_eq!(found.notes, [note]);
    assert_eq!((found.remaining_visits, found.remaining_weeks), (None, None));
    assert!(found.steps.is_empty() && found.ground.is_empty());
    assert_eq!(found.earliest_by_ladder, None);
    let refused = costs(protocol(), &story.record, day(as_of), &price_only(12_000), &[]);
    assert_eq!(refused, Err(CostFault::NoForecast { why: note }));
}

#[test]
fn an_open_stop_gives_no_forecast() {
    let stopped = ["red_flag_pop", "red_flag_sudden_weakness", "palpable_gap"]
        .into_iter()
        .fold(spread(), |story, flag| story.value(35, flag, Value::Finding(true)));
    check(&stopped, 35, "stop_referral_open");
}

#[test]
fn a_case_that_does_not_respond_gets_no_forecast() {
    let days: Vec<i64> = (0..9).map(|visit| visit * 3).collect();
    let story = Story::active().visited(&days).weekly(PAIN, &[6, 6, 5, 6]).weekly(LEFS, &[50, 51, 50, 52]);
    check(&story, 24, "not_responding");
}

#[test]
fn a_plan_that_is_not_running_gets_no_forecast() {
    check(&spread().in_state(PlanState::Suspended), 35, "plan_suspended");
    check(&spread().in_state(PlanState::Cancelled), 35, "plan_ended");
    check(&spread().decided(35, Decided::Discharge), 35, "plan_ended");
}

/// The screen for red flags is missing in a record of two scores: the rung is held as long as nothing can be excluded.
#[test]
fn a_referral_that_cannot_be_excluded_holds_the_rung_in_force_and_is_named() {
    let found = forecast(protocol(), &spread().record, day(35));
    let held = found.steps[0].not_forecast.iter().find(|waiting| waiting.rule_id == "RF-AVULSION").unwrap();
    assert!(held.holds && held.criteria.iter().all(|criterion| criterion.verdict == Verdict::Unknown), "{held:?}");
    assert_eq!(found.steps[0].until.unwrap().median, None);
    let waits = found.steps[1].not_forecast.iter().find(|waiting| waiting.rule_id == "T3").unwrap();
    assert!(!waits.holds);
}

/// 7 days at 3 and 7 days at 2: 3 + 2 visits, 14 days; the two weekly visits before discharge may be among them.
#[test]
fn a_draft_is_counted_by_the_ladder_alone_from_its_first_rung() {
    let found = forecast(protocol(), &Story::draft().record, day(0));
    assert_eq!(found.remaining_visits, Some(at_least(5)));
    assert_eq!(found.earliest_by_ladder, Some(day(14)));
    let visits: Vec<_> = found.steps.iter().map(|step| step.visits).collect();
    assert_eq!(visits, [at_least(3), at_least(2), at_least(0)]);
    assert!(found.notes.iter().any(|note| note == "plan_not_active"));
}

#[test]
fn every_note_has_a_sentence_and_none_promises_a_date() {
    for (code, sentence) in NOTES {
        assert!(sentence.ends_with('.'), "{code}");
        assert_eq!(note_sentence(code), *sentence);
    }
    assert_eq!(note_sentence("no_such_note"), "");
    assert!(note_sentence("arithmetic_of_own_trend").contains("not a promise"));
}
