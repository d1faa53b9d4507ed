//! The service's messages to the words of the core, and back; every fault of a message is noted with its path.

pub mod measure;
pub mod trends;
