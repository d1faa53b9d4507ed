//! Changes every threshold of the built-in protocols, one at a time, and asks whether a golden case or a table notices.

#![expect(
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of tests may fail loudly; the allowance for tests covers only functions marked as tests"
)]

mod hunt;
mod mutant;
mod reread;
#[path = "../content/rows/mod.rs"]
mod rows;
mod survivors;

use taper_core::protocol::builtin::DOCUMENTS;

use crate::survivors::Listed;

/// Least share of the changes that must be noticed, in percent.
const CAUGHT_PERCENT_MIN: f64 = 95.0;

#[test]
fn every_changed_threshold_is_noticed_or_listed() {
    let listed = Listed::read(include_str!("survivors.txt"));
    let mut faults = Vec::new();
    let mut known = Vec::new();
    for document in DOCUMENTS {
        let outcome = hunt::hunt(document);
        println!("{}", outcome.score(&listed));
        if outcome.caught_percent(&listed) < CAUGHT_PERCENT_MIN {
            faults.push(format!("{}: less than {CAUGHT_PERCENT_MIN}% are noticed", document.folder));
        }
        faults.extend(listed.compare(&outcome));
        known.extend(outcome.names);
    }
    faults.extend(listed.stale(&known));
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
