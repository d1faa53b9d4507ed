//! What several services say on the wire alike: facts, policies and values both ways, and the envelope of a mutation.

pub mod activity;
pub mod assessment;
pub mod at;
pub mod date;
pub mod mutation;
pub mod page;
pub mod policy;
pub mod seen;

mod number;
mod observation;
