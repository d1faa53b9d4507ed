//! ExportPatient: everything that is stored of one patient, as a stream of rows.

use std::collections::BTreeMap;

use prost_types::value::Kind;
use prost_types::{ListValue, Struct, Value};
use taper_api::v1::{ExportPatientRequest, ExportPatientResponse};
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::stream::filled;
use taper_kit::{Call, name};
use taper_store::{Store, export};
use taper_wire::begin;
use tonic::codegen::BoxStream;

/// Reads the rows in one snapshot, then streams them as fast as they are taken.
pub async fn export_patient(
    store: &Store,
    call: Call,
    request: ExportPatientRequest,
) -> Result<BoxStream<ExportPatientResponse>, Refusal> {
    let mut fields = Fields::new();
    let name = fields.name("name", &request.name);
    let name: name::Patient = fields.finish(name)?;

    let tx = begin::read(store, &call, &name).await?;
    let rows = export::patient(&tx, name.patient).await?;
    drop(tx);
    Ok(filled(|outlet| async move {
        for exported in rows {
            let row = Some(object(exported.row));
            outlet.send(ExportPatientResponse { table: exported.table.to_owned(), row }).await?;
        }
        Ok(())
    }))
}

fn object(fields: serde_json::Map<String, serde_json::Value>) -> Struct {
    let fields: BTreeMap<String, Value> = fields.into_iter().map(|(name, field)| (name, value(field))).collect();
    Struct { fields }
}

fn value(json: serde_json::Value) -> Value {
    let kind = match json {
        serde_json::Value::Null => Kind::NullValue(0),
        serde_json::Value::Bool(flag) => Kind::BoolValue(flag),
        serde_json::Value::Number(number) => Kind::NumberValue(number.as_f64().unwrap_or_default()),
        serde_json::Value::String(text) => Kind::StringValue(text),
        serde_json::Value::Array(items) => {
            Kind::ListValue(ListValue { values: items.into_iter().map(value).collect() })
        }
        serde_json::Value::Object(fields) => Kind::StructValue(object(fields)),
    };
    Value { kind: Some(kind) }
}
