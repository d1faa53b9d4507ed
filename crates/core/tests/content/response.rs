//! Non-response, reviews and follow-up: counts of visits and days on either side of each line, in both protocols.

use crate::rows::response as table;
use crate::rows::story::hold;

#[test]
fn non_response_needs_six_visits_two_values_and_something_left_to_gain() {
    hold(&table::non_response_needs_six_visits_two_values_and_something_left_to_gain());
}

#[test]
fn non_response_is_seen_after_three_weeks_whatever_the_visits() {
    hold(&table::non_response_is_seen_after_three_weeks_whatever_the_visits());
}

#[test]
fn one_value_is_no_change() {
    hold(&table::one_value_is_no_change());
}

#[test]
fn function_must_be_measured_a_second_time() {
    hold(&table::function_must_be_measured_a_second_time());
}

#[test]
fn reviews_come_after_six_visits_and_ten_treatment_days() {
    hold(&table::reviews_come_after_six_visits_and_ten_treatment_days());
}

#[test]
fn reviews_and_follow_up_are_due_on_their_day() {
    hold(&table::reviews_and_follow_up_are_due_on_their_day());
}
