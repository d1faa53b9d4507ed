//! The RPCs of this crate on a real store: a plan from its draft to its end.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails where it finds something else")]

mod clinic;
mod decisions;
mod empty;
mod etags;
mod plans;
mod protocols;
mod sessions;
