//! Every rule that refers is triggered by a record made for it, and by no clean one.

use crate::rows::red_flags as table;
use crate::rows::red_flags::{BY_FINDINGS, NOT_ENOUGH};
use crate::rows::story::{hold, screen_codes};
use std::collections::BTreeSet;
use taper_core::protocol::rule::Effect;

#[test]
fn each_trigger_opens_its_referral_and_stops() {
    hold(&table::each_trigger_opens_its_referral_and_stops());
}

#[test]
fn each_trigger_stops_a_plan_that_is_still_a_draft() {
    hold(&table::each_trigger_stops_a_plan_that_is_still_a_draft());
}

#[test]
fn what_is_not_enough_leaves_the_rule_unmet() {
    hold(&table::what_is_not_enough_leaves_the_rule_unmet());
}

#[test]
fn an_unasked_finding_is_neither_open_nor_excluded() {
    hold(&table::an_unasked_finding_is_neither_open_nor_excluded());
}

#[test]
fn the_age_and_the_cautions_of_the_patient_count() {
    hold(&table::the_age_and_the_cautions_of_the_patient_count());
}

#[test]
fn the_course_refers_beside_the_treatment() {
    hold(&table::the_course_refers_beside_the_treatment());
}

#[test]
fn an_eccentric_slip_counts_as_one_of_three_signs() {
    hold(&table::an_eccentric_slip_counts_as_one_of_three_signs());
}

#[test]
fn a_clean_screen_opens_nothing() {
    hold(&table::a_clean_screen_opens_nothing());
}

#[test]
fn every_finding_of_the_screen_and_every_rule_that_refers_is_tried() {
    let elsewhere = ["RF-ADOLESCENT", "RF-ANTICOAGULANT", "RF-PERSISTENT", "P1-REFER", "RF-THIRD-DEGREE"];
    // C6 and C7 of the golden cases.
    let golden = ["RF-NO-PROGRESS", "RF-RECURRENCE"];
    let tried: BTreeSet<&str> = BY_FINDINGS.iter().map(|(rule, ..)| *rule).chain(elsewhere).chain(golden).collect();
    for protocol in taper_core::protocol::builtin() {
        for rule in protocol.rules.iter().filter(|rule| matches!(rule.effect, Effect::Refer(_))) {
            assert!(tried.contains(rule.id.as_str()), "{} is never triggered", rule.id);
        }
    }
    let lines: String =
        BY_FINDINGS.iter().map(|(_, now, _)| *now).chain(NOT_ENOUGH.iter().map(|(_, now)| *now)).collect();
    // An open wound and a warm swelling limit hands-on work; they refer to nobody.
    for code in screen_codes().filter(|code| !["red_flag_open_wound", "red_flag_warm_firm_swelling"].contains(code)) {
        assert!(lines.contains(code), "{code} triggers nothing in these tables");
    }
}
