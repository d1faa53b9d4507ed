//! The contract of the store, run on SQLite and on Postgres alike; a database that is not there fails the run.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod access;
mod audit;
mod caseload;
mod confidential;
mod deletion;
mod digests;
mod erasure;
mod evidence;
mod export;
mod harness;
mod idempotency;
mod load;
mod policies;
mod postgres_tls;
mod protocols;
mod receipts;
mod records;
mod revisions;
mod round_trip;
mod samples;
mod schema;
mod tenancy;
mod time;
mod versions;
mod wall;
