//! The last value that meets a threshold, and the first that does not.

use crate::rows::story::hold;
use crate::rows::thresholds as table;

#[test]
fn gates_of_phase_1() {
    hold(&table::gates_of_phase_1());
}

#[test]
fn gates_of_phase_2() {
    hold(&table::gates_of_phase_2());
}

#[test]
fn gates_of_phase_3() {
    hold(&table::gates_of_phase_3());
}

#[test]
fn gates_of_discharge() {
    hold(&table::gates_of_discharge());
}

#[test]
fn what_only_an_acute_strain_has() {
    hold(&table::what_only_an_acute_strain_has());
}
