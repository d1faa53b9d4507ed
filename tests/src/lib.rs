//! The harness of the tests from outside: a test starts a world, which is a server on one database, and is a clinic in it.

mod build;
mod clinic;
mod course;
mod database;
mod events;
mod filled;
mod guarded;
mod issuer;
mod overheard;
mod planted;
mod process;
pub mod raw;
mod refused;
mod rows;
mod world;

pub use build::{assessment, code, date, days_ago, finding, number, request_id, session, timestamp_days_ago};
pub use clinic::{Case, Clinic};
pub use course::ready_for_phase_2;
pub use database::Database;
pub use filled::{BIRTH_DATE, filled, planted_fields};
pub use guarded::Guarded;
pub use issuer::TokenIssuer;
pub use planted::{lines_with_secrets, planted};
pub use process::{DevServer, Served, taper_on};
pub use refused::Refused;
pub use world::World;
