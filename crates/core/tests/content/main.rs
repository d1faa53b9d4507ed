//! Tests of what the catalogue, the built-in protocols and their golden cases say.

#![expect(
    clippy::panic,
    reason = "the helpers of tests may fail loudly; the allowance for tests covers only functions marked as tests"
)]

mod catalogue;
mod course;
mod edges;
mod equipment;
mod flags;
mod golden;
mod ground;
mod hands_off;
mod notes;
mod permits;
mod persistent;
mod red_flags;
mod response;
mod rows;
mod sentences;
mod settings;
mod thresholds;
mod windows;
