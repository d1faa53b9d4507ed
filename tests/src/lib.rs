//! The harness of the tests from outside: a test starts a world, which is a server on one database, and is a clinic in it.

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
