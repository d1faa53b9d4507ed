//! The rows of the acute protocol on the persistent one, and the figures of both.

use taper_core::protocol;

use crate::rows::story::{Row, hold};
use crate::rows::{TABLES, figures, persistent};

#[test]
fn every_table_has_rows_that_hold() {
    for (name, table) in TABLES {
        assert!(!table().is_empty(), "{name} has no rows");
        hold(&table());
    }
}

#[test]
fn the_rows_of_the_acute_protocol_hold_in_the_persistent_one_unless_they_are_named() {
    hold(&persistent::same());
}

#[test]
fn the_rows_that_are_named_do_come_out_otherwise() {
    let builtin = protocol::builtin().iter().find(|known| known.reference.protocol == "hamstring-persistent");
    let holds = |row: &Row| builtin.is_none_or(|protocol| row.fault(protocol).is_none());
    let rows = persistent::otherwise();
    let same: Vec<&str> = rows.iter().filter(|row| holds(row)).map(|row| row.what.as_str()).collect();
    assert!(same.is_empty(), "these hold by now, and need no name: {}", same.join("\n"));
    let missing = persistent::OTHERWISE.iter().filter(|(name, _)| !rows.iter().any(|row| row.what.starts_with(name)));
    let missing: Vec<&str> = missing.map(|(name, _)| *name).collect();
    assert!(missing.is_empty(), "no row is called: {}", missing.join(", "));
}

#[test]
fn both_protocols_say_the_figures_of_the_sources() {
    let faults: Vec<String> = protocol::builtin().iter().flat_map(figures::faults).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
