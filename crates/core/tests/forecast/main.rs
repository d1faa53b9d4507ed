//! The forecast of visits and what they cost: SciPy's figures, worked examples by hand, and what holds for any record.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says so; clippy's exception covers test functions only"
)]

mod article;
mod backtest;
mod costs;
mod coverage;
#[path = "../engine/document.rs"]
#[allow(dead_code, reason = "the builder is that of the engine's tests, and not all of it is needed here")]
mod document;
mod properties;
mod silent;
mod slopes;
mod story;
mod worked;
