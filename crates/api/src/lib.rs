//! The generated gRPC types of the contract in proto/; nothing here is written by hand.

// The lint levels of the workspace are for code that people write.
#![allow(clippy::all, clippy::pedantic, clippy::indexing_slicing, rustdoc::all, missing_docs)]

include!(concat!(env!("OUT_DIR"), "/contract.rs"));

pub use taper::v1;

/// The whole contract as an encoded `google.protobuf.FileDescriptorSet`, with imports and comments.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/taper_descriptor.bin"));
