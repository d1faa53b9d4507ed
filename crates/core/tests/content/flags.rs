//! Flags, risk factors, blocks and late referrals on either side of each line, in both protocols.

use crate::rows::flags as table;
use crate::rows::story::hold;

#[test]
fn an_earlier_injury_is_a_risk_in_phase_4_and_after_discharge() {
    hold(&table::an_earlier_injury_is_a_risk_in_phase_4_and_after_discharge());
}

#[test]
fn a_recurrence_refers_soon_after_the_return_or_as_the_second() {
    hold(&table::a_recurrence_refers_soon_after_the_return_or_as_the_second());
}

#[test]
fn long_pain_and_late_bone_refer_in_both_protocols() {
    hold(&table::long_pain_and_late_bone_refer_in_both_protocols());
}

#[test]
fn proximal_pain_is_flagged_by_site_or_by_sitting() {
    hold(&table::proximal_pain_is_flagged_by_site_or_by_sitting());
}

#[test]
fn earlier_treatment_of_90_days_is_flagged() {
    hold(&table::earlier_treatment_of_90_days_is_flagged());
}

#[test]
fn flags_of_what_was_used() {
    hold(&table::flags_of_what_was_used());
}

#[test]
fn each_finding_and_caution_meets_its_rules() {
    hold(&table::each_finding_and_caution_meets_its_rules());
}

#[test]
fn a_positive_stretch_test_keeps_off_stretching_at_home() {
    hold(&table::a_positive_stretch_test_keeps_off_stretching_at_home());
}
