//! Compiles the contract in proto/ with protox, so that no protoc is needed.

use std::path::Path;
use std::{env, error::Error, fs};

use prost::Message as _;

const FILES: &[&str] = &[
    "taper/v1/values.proto",
    "taper/v1/recommendation.proto",
    "taper/v1/forecast.proto",
    "taper/v1/trends.proto",
    "taper/v1/patient_service.proto",
    "taper/v1/assessment_service.proto",
    "taper/v1/session_service.proto",
    "taper/v1/treatment_plan_service.proto",
    "taper/v1/protocol_service.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto");
    println!("cargo::rerun-if-changed={}", root.display());

    let mut compiler = protox::Compiler::new([&root])?;
    compiler.include_imports(true).include_source_info(true).open_files(FILES)?;
    let encoded = compiler.encode_file_descriptor_set();
    let out = env::var("OUT_DIR")?;
    fs::write(Path::new(&out).join("taper_descriptor.bin"), &encoded)?;

    let files = prost_types::FileDescriptorSet::decode(encoded.as_slice())?;
    tonic_prost_build::configure().include_file("contract.rs").compile_fds(files)?;
    Ok(())
}
