//! Values that count only within their window: the days of a grade, since the phase began, and while they are fresh.

use crate::rows::story::hold;
use crate::rows::windows as table;

#[test]
fn a_grade_by_knee_extension_is_one_of_days_2_to_5() {
    hold(&table::a_grade_by_knee_extension_is_one_of_days_2_to_5());
}

#[test]
fn a_first_degree_by_findings_needs_range_and_strength() {
    hold(&table::a_first_degree_by_findings_needs_range_and_strength());
}

#[test]
fn what_was_before_the_phase_does_not_send_back_again() {
    hold(&table::what_was_before_the_phase_does_not_send_back_again());
}

#[test]
fn a_gate_lost_before_the_phase_does_not_send_back_again() {
    hold(&table::a_gate_lost_before_the_phase_does_not_send_back_again());
}

#[test]
fn one_value_is_no_return_of_a_limp_and_no_loss_of_range() {
    hold(&table::one_value_is_no_return_of_a_limp_and_no_loss_of_range());
}

#[test]
fn another_tester_needs_the_error_between_testers() {
    hold(&table::another_tester_needs_the_error_between_testers());
}

#[test]
fn tight_quadriceps_count_for_120_days() {
    hold(&table::tight_quadriceps_count_for_120_days());
}

#[test]
fn a_value_counts_until_the_last_day_of_its_freshness() {
    hold(&table::a_value_counts_until_the_last_day_of_its_freshness());
}
