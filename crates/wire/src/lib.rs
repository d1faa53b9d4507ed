//! What several services do alike with a request: its transaction and its times, the course of a plan that it asks for,
//! facts, policies and values both ways, and the envelope of a mutation.

pub mod activity;
pub mod assessment;
pub mod at;
pub mod begin;
pub mod course;
pub mod date;
pub mod key;
pub mod mutation;
pub mod page;
pub mod policy;
pub mod present;
pub mod seen;

mod number;
mod observation;

#[cfg(test)]
mod codes;
