//! Thresholds of progress, setbacks, tapering and activities: what changed since the first value, or was done.

use crate::rows::course as table;
use crate::rows::story::hold;
use taper_core::protocol::rule::Effect;

#[test]
fn progress_and_setbacks() {
    hold(&table::progress_and_setbacks());
}

#[test]
fn holds_and_lost_gates() {
    hold(&table::holds_and_lost_gates());
}

#[test]
fn the_clock_of_phase_1_starts_again_with_a_flare() {
    hold(&table::the_clock_of_phase_1_starts_again_with_a_flare());
}

#[test]
fn walking_with_pain_refers_from_day_7_on() {
    hold(&table::walking_with_pain_refers_from_day_7_on());
}

#[test]
fn between_10_and_15_degrees_another_tester_leaves_it_open() {
    hold(&table::between_10_and_15_degrees_another_tester_leaves_it_open());
}

#[test]
fn pain_limits_of_the_persistent_protocol_are_one_point_higher() {
    hold(&table::pain_limits_of_the_persistent_protocol_are_one_point_higher());
}

#[test]
fn from_three_visits_to_two() {
    hold(&table::from_three_visits_to_two());
}

#[test]
fn from_two_visits_to_one() {
    hold(&table::from_two_visits_to_one());
}

#[test]
fn without_response() {
    hold(&table::without_response());
}

#[test]
fn nearly_well_is_not_without_response() {
    hold(&table::nearly_well_is_not_without_response());
}

#[test]
fn what_was_done_counts_as_it_was_felt() {
    hold(&table::what_was_done_counts_as_it_was_felt());
}

#[test]
fn every_gate_hold_and_setback_is_tried_on_both_sides() {
    let tables = concat!(include_str!("rows/course.rs"), include_str!("rows/thresholds.rs"));
    for protocol in taper_core::protocol::builtin() {
        for rule in &protocol.rules {
            let needs_a_line = matches!(
                rule.effect,
                Effect::Gate(_)
                    | Effect::Progress
                    | Effect::Hold
                    | Effect::Regress(_)
                    | Effect::StepDown { .. }
                    | Effect::ReEvaluate(_)
            );
            let quoted = format!("\"{}\"", rule.id);
            assert!(
                !needs_a_line || tables.contains(&quoted) || tables.contains(&quoted.replace('"', "\\\"")),
                "{}",
                rule.id
            );
        }
    }
}
