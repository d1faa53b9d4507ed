//! Messages of any type with a planted text in every field that holds one, so that a new field cannot be forgotten.

use prost_reflect::prost_types::Timestamp;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, ReflectMessage as _, Value};

use crate::build::request_id;
use crate::planted::planted;

/// A birth date that no clock and no number of a log shows.
pub const BIRTH_DATE: (i32, i32, i32) = (1913, 11, 17);

/// How deep messages within messages are filled.
const DEPTH_MAX: usize = 5;

/// A message whose every text is planted. With a name, it is the message's own and its parent's, and what only a right
/// caller knows (etags, page tokens) is left out.
pub fn filled(message: &MessageDescriptor, name: Option<&str>) -> DynamicMessage {
    filled_to(message, name, DEPTH_MAX)
}

/// The texts of requests that [`filled`] plants, by the full names of their fields.
pub fn planted_fields(message: &MessageDescriptor, found: &mut Vec<String>) {
    for field in message.fields() {
        match field.kind() {
            Kind::String | Kind::Bytes if !found.contains(&field.full_name().to_owned()) => {
                found.push(field.full_name().to_owned());
            }
            Kind::Message(inner) if inner.package_name() == "taper.v1" && found.len() < 1000 => {
                planted_fields(&inner, found);
            }
            _ => {}
        }
    }
}

fn filled_to(descriptor: &MessageDescriptor, name: Option<&str>, depth: usize) -> DynamicMessage {
    let mut message = DynamicMessage::new(descriptor.clone());
    for field in descriptor.fields() {
        let Some(value) = value(&field, name, depth) else { continue };
        let value = if field.is_list() { Value::List(vec![value]) } else { value };
        if !field.is_map() {
            message.set_field(&field, value);
        }
    }
    message
}

fn value(field: &FieldDescriptor, name: Option<&str>, depth: usize) -> Option<Value> {
    Some(match field.kind() {
        Kind::String => Value::String(match (field.name(), name) {
            ("name" | "parent" | "treatment_plan", Some(name)) => name.to_owned(),
            ("request_id", Some(_)) => request_id(),
            ("etag" | "page_token", Some(_)) => return None,
            _ => planted(field.full_name().trim_start_matches("taper.v1.")),
        }),
        Kind::Bytes => Value::Bytes(planted(field.full_name()).into_bytes().into()),
        Kind::Message(inner) if inner.full_name() == "google.type.Date" => {
            let mut date = DynamicMessage::new(inner);
            let (year, month, day) = BIRTH_DATE;
            for (part, number) in [("year", year), ("month", month), ("day", day)] {
                date.set_field_by_name(part, Value::I32(number));
            }
            Value::Message(date)
        }
        Kind::Message(inner) if inner.full_name() == "google.protobuf.Timestamp" => {
            Value::Message(Timestamp { seconds: 1_700_000_000, nanos: 0 }.transcode_to_dynamic())
        }
        Kind::Message(inner) if depth > 0 => Value::Message(filled_to(&inner, name, depth - 1)),
        Kind::Message(_) => return None,
        Kind::Enum(_) => Value::EnumNumber(1),
        Kind::Bool => Value::Bool(true),
        Kind::Double => Value::F64(3.0),
        Kind::Float => Value::F32(3.0),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(3),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(3),
        Kind::Uint32 | Kind::Fixed32 => Value::U32(3),
        Kind::Uint64 | Kind::Fixed64 => Value::U64(3),
    })
}
