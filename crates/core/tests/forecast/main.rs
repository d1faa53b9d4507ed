//! The forecast of visits and what they cost: SciPy's figures, worked examples by hand, and what holds for any record.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says so; clippy's exception covers test functions only"
)]

mod article;
mod costs;
mod coverage;
mod properties;
mod silent;
mod slopes;
mod story;
mod worked;
