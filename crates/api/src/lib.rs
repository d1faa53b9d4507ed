//! The generated gRPC types of the contract in proto/, and who may call what; only the shape of a row is written by hand.

// The lint levels of the workspace are for code that people write.
#![allow(clippy::all, clippy::pedantic, clippy::indexing_slicing, rustdoc::all, missing_docs)]

include!(concat!(env!("OUT_DIR"), "/contract.rs"));

pub use taper::v1;

/// The whole contract as an encoded `google.protobuf.FileDescriptorSet`, with imports and comments.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/taper_descriptor.bin"));

/// Who may call one method, as the contract declares it next to the method (`taper/v1/access.proto`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessRow {
    /// `/taper.v1.PatientService/GetPatient`.
    pub path: &'static str,
    /// The resource in the scopes of an integrator.
    pub resource: &'static str,
    /// A value of `Interaction`.
    pub interaction: &'static str,
    /// Whether requests or answers hold data of patients.
    pub patient_data: bool,
    /// Values of `Role` that may call it.
    pub allow: &'static [&'static str],
    /// Those that get an answer without what was found.
    pub limited: &'static [&'static str],
    /// Those that may call it only while they have broken the glass.
    pub break_glass: &'static [&'static str],
    /// Those that may not.
    pub deny: &'static [&'static str],
}

/// A row for each method of the contract; the build fails on a method without one.
pub const ACCESS: &[AccessRow] = include!(concat!(env!("OUT_DIR"), "/access.rs"));
