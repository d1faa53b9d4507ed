//! The parts of the `taper` program: its commands, the embedded server, and stories that are played and printed.

pub mod command;

pub mod database;
pub mod embedded;
pub mod gate;
pub mod loopback;
pub mod server;

pub mod play;
pub mod story;

pub mod caseload;
pub mod course;
pub mod explain;
pub mod forecast;
pub mod receipt;
pub mod replay;
pub mod suppose;
pub mod visits;

pub mod connection;

pub mod columns;
pub mod invite;
pub mod money;
pub mod page;
pub mod paper;
