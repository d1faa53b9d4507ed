//! The harness of the tests from outside: a test starts a world, which is a server on one database, and is a clinic in it.

// Everything here exists for tests: a fault of the set-up ends the test with a message.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod build;
mod clinic;
mod database;
mod process;
mod refused;
mod world;

pub use build::{assessment, date, days_ago, finding, number, request_id, session, timestamp_days_ago};
pub use clinic::{Case, Clinic};
pub use database::Database;
pub use process::DevServer;
pub use refused::Refused;
pub use world::World;
