//! What stands in for an ergometer, a goniometer and a dynamometer, and only for these.

use crate::rows::equipment as table;
use crate::rows::story::hold;

#[test]
fn a_hand_or_an_eye_stands_in_for_what_is_not_at_hand() {
    hold(&table::a_hand_or_an_eye_stands_in_for_what_is_not_at_hand());
}

#[test]
fn no_painful_length_stands_in_for_palpation_only_where_that_is_not_recorded() {
    hold(&table::no_painful_length_stands_in_for_palpation_only_where_that_is_not_recorded());
}
