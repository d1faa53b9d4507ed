//! What an answer of the server should have been: as the case expects, and as the rules say without a server.

use anyhow::Context;
use serde_json::Value;
use taper_api::v1;
use taper_core::case::{Step, check_expectation};
use taper_core::recommendation::Recommendation;

use super::reading;

/// Every difference, a text each.
pub(super) fn differences(
    step: &Step,
    answer: &v1::Recommendation,
    alone: &Recommendation,
) -> anyhow::Result<Vec<String>> {
    let day = step.day;
    let found =
        reading::recommendation(answer).with_context(|| format!("the answer of day {day} does not read back"))?;
    let mut differences: Vec<String> = Vec::new();
    if let Some(expect) = &step.expect {
        let unexpected = check_expectation(expect, &found).into_iter();
        differences.extend(unexpected.map(|mismatch| format!("day {day}, line {}, {mismatch}", mismatch.line)));
    }
    let (found, alone) = (comparable(&found)?, comparable(alone)?);
    for (field, expected) in alone.as_object().into_iter().flatten() {
        let found = found.get(field).unwrap_or(&Value::Null);
        if let Some((path, expected, found)) = first_difference(field, expected, found) {
            differences.push(format!("day {day}, {path}: {expected} without a server, {found} with it"));
        }
    }
    Ok(differences)
}

/// Without what only one of the two has: the names of records, and the plan's state.
fn comparable(advice: &Recommendation) -> anyhow::Result<Value> {
    let mut value = serde_json::to_value(advice)?;
    if let Some(fields) = value.as_object_mut() {
        fields.remove("plan_state");
    }
    drop_sources(&mut value);
    Ok(value)
}

fn drop_sources(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("source");
            // Of a clearance: the decision's id.
            fields.remove("decision");
            fields.values_mut().for_each(drop_sources);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_sources),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The path of the first difference, with both values there.
fn first_difference<'v>(path: &str, left: &'v Value, right: &'v Value) -> Option<(String, &'v Value, &'v Value)> {
    match (left, right) {
        (left, right) if left == right => None,
        (Value::Object(fields), Value::Object(others)) if fields.len() == others.len() => {
            let mut fields = fields.iter();
            fields.find_map(|(name, value)| {
                first_difference(&format!("{path}.{name}"), value, others.get(name).unwrap_or(&Value::Null))
            })
        }
        (Value::Array(items), Value::Array(others)) if items.len() == others.len() => {
            let mut pairs = items.iter().zip(others).enumerate();
            pairs.find_map(|(index, (item, other))| first_difference(&format!("{path}[{index}]"), item, other))
        }
        (left, right) => Some((path.to_owned(), left, right)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_difference_is_found_with_its_path() {
        let (left, right) = (json!({"a": [1, {"b": 2}]}), json!({"a": [1, {"b": 3}]}));
        let (path, left, right) = first_difference("root", &left, &right).unwrap();
        assert_eq!((path.as_str(), left, right), ("root.a[1].b", &json!(2), &json!(3)));
        assert!(first_difference("root", right, &json!(3)).is_none());
    }

    #[test]
    fn lists_of_other_lengths_differ_as_a_whole() {
        let (left, right) = (json!([1]), json!([1, 2]));
        assert_eq!(first_difference("root", &left, &right).unwrap().0, "root");
    }

    #[test]
    fn sources_are_left_out_at_every_depth() {
        let mut value = json!({"rules": [{"criteria": [{"source": "patient", "path": ""}]}]});
        drop_sources(&mut value);
        assert_eq!(value, json!({"rules": [{"criteria": [{"path": ""}]}]}));
    }
}
