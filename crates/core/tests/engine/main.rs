//! The rules engine from outside: documents, golden cases, advice, and properties that hold for any record.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says so; clippy's exception covers test functions only"
)]

mod advice;
mod counterfactual;
mod counterfactual_examples;
mod counterfactual_smallest;
mod document;
mod documents;
mod drafts;
mod edges_of_facts;
mod edges_of_referrals;
mod facts;
mod facts_of_course;
mod faults;
mod format_page;
mod golden_cases;
mod less;
mod naive;
mod programme;
mod properties;
mod records;
mod standings;
mod stats;
