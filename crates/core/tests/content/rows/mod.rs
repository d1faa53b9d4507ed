//! Tables of short cases on either side of each line; they can be tried on any protocol, also on a changed one.

pub mod bounds;
pub mod course;
pub mod edges;
pub mod equipment;
pub mod figures;
pub mod flags;
pub mod hands_off;
pub mod notes;
pub mod permits;
pub mod persistent;
pub mod red_flags;
pub mod response;
pub mod settings;
pub mod story;
pub mod thresholds;
pub mod windows;

use story::Row;

/// A table of rows.
pub type Table = fn() -> Vec<Row>;

/// Every table, by its sentence.
pub const TABLES: &[(&str, Table)] = &[
    ("progress_and_setbacks", course::progress_and_setbacks),
    ("holds_and_lost_gates", course::holds_and_lost_gates),
    ("the_clock_of_phase_1_starts_again_with_a_flare", course::the_clock_of_phase_1_starts_again_with_a_flare),
    ("walking_with_pain_refers_from_day_7_on", course::walking_with_pain_refers_from_day_7_on),
    (
        "between_10_and_15_degrees_another_tester_leaves_it_open",
        course::between_10_and_15_degrees_another_tester_leaves_it_open,
    ),
    (
        "pain_limits_of_the_persistent_protocol_are_one_point_higher",
        course::pain_limits_of_the_persistent_protocol_are_one_point_higher,
    ),
    ("from_three_visits_to_two", course::from_three_visits_to_two),
    ("from_two_visits_to_one", course::from_two_visits_to_one),
    ("without_response", course::without_response),
    ("nearly_well_is_not_without_response", course::nearly_well_is_not_without_response),
    ("what_was_done_counts_as_it_was_felt", course::what_was_done_counts_as_it_was_felt),
    ("how_many_visits_to_begin_with", edges::how_many_visits_to_begin_with),
    ("fewer_visits_need_a_week_without_setback", edges::fewer_visits_need_a_week_without_setback),
    (
        "at_two_visits_the_rule_from_three_to_two_is_no_condition_any_more",
        edges::at_two_visits_the_rule_from_three_to_two_is_no_condition_any_more,
    ),
    (
        "fewer_visits_need_a_fall_of_pain_and_phase_2_and_seven_days_on_the_rung",
        edges::fewer_visits_need_a_fall_of_pain_and_phase_2_and_seven_days_on_the_rung,
    ),
    ("the_last_figures_of_fewer_visits", edges::the_last_figures_of_fewer_visits),
    ("discharge_tests_that_hang_on_the_site", edges::discharge_tests_that_hang_on_the_site),
    (
        "one_full_session_is_not_two_and_one_clean_day_is_not_two",
        edges::one_full_session_is_not_two_and_one_clean_day_is_not_two,
    ),
    ("walking_is_allowed_with_a_limp_and_not_when_unable", edges::walking_is_allowed_with_a_limp_and_not_when_unable),
    ("running_needs_an_onset_above_nothing", edges::running_needs_an_onset_above_nothing),
    ("each_step_of_running_opens_the_next", edges::each_step_of_running_opens_the_next),
    ("machines_by_degree", edges::machines_by_degree),
    ("limits_of_ice_and_massage", edges::limits_of_ice_and_massage),
    ("massage_on_the_site_begins_at_72_hours", edges::massage_on_the_site_begins_at_72_hours),
    ("ultrasound_keeps_off_swelling_in_phase_1_too", edges::ultrasound_keeps_off_swelling_in_phase_1_too),
    (
        "an_earlier_injury_is_a_risk_in_phase_4_and_after_discharge",
        flags::an_earlier_injury_is_a_risk_in_phase_4_and_after_discharge,
    ),
    (
        "a_recurrence_refers_soon_after_the_return_or_as_the_second",
        flags::a_recurrence_refers_soon_after_the_return_or_as_the_second,
    ),
    ("long_pain_and_late_bone_refer_in_both_protocols", flags::long_pain_and_late_bone_refer_in_both_protocols),
    ("proximal_pain_is_flagged_by_site_or_by_sitting", flags::proximal_pain_is_flagged_by_site_or_by_sitting),
    ("earlier_treatment_of_90_days_is_flagged", flags::earlier_treatment_of_90_days_is_flagged),
    ("flags_of_what_was_used", flags::flags_of_what_was_used),
    ("each_finding_and_caution_meets_its_rules", flags::each_finding_and_caution_meets_its_rules),
    (
        "a_positive_stretch_test_keeps_off_stretching_at_home",
        flags::a_positive_stretch_test_keeps_off_stretching_at_home,
    ),
    ("setbacks_in_phase_3", edges::setbacks_in_phase_3),
    (
        "a_hand_or_an_eye_stands_in_for_what_is_not_at_hand",
        equipment::a_hand_or_an_eye_stands_in_for_what_is_not_at_hand,
    ),
    (
        "no_painful_length_stands_in_for_palpation_only_where_that_is_not_recorded",
        equipment::no_painful_length_stands_in_for_palpation_only_where_that_is_not_recorded,
    ),
    (
        "a_judged_third_degree_counts_beside_a_milder_grade_and_keeps_hands_off",
        hands_off::a_judged_third_degree_counts_beside_a_milder_grade_and_keeps_hands_off,
    ),
    ("self_massage_waits_for_a_clean_place", hands_off::self_massage_waits_for_a_clean_place),
    (
        "ultrasound_needling_and_self_massage_wait_72_hours_and_say_what_is_not_shown",
        hands_off::ultrasound_needling_and_self_massage_wait_72_hours_and_say_what_is_not_shown,
    ),
    ("the_home_programme_follows_the_phase", notes::the_home_programme_follows_the_phase),
    (
        "prevention_and_risk_factors_come_with_phase_4_and_stay_after_discharge",
        notes::prevention_and_risk_factors_come_with_phase_4_and_stay_after_discharge,
    ),
    ("reviews_fall_due", notes::reviews_fall_due),
    ("five_visits_are_not_six", notes::five_visits_are_not_six),
    ("what_should_not_have_been_used_is_flagged", notes::what_should_not_have_been_used_is_flagged),
    ("a_pattern_and_a_contradiction_are_flagged", notes::a_pattern_and_a_contradiction_are_flagged),
    ("referrals_wait_for_their_day", notes::referrals_wait_for_their_day),
    ("pain_when_sitting_refers_at_any_site", notes::pain_when_sitting_refers_at_any_site),
    ("no_progress_needs_something_left_to_gain", notes::no_progress_needs_something_left_to_gain),
    (
        "the_grade_by_knee_extension_changes_every_10_degrees",
        permits::the_grade_by_knee_extension_changes_every_10_degrees,
    ),
    ("the_grade_by_findings_is_that_of_the_first_day", permits::the_grade_by_findings_is_that_of_the_first_day),
    (
        "each_caution_blocks_what_it_should_and_nothing_is_blocked_without_one",
        permits::each_caution_blocks_what_it_should_and_nothing_is_blocked_without_one,
    ),
    (
        "cautions_that_nobody_asked_about_must_be_asked_about_first",
        permits::cautions_that_nobody_asked_about_must_be_asked_about_first,
    ),
    ("ultrasound_waits_for_the_growth_plates", permits::ultrasound_waits_for_the_growth_plates),
    ("findings_block_and_limit_modalities", permits::findings_block_and_limit_modalities),
    ("heat_waits_three_days", permits::heat_waits_three_days),
    (
        "massage_goes_onto_the_site_after_phase_1_and_72_hours",
        permits::massage_goes_onto_the_site_after_phase_1_and_72_hours,
    ),
    (
        "a_modality_that_failed_this_patient_is_not_repeated",
        permits::a_modality_that_failed_this_patient_is_not_repeated,
    ),
    (
        "stretching_waits_for_phase_2_and_the_therapists_word",
        permits::stretching_waits_for_phase_2_and_the_therapists_word,
    ),
    ("activities_open_by_phase", permits::activities_open_by_phase),
    ("machines_follow_the_degree_and_clean_days", permits::machines_follow_the_degree_and_clean_days),
    (
        "a_third_degree_keeps_off_the_machines_until_it_is_cleared",
        permits::a_third_degree_keeps_off_the_machines_until_it_is_cleared,
    ),
    (
        "running_comes_back_below_the_onset_and_step_by_step",
        permits::running_comes_back_below_the_onset_and_step_by_step,
    ),
    (
        "persistent_running_goes_on_below_the_onset_in_every_phase",
        permits::persistent_running_goes_on_below_the_onset_in_every_phase,
    ),
    (
        "persistent_loading_starts_with_isometric_work_and_goes_on_to_eccentric",
        permits::persistent_loading_starts_with_isometric_work_and_goes_on_to_eccentric,
    ),
    ("each_trigger_opens_its_referral_and_stops", red_flags::each_trigger_opens_its_referral_and_stops),
    ("each_trigger_stops_a_plan_that_is_still_a_draft", red_flags::each_trigger_stops_a_plan_that_is_still_a_draft),
    ("what_is_not_enough_leaves_the_rule_unmet", red_flags::what_is_not_enough_leaves_the_rule_unmet),
    ("an_unasked_finding_is_neither_open_nor_excluded", red_flags::an_unasked_finding_is_neither_open_nor_excluded),
    ("the_age_and_the_cautions_of_the_patient_count", red_flags::the_age_and_the_cautions_of_the_patient_count),
    ("the_course_refers_beside_the_treatment", red_flags::the_course_refers_beside_the_treatment),
    ("an_eccentric_slip_counts_as_one_of_three_signs", red_flags::an_eccentric_slip_counts_as_one_of_three_signs),
    ("a_clean_screen_opens_nothing", red_flags::a_clean_screen_opens_nothing),
    (
        "non_response_needs_six_visits_two_values_and_something_left_to_gain",
        response::non_response_needs_six_visits_two_values_and_something_left_to_gain,
    ),
    (
        "non_response_is_seen_after_three_weeks_whatever_the_visits",
        response::non_response_is_seen_after_three_weeks_whatever_the_visits,
    ),
    ("one_value_is_no_change", response::one_value_is_no_change),
    ("function_must_be_measured_a_second_time", response::function_must_be_measured_a_second_time),
    (
        "reviews_come_after_six_visits_and_ten_treatment_days",
        response::reviews_come_after_six_visits_and_ten_treatment_days,
    ),
    ("reviews_and_follow_up_are_due_on_their_day", response::reviews_and_follow_up_are_due_on_their_day),
    ("gates_and_holds_follow_the_limit_for_pain", settings::gates_and_holds_follow_the_limit_for_pain),
    (
        "holding_for_pain_in_running_follows_the_limit_for_running",
        settings::holding_for_pain_in_running_follows_the_limit_for_running,
    ),
    (
        "loading_follows_the_limit_for_strength_or_for_tendons",
        settings::loading_follows_the_limit_for_strength_or_for_tendons,
    ),
    ("activities_follow_their_own_limit", settings::activities_follow_their_own_limit),
    (
        "machines_of_a_second_degree_follow_the_limit_for_pain",
        settings::machines_of_a_second_degree_follow_the_limit_for_pain,
    ),
    ("stretching_follows_the_limit_for_pain", settings::stretching_follows_the_limit_for_pain),
    ("running_follows_the_limit_for_running", settings::running_follows_the_limit_for_running),
    ("after_discharge_the_limits_stay", settings::after_discharge_the_limits_stay),
    ("the_integrated_policy_lets_run_from_phase_3_on", settings::the_integrated_policy_lets_run_from_phase_3_on),
    ("gates_of_phase_1", thresholds::gates_of_phase_1),
    ("what_only_an_acute_strain_has", thresholds::what_only_an_acute_strain_has),
    ("gates_of_phase_2", thresholds::gates_of_phase_2),
    ("gates_of_phase_3", thresholds::gates_of_phase_3),
    ("gates_of_discharge", thresholds::gates_of_discharge),
    ("a_grade_by_knee_extension_is_one_of_days_2_to_5", windows::a_grade_by_knee_extension_is_one_of_days_2_to_5),
    (
        "a_first_degree_by_findings_needs_range_and_strength",
        windows::a_first_degree_by_findings_needs_range_and_strength,
    ),
    ("what_was_before_the_phase_does_not_send_back_again", windows::what_was_before_the_phase_does_not_send_back_again),
    (
        "a_gate_lost_before_the_phase_does_not_send_back_again",
        windows::a_gate_lost_before_the_phase_does_not_send_back_again,
    ),
    (
        "one_value_is_no_return_of_a_limp_and_no_loss_of_range",
        windows::one_value_is_no_return_of_a_limp_and_no_loss_of_range,
    ),
    ("another_tester_needs_the_error_between_testers", windows::another_tester_needs_the_error_between_testers),
    ("tight_quadriceps_count_for_120_days", windows::tight_quadriceps_count_for_120_days),
    ("a_value_counts_until_the_last_day_of_its_freshness", windows::a_value_counts_until_the_last_day_of_its_freshness),
    ("what_stands_in_when_a_measure_is_missing", bounds::what_stands_in_when_a_measure_is_missing),
    ("what_stands_in_must_be_well_too", bounds::what_stands_in_must_be_well_too),
    ("one_entry_is_no_change", bounds::one_entry_is_no_change),
    ("six_visits_without_function_ask_for_it", bounds::six_visits_without_function_ask_for_it),
    (
        "knee_extension_of_another_tester_counts_from_15_degrees",
        bounds::knee_extension_of_another_tester_counts_from_15_degrees,
    ),
    ("grades_begin_at_their_lower_bound", bounds::grades_begin_at_their_lower_bound),
    ("degrees_open_their_own_machines", bounds::degrees_open_their_own_machines),
    ("hands_go_onto_the_site_at_72_hours", bounds::hands_go_onto_the_site_at_72_hours),
    ("walking_and_running_need_something_to_go_by", bounds::walking_and_running_need_something_to_go_by),
    ("what_was_felt_counts_to_the_point", bounds::what_was_felt_counts_to_the_point),
    (
        "the_site_decides_on_the_stretch_tests_and_on_the_proximal_tendon",
        bounds::the_site_decides_on_the_stretch_tests_and_on_the_proximal_tendon,
    ),
    ("ages_mechanisms_and_earlier_treatment", bounds::ages_mechanisms_and_earlier_treatment),
    ("an_earlier_injury_is_a_risk_also_after_discharge", bounds::an_earlier_injury_is_a_risk_also_after_discharge),
    ("illness_keeps_lymph_drainage_away", bounds::illness_keeps_lymph_drainage_away),
    ("the_persistent_limits_are_three", bounds::the_persistent_limits_are_three),
];
