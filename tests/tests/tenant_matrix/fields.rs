//! The fields of a request that bear an id, as the descriptor has them, and what stands in them instead.

use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, Value};

use crate::requests::NO_IDS;

/// The way from a request to one field, through messages that may be repeated.
pub type Way = Vec<FieldDescriptor>;

/// Every field below a message that bears an id: each text and each bytes field that is not known to bear none.
pub fn ways(message: &MessageDescriptor) -> Vec<Way> {
    let mut ways = Vec::new();
    for field in message.fields().filter(|field| !is_output_only(field)) {
        match field.kind() {
            Kind::String | Kind::Bytes if !NO_IDS.contains(&field.name()) => ways.push(vec![field]),
            // What Google's messages say is an amount, a date or the name of a field.
            Kind::Message(inner) if !inner.full_name().starts_with("google.") => {
                let below = ways_below(&field, &inner);
                ways.extend(below);
            }
            _ => {}
        }
    }
    ways
}

fn ways_below(field: &FieldDescriptor, inner: &MessageDescriptor) -> Vec<Way> {
    ways(inner).into_iter().map(|below| [vec![field.clone()], below].concat()).collect()
}

fn is_output_only(field: &FieldDescriptor) -> bool {
    const OUTPUT_ONLY: i32 = 3;
    let extension = field.parent_pool().get_extension_by_name("google.api.field_behavior").unwrap();
    let values = field.options().get_extension(&extension).into_owned();
    values.as_list().unwrap().iter().any(|value| value.as_enum_number() == Some(OUTPUT_ONLY))
}

/// `decision.recommendation`.
pub fn spelled(way: &Way) -> String {
    way.iter().map(|field| field.name().to_owned()).collect::<Vec<_>>().join(".")
}

/// The first value that stands there; none where nothing does.
pub fn read(message: &DynamicMessage, way: &[FieldDescriptor]) -> Option<Value> {
    let (field, below) = way.split_first()?;
    if !message.has_field(field) {
        return None;
    }
    let value = message.get_field(field).into_owned();
    if below.is_empty() {
        return Some(value);
    }
    match &value {
        Value::Message(inner) => read(inner, below),
        Value::List(items) => items.iter().find_map(|item| read(item.as_message()?, below)),
        _ => None,
    }
}

/// Puts a value there: into the first message of a list that has the field or, where none has, into the first that can.
pub fn write(message: &mut DynamicMessage, way: &[FieldDescriptor], value: Value) {
    let Some((field, below)) = way.split_first() else { return };
    if below.is_empty() {
        let value = if field.is_list() { Value::List(vec![value]) } else { value };
        message.set_field(field, value);
        return;
    }
    match message.get_field_mut(field) {
        Value::Message(inner) => write(inner, below, value),
        Value::List(items) => {
            let leads_on = |item: &Value| item.as_message().is_some_and(|item| item.has_field(&below[0]));
            let place = items.iter().position(|item| below.len() > 1 && leads_on(item)).unwrap_or(0);
            if items.is_empty() {
                let Kind::Message(inner) = field.kind() else { panic!("{} holds no message", field.full_name()) };
                items.push(Value::Message(DynamicMessage::new(inner)));
            }
            write(items[place].as_message_mut().unwrap(), below, value);
        }
        other => panic!("{} holds {other:?}", field.full_name()),
    }
}

/// The same value of nobody, as long and of the same shape: the last eight letters and digits of each id are others.
pub fn nobodys(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(nobodys_text(text, 0)),
        Value::Bytes(bytes) => Value::Bytes(bytes.iter().map(|byte| byte.wrapping_add(1)).collect::<Vec<u8>>().into()),
        other => panic!("{other:?} bears no id"),
    }
}

/// The same of a text, its first ids left as they are.
pub fn nobodys_text(text: &str, ids_kept: usize) -> String {
    let is_name = text.starts_with("clinics/") || text.starts_with("protocols/");
    let segments = text.split('/').enumerate().map(|(place, segment)| {
        let is_id =
            !is_name || (place % 2 == 1 && place / 2 >= ids_kept && !["policy", "hamstring-strain"].contains(&segment));
        if is_id { other(segment) } else { segment.to_owned() }
    });
    segments.collect::<Vec<_>>().join("/")
}

fn other(id: &str) -> String {
    let from = id.chars().count().saturating_sub(8);
    let change = |letter: char| match letter {
        '9' => '0',
        'f' => 'a',
        'z' | 'Z' => 'b',
        letter if letter.is_ascii_alphanumeric() => char::from(letter as u8 + 1),
        letter => letter,
    };
    id.chars().enumerate().map(|(place, letter)| if place < from { letter } else { change(letter) }).collect()
}
