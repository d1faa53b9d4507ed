//! The course of a case from outside: visits, trends, differences, receipts and the caseload, on tables worked by hand.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says so; clippy's exception covers test functions only"
)]

mod caseload;
mod differences;
#[path = "../engine/document.rs"]
#[allow(dead_code, reason = "the builder is that of the engine's tests, and not all of it is needed here")]
mod document;
mod non_response;
mod overrides;
mod played;
mod properties;
mod receipts;
#[path = "../engine/records.rs"]
#[allow(dead_code, reason = "the maker is that of the engine's tests, and not all of it is needed here")]
mod records;
mod red_flags;
mod replays;
mod reviews;
mod series;
mod visits;
