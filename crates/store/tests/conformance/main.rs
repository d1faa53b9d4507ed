//! The contract of the store, run on SQLite and on Postgres alike; a database that is not there fails the run.

mod harness;
mod idempotency;
mod load;
mod records;
mod revisions;
mod round_trip;
mod samples;
mod tenancy;
