//! What keeps hands, machines and loading away from the injured place.

use crate::rows::hands_off as table;
use crate::rows::story::hold;

#[test]
fn a_judged_third_degree_counts_beside_a_milder_grade_and_keeps_hands_off() {
    hold(&table::a_judged_third_degree_counts_beside_a_milder_grade_and_keeps_hands_off());
}

#[test]
fn self_massage_waits_for_a_clean_place() {
    hold(&table::self_massage_waits_for_a_clean_place());
}

#[test]
fn ultrasound_needling_and_self_massage_wait_72_hours_and_say_what_is_not_shown() {
    hold(&table::ultrasound_needling_and_self_massage_wait_72_hours_and_say_what_is_not_shown());
}
