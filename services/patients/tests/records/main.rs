//! Every RPC of PatientService on a database of its own.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod clinics;
mod empty;
mod harness;
mod injuries;
mod patients;
