//! The edge from outside: a tiny service behind it, and a client on a real connection.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod drain;
mod errors;
mod http;
mod limits;
mod log;
mod probe;
mod recorded;
mod reflection;
mod running;
mod standing;
mod tls;
