//! One text for one value: JSON with sorted keys, as RFC 8785 writes values without fractions and with ASCII keys.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The canonical JSON of a value.
pub(super) fn json(value: &impl Serialize) -> String {
    // What is hashed here is made of texts, whole numbers, lists and structs, which always become JSON.
    let tree = serde_json::to_value(value).unwrap_or(Value::Null);
    let mut text = String::new();
    write(&tree, &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => text.push_str(&value.to_string()),
        Value::Array(items) => {
            text.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                write(item, text);
            }
            text.push(']');
        }
        Value::Object(fields) => {
            // Sorted here, because another crate of the build can make the map keep its order of insertion.
            let mut sorted: Vec<(&String, &Value)> = fields.iter().collect();
            sorted.sort_unstable_by_key(|(key, _)| *key);
            text.push('{');
            for (place, (key, item)) in sorted.into_iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push(':');
                write(item, text);
            }
            text.push('}');
        }
    }
}

/// SHA-256 of texts one after another, in lower-case hex.
pub(super) fn sha256_hex(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_are_sorted_at_every_depth_and_nothing_is_padded() {
        let tree = json!({ "b": [1, { "z": null, "a": true }], "a": "quote \" and line\n", "B": -7 });
        assert_eq!(super::json(&tree), r#"{"B":-7,"a":"quote \" and line\n","b":[1,{"a":true,"z":null}]}"#);
    }

    #[test]
    fn the_hash_is_that_of_the_standard() {
        // FIPS 180-4, the example "abc".
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256_hex(&["abc"]), expected);
        assert_eq!(sha256_hex(&["a", "", "bc"]), expected);
    }
}
