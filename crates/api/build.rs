//! Compiles the contract in proto/ with protox, so that no protoc is needed.

use std::path::Path;
use std::{env, error::Error, fs};

use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, MethodDescriptor, ReflectMessage, Value};

const FILES: &[&str] = &[
    "taper/v1/access.proto",
    "taper/v1/admin_service.proto",
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

    let rows = access_rows(&compiler.descriptor_pool())?;
    fs::write(Path::new(&out).join("access.rs"), rows)?;

    let files = prost_types::FileDescriptorSet::decode(encoded.as_slice())?;
    tonic_prost_build::configure().include_file("contract.rs").compile_fds(files)?;
    Ok(())
}

/// The rows of the access table, one for each method; a method without one ends the build.
fn access_rows(pool: &DescriptorPool) -> Result<String, Box<dyn Error>> {
    let mut rows = String::new();
    for service in pool.services().filter(|service| service.package_name() == "taper.v1") {
        for method in service.methods() {
            let row = access_row(pool, &method)?;
            rows.push_str(&format!(
                "    AccessRow {{ path: \"/{}/{}\", {row} }},\n",
                service.full_name(),
                method.name()
            ));
        }
    }
    Ok(format!("&[\n{rows}]\n"))
}

fn access_row(pool: &DescriptorPool, method: &MethodDescriptor) -> Result<String, Box<dyn Error>> {
    let extension = pool.get_extension_by_name("taper.v1.access").ok_or("access.proto has no option `access`")?;
    let options = method.options();
    if !options.has_extension(&extension) {
        return Err(format!("{} does not say who may call it: it needs the option (access)", method.full_name()).into());
    }
    let value = options.get_extension(&extension);
    let access = value.as_message().ok_or("the option (access) is no message")?;
    let text = |field: &str| access.get_field_by_name(field).and_then(|value| value.as_str().map(str::to_owned));
    let (resource, interaction) = (text("resource").unwrap_or_default(), enum_names(access, "interaction")?);
    let interaction = interaction.first().cloned().unwrap_or_default();
    let flag = access.get_field_by_name("patient_data").and_then(|value| value.as_bool()).unwrap_or_default();
    let roles = |field: &str| Ok::<_, Box<dyn Error>>(format!("{field}: &{:?}", enum_names(access, field)?));
    let (allow, limited) = (roles("allow")?, roles("limited")?);
    let (break_glass, deny) = (roles("break_glass")?, roles("deny")?);
    if !deny.contains("ROLE_") && !allow.contains("ROLE_") {
        return Err(format!("{} names no role", method.full_name()).into());
    }
    Ok(format!(
        "resource: {resource:?}, interaction: {interaction:?}, patient_data: {flag}, {allow}, {limited}, {break_glass}, {deny}"
    ))
}

/// The names of the values of an enum field, one or many.
fn enum_names(message: &DynamicMessage, field: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let descriptor = message.descriptor().get_field_by_name(field).ok_or("access.proto has changed")?;
    let kind = descriptor.kind();
    let names = kind.as_enum().ok_or("access.proto has changed")?;
    let name = |value: &Value| {
        let number = value.as_enum_number()?;
        names.get_value(number).map(|value| value.name().to_owned())
    };
    let value = message.get_field(&descriptor);
    let values = match value.as_list() {
        Some(values) => values.iter().map(name).collect::<Option<Vec<String>>>(),
        None => name(&value).map(|one| vec![one]),
    };
    values.ok_or_else(|| "a role or an interaction that access.proto does not have".into())
}
