//! Rows in, domain values out: the only crate that names sea-orm or SQL, and that knows there are two databases.
//!
//! A row is reachable only through a transaction of one clinic: [`Store::begin_read`] and [`Store::begin_write`] need a
//! clinic id, and no raw connection leaves this crate. Functions read noun::verb: `plans::get`.

pub mod activities;
pub mod assessments;
pub mod audit;
pub mod caseload;
pub mod clinic_policies;
pub mod clinics;
pub mod decisions;
pub mod export;
pub mod glass;
pub mod injuries;
pub mod keys;
pub mod members;
pub mod patients;
pub mod plans;
pub mod protocols;
pub mod receipts;
pub mod records;
pub mod requests;
pub mod sessions;
pub mod therapists;

mod column;
mod digest;
mod entity;
mod error;
mod fact;
mod head;
mod migrate;
mod migration;
mod parent;
mod parts;
mod postgres;
mod row;
mod scope;
mod seal;
mod sqlite;
mod statement;
mod store;
mod stored;
mod tenancy;
mod vault;

#[cfg(all(feature = "without_clinic_filter", not(debug_assertions)))]
compile_error!("without_clinic_filter is for a test of the dev profile; a release keeps clinics apart itself");

#[cfg(test)]
extern crate self as taper_store;

#[cfg(test)]
#[path = "../tests/conformance/harness.rs"]
#[expect(dead_code, unused_imports, unused_macros, reason = "the inner tests need less of it than the outer ones")]
mod test_database;

pub use error::Error;
pub use migrate::{MigrationState, Migrations};
pub use requests::Claim;
pub use scope::{Read, Write};
pub use store::{Database, Options, Store};
pub use stored::{Amendment, At, InjuryKey, PlanKey, Stored, Version};
pub use vault::MasterKey;
