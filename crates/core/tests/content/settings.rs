//! The limits that a clinic may choose: each rule follows its own, and no other.

use crate::rows::settings as table;
use crate::rows::story::hold;

#[test]
fn gates_and_holds_follow_the_limit_for_pain() {
    hold(&table::gates_and_holds_follow_the_limit_for_pain());
}

#[test]
fn holding_for_pain_in_running_follows_the_limit_for_running() {
    hold(&table::holding_for_pain_in_running_follows_the_limit_for_running());
}

#[test]
fn loading_follows_the_limit_for_strength_or_for_tendons() {
    hold(&table::loading_follows_the_limit_for_strength_or_for_tendons());
}

#[test]
fn activities_follow_their_own_limit() {
    hold(&table::activities_follow_their_own_limit());
}

#[test]
fn machines_of_a_second_degree_follow_the_limit_for_pain() {
    hold(&table::machines_of_a_second_degree_follow_the_limit_for_pain());
}

#[test]
fn stretching_follows_the_limit_for_pain() {
    hold(&table::stretching_follows_the_limit_for_pain());
}

#[test]
fn running_follows_the_limit_for_running() {
    hold(&table::running_follows_the_limit_for_running());
}

#[test]
fn after_discharge_the_limits_stay() {
    hold(&table::after_discharge_the_limits_stay());
}

#[test]
fn the_integrated_policy_lets_run_from_phase_3_on() {
    hold(&table::the_integrated_policy_lets_run_from_phase_3_on());
}
