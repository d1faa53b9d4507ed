//! Lines that the other tables leave open: visits, grades and sites, and permits.

use crate::rows::edges as table;
use crate::rows::story::hold;

#[test]
fn how_many_visits_to_begin_with() {
    hold(&table::how_many_visits_to_begin_with());
}

#[test]
fn fewer_visits_need_a_week_without_setback() {
    hold(&table::fewer_visits_need_a_week_without_setback());
}

#[test]
fn at_two_visits_the_rule_from_three_to_two_is_no_condition_any_more() {
    hold(&table::at_two_visits_the_rule_from_three_to_two_is_no_condition_any_more());
}

#[test]
fn fewer_visits_need_a_fall_of_pain_and_phase_2_and_seven_days_on_the_rung() {
    hold(&table::fewer_visits_need_a_fall_of_pain_and_phase_2_and_seven_days_on_the_rung());
}

#[test]
fn the_last_figures_of_fewer_visits() {
    hold(&table::the_last_figures_of_fewer_visits());
}

#[test]
fn discharge_tests_that_hang_on_the_site() {
    hold(&table::discharge_tests_that_hang_on_the_site());
}

#[test]
fn one_full_session_is_not_two_and_one_clean_day_is_not_two() {
    hold(&table::one_full_session_is_not_two_and_one_clean_day_is_not_two());
}

#[test]
fn walking_is_allowed_with_a_limp_and_not_when_unable() {
    hold(&table::walking_is_allowed_with_a_limp_and_not_when_unable());
}

#[test]
fn running_needs_an_onset_above_nothing() {
    hold(&table::running_needs_an_onset_above_nothing());
}

#[test]
fn each_step_of_running_opens_the_next() {
    hold(&table::each_step_of_running_opens_the_next());
}

#[test]
fn machines_by_degree() {
    hold(&table::machines_by_degree());
}

#[test]
fn limits_of_ice_and_massage() {
    hold(&table::limits_of_ice_and_massage());
}

#[test]
fn massage_on_the_site_begins_at_72_hours() {
    hold(&table::massage_on_the_site_begins_at_72_hours());
}

#[test]
fn ultrasound_keeps_off_swelling_in_phase_1_too() {
    hold(&table::ultrasound_keeps_off_swelling_in_phase_1_too());
}

#[test]
fn setbacks_in_phase_3() {
    hold(&table::setbacks_in_phase_3());
}
