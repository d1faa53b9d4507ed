//! The harness of the tests from outside: a test starts a world, which is a server on one database, and is a clinic in it.

mod build;
mod clinic;
mod course;
mod database;
mod guarded;
mod issuer;
mod process;
pub mod raw;
mod refused;
mod rows;
mod world;

pub use build::{assessment, code, date, days_ago, finding, number, request_id, session, timestamp_days_ago};
pub use clinic::{Case, Clinic};
pub use course::ready_for_phase_2;
pub use database::Database;
pub use guarded::Guarded;
pub use issuer::TokenIssuer;
pub use process::{DevServer, Served};
pub use refused::Refused;
pub use world::World;
