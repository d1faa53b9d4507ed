//! Every RPC of AssessmentService on a database of its own.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod activities;
mod assessments;
mod empty;
mod etags;
mod harness;
