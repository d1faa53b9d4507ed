//! Minutes of the focus, reviews that were made, advice after discharge, ranges below the rung in force.

use taper_core::protocol::Protocol;
use taper_core::recommendation::{Permission, Recommendation, ReferralStanding, TaperAction};
use taper_core::record::codes::{Area, Modality};
use taper_core::record::decision::Decided;
use taper_core::record::plan::Phase;

use crate::document::{Story, day, protocol, rule};

const MASSAGE: &str = r#"{ kind = "modality", modality = "massage", verdict = "use", pain_max = 4 }"#;
const NO_GAP: &str = r#"{ measure = "palpable_gap", op = "=", value = false }"#;

fn focus(rules: &str, story: &Story) -> Vec<(Area, u8, u16)> {
    let advice = story.advice(&protocol(rules), 3);
    advice.focus.iter().map(|focus| (focus.area, focus.percent, focus.minutes)).collect()
}

#[test]
fn there_is_focus_only_where_massage_is_allowed() {
    let story = Story::active(Phase::One);
    let rules = rule("M", MASSAGE, NO_GAP);
    let whole = [(Area::TieIn, 60, 18), (Area::Belly, 40, 12)];
    assert_eq!(focus(&rules, &story.clone().finding(3, "palpable_gap", false)), whole);
    assert_eq!(focus(&rules, &story), [], "it must be checked first");
    assert_eq!(focus(&rules, &story.clone().finding(3, "palpable_gap", true)), [], "not yet");
    assert_eq!(focus("", &story), [], "the protocol does not name massage");
}

#[test]
fn massage_around_the_injury_only_has_all_its_minutes_there() {
    let around = r#"{ kind = "modality", modality = "massage", verdict = "use", areas = ["around_injury_only"] }"#;
    let text = "[[text]]\ncode = \"around_injury_only\"\nsentence = \"Around it.\"\n";
    let rules = format!("{text}{}", rule("M", around, ""));
    assert_eq!(focus(&rules, &Story::active(Phase::One)), [(Area::AroundInjury, 100, 30)]);
}

fn reviews(protocol: &Protocol, story: &Story, on: i64) -> Vec<(Option<jiff::civil::Date>, String)> {
    let items = story.advice(protocol, on).reviews;
    items.into_iter().map(|item| (item.due, item.rule_ids.concat())).collect()
}

#[test]
fn a_review_goes_away_once_the_patient_was_assessed_on_or_after_its_day() {
    let effect = r#"{ kind = "review", item = "known_code", due_days_after = { anchor = "onset", days = 7 } }"#;
    let protocol = protocol(&rule("DAY-7", effect, ""));
    let due = [(Some(day(7)), "DAY-7".to_owned())];
    let story = Story::active(Phase::One).number(6, "pain_rest", 1);
    assert_eq!(reviews(&protocol, &story, 20), due, "what was assessed before it is no review");
    let made = story.number(7, "pain_rest", 1);
    assert_eq!(reviews(&protocol, &made, 6), due);
    assert_eq!(reviews(&protocol, &made, 7), []);
}

#[test]
fn a_review_after_so_many_visits_goes_away_once_the_patient_was_assessed_after_that_visit() {
    let rules = rule(
        "VISITS",
        r#"{ kind = "review", item = "known_code" }"#,
        r#"{ fact = "visits_attended", op = ">=", value = 2, unit = "{count}" }"#,
    );
    let protocol = protocol(&rules);
    let story = Story::active(Phase::One).visit(2, |_| {}).visit(4, |_| {}).visit(6, |_| {});
    assert_eq!(reviews(&protocol, &story, 3), []);
    let before = story.number(4, "pain_rest", 1);
    assert_eq!(reviews(&protocol, &before, 9), [(None, "VISITS".to_owned())]);
    let after = before.number(5, "pain_rest", 1);
    assert_eq!(reviews(&protocol, &after, 5).len(), 1, "the assessment of the day is what it asks for");
    assert_eq!(reviews(&protocol, &after, 6), []);
}

/// A stop for a gap, and massage that a possible gap must be excluded for.
fn screened() -> Protocol {
    let gap = r#"{ measure = "palpable_gap", op = "=", value = true }"#;
    let stop = r#"{ kind = "refer", condition = "known_code", class = "urgent", mode = "stop", latched = true }"#;
    let block = r#"{ kind = "modality", modality = "massage", verdict = "block" }"#;
    let referred = r#"{ fact = "referral:known_code", op = "=", value = true }"#;
    let rules = [rule("STOP", stop, gap), rule("M", MASSAGE, ""), rule("B", block, referred)];
    protocol(&rules.concat())
}

#[test]
fn after_discharge_a_stale_screen_alarms_nobody_and_what_is_open_still_does() {
    let massage = |advice: &Recommendation| {
        advice.modalities.iter().find(|advice| advice.modality == Modality::Massage).unwrap().permission
    };
    let story = Story::active(Phase::Four);
    let before = story.advice(&screened(), 30);
    assert_eq!((before.referrals.len(), massage(&before)), (1, Permission::CheckFirst));
    let discharged = story.decide(20, Decided::Discharge);
    let after = discharged.advice(&screened(), 30);
    assert_eq!((after.referrals.len(), massage(&after)), (0, Permission::Allowed));
    let open = discharged.finding(25, "palpable_gap", true).advice(&screened(), 30);
    assert_eq!(open.referrals.first().map(|referral| referral.standing), Some(ReferralStanding::Open));
}

#[test]
fn a_hold_above_the_range_to_begin_with_names_the_rule_of_that_range() {
    let held = |most: u8| {
        let effect = format!(r#"{{ kind = "taper_start", visits_per_week_min = 1, visits_per_week_max = {most} }}"#);
        let advice = Story::active(Phase::One).advice(&protocol(&rule("START", &effect, "")), 1);
        assert_eq!(advice.taper_action, TaperAction::Hold);
        advice.taper_rule_ids
    };
    assert_eq!(held(2), ["START"]);
    assert!(held(3).is_empty(), "the rung is within the range");
}
