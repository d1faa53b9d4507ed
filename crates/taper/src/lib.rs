//! The parts of the `taper` program: its commands, the embedded server, and stories that are played and printed.

pub mod command;

pub mod database;
pub mod embedded;
pub mod loopback;
pub mod server;

pub mod play;
pub mod story;

pub mod invite;
pub mod paper;
