//! Home programme, prevention, risk factors, reviews, flags, and referrals that hang on days and counts.

use crate::rows::notes as table;
use crate::rows::story::hold;

#[test]
fn the_home_programme_follows_the_phase() {
    hold(&table::the_home_programme_follows_the_phase());
}

#[test]
fn prevention_and_risk_factors_come_with_phase_4_and_stay_after_discharge() {
    hold(&table::prevention_and_risk_factors_come_with_phase_4_and_stay_after_discharge());
}

#[test]
fn reviews_fall_due() {
    hold(&table::reviews_fall_due());
}

#[test]
fn five_visits_are_not_six() {
    hold(&table::five_visits_are_not_six());
}

#[test]
fn what_should_not_have_been_used_is_flagged() {
    hold(&table::what_should_not_have_been_used_is_flagged());
}

#[test]
fn a_pattern_and_a_contradiction_are_flagged() {
    hold(&table::a_pattern_and_a_contradiction_are_flagged());
}

#[test]
fn referrals_wait_for_their_day() {
    hold(&table::referrals_wait_for_their_day());
}

#[test]
fn pain_when_sitting_refers_at_any_site() {
    hold(&table::pain_when_sitting_refers_at_any_site());
}

#[test]
fn no_progress_needs_something_left_to_gain() {
    hold(&table::no_progress_needs_something_left_to_gain());
}
