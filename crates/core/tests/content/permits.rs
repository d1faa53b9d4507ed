//! Grades, and what is allowed, limited or blocked on either side of each line.

use crate::rows::permits as table;
use crate::rows::story::hold;

#[test]
fn the_grade_by_knee_extension_changes_every_10_degrees() {
    hold(&table::the_grade_by_knee_extension_changes_every_10_degrees());
}

#[test]
fn the_grade_by_findings_is_that_of_the_first_day() {
    hold(&table::the_grade_by_findings_is_that_of_the_first_day());
}

#[test]
fn each_caution_blocks_what_it_should_and_nothing_is_blocked_without_one() {
    hold(&table::each_caution_blocks_what_it_should_and_nothing_is_blocked_without_one());
}

#[test]
fn cautions_that_nobody_asked_about_must_be_asked_about_first() {
    hold(&table::cautions_that_nobody_asked_about_must_be_asked_about_first());
}

#[test]
fn ultrasound_waits_for_the_growth_plates() {
    hold(&table::ultrasound_waits_for_the_growth_plates());
}

#[test]
fn findings_block_and_limit_modalities() {
    hold(&table::findings_block_and_limit_modalities());
}

#[test]
fn heat_waits_three_days() {
    hold(&table::heat_waits_three_days());
}

#[test]
fn massage_goes_onto_the_site_after_phase_1_and_72_hours() {
    hold(&table::massage_goes_onto_the_site_after_phase_1_and_72_hours());
}

#[test]
fn a_modality_that_failed_this_patient_is_not_repeated() {
    hold(&table::a_modality_that_failed_this_patient_is_not_repeated());
}

#[test]
fn stretching_waits_for_phase_2_and_the_therapists_word() {
    hold(&table::stretching_waits_for_phase_2_and_the_therapists_word());
}

#[test]
fn activities_open_by_phase() {
    hold(&table::activities_open_by_phase());
}

#[test]
fn machines_follow_the_degree_and_clean_days() {
    hold(&table::machines_follow_the_degree_and_clean_days());
}

#[test]
fn a_third_degree_keeps_off_the_machines_until_it_is_cleared() {
    hold(&table::a_third_degree_keeps_off_the_machines_until_it_is_cleared());
}

#[test]
fn running_comes_back_below_the_onset_and_step_by_step() {
    hold(&table::running_comes_back_below_the_onset_and_step_by_step());
}

#[test]
fn persistent_running_goes_on_below_the_onset_in_every_phase() {
    hold(&table::persistent_running_goes_on_below_the_onset_in_every_phase());
}

#[test]
fn persistent_loading_starts_with_isometric_work_and_goes_on_to_eccentric() {
    hold(&table::persistent_loading_starts_with_isometric_work_and_goes_on_to_eccentric());
}
