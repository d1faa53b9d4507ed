//! The page of the document format says what the code says: its tables are made from the code, and it names every word.

use std::collections::BTreeSet;

use taper_core::measure::{ALL, Measure, Shape, Worse};
use taper_core::protocol::builtin;
use taper_core::protocol::criterion::{Comparator, Stat};
use taper_core::record::codes::*;

const PAGE: &str = include_str!("../../protocols/README.md");

/// The lines between two marks, without empty ones.
fn part(name: &str) -> Vec<&'static str> {
    let (begin, end) = (format!("<!-- {name}: begin -->"), format!("<!-- {name}: end -->"));
    let after = PAGE.split_once(&begin).expect("the page has the mark").1;
    let inside = after.split_once(&end).expect("the page has the mark").0;
    inside.lines().filter(|line| !line.is_empty()).collect()
}

#[track_caller]
fn check_part(name: &str, expected: &[String]) {
    let found = part(name);
    let expected_text = expected.join("\n");
    assert!(found == expected, "the part `{name}` of protocols/README.md must read:\n\n{expected_text}\n");
}

fn values(measure: &Measure) -> String {
    match measure.shape {
        Shape::Number { unit, min, max, step } => format!("{min} to {max} `{unit}`, step {step}"),
        Shape::Finding => "finding".to_owned(),
        Shape::Code(codes) => codes.join(" < "),
    }
}

fn row(measure: &Measure) -> String {
    let change = |size: Option<taper_core::measure::Change>| size.map(|c| c.size.to_string()).unwrap_or_default();
    let worse = match (measure.shape, measure.worse) {
        (Shape::Code(_), _) => "later code",
        (Shape::Finding, Worse::Higher) => "present",
        (Shape::Finding, Worse::Lower) => "absent",
        (Shape::Number { .. }, Worse::Higher) => "higher",
        (Shape::Number { .. }, Worse::Lower) => "lower",
    };
    let marks = [(measure.by_tester, "same tester"), (measure.sited, "site")];
    let marks: Vec<&str> = marks.iter().filter(|(is, _)| *is).map(|(_, mark)| *mark).collect();
    format!(
        "| `{}` | {} | {} | {} | {} | {} | {} |",
        measure.code,
        values(measure),
        measure.fresh_days,
        change(measure.detectable),
        change(measure.meaningful),
        worse,
        marks.join(", "),
    )
}

#[test]
fn the_catalogue_on_the_page_is_the_catalogue() {
    let mut expected = vec![
        "| Measure | Values | Fresh | Detectable | Meaningful | Worse | |".to_owned(),
        "|---|---|---|---|---|---|---|".to_owned(),
    ];
    expected.extend(ALL.iter().map(row));
    check_part("catalogue", &expected);
}

fn codes<T: std::fmt::Display>(list: &str, all: &[T]) -> String {
    let codes: Vec<String> = all.iter().map(|code| format!("`{code}`")).collect();
    format!("| {list} | {} |", codes.join(" "))
}

#[test]
fn the_codes_on_the_page_are_the_codes() {
    let expected = [
        "| List | Codes, in order |".to_owned(),
        "|---|---|".to_owned(),
        codes("activities", ActivityKind::ALL),
        codes("modalities", Modality::ALL),
        codes("modality results", ModalityResult::ALL),
        codes("areas", Area::ALL),
        codes("sites", Site::ALL),
        codes("mechanisms", Mechanism::ALL),
        codes("presentations", Presentation::ALL),
        codes("cautions", Caution::ALL),
        codes("equipment", Equipment::ALL),
        codes("running policies", RunningPolicy::ALL),
        codes("plan states", PlanState::ALL),
        codes("session states", SessionState::ALL),
        codes("earlier treatment results", TreatmentResult::ALL),
    ];
    check_part("codes", &expected);
}

/// Words in backticks, also those inside a longer example.
fn words() -> BTreeSet<&'static str> {
    let quoted = PAGE.split('`').skip(1).step_by(2);
    quoted.flat_map(|text| text.split(|c: char| !(c.is_ascii_alphanumeric() || "_<>=!:".contains(c)))).collect()
}

#[test]
fn the_page_defines_every_stat_and_comparator() {
    let words = words();
    for (_, stat) in Stat::ALL {
        assert!(words.contains(stat), "the page does not define `{stat}`");
    }
    for (_, sign) in Comparator::ALL {
        assert!(words.contains(sign), "the page does not define `{sign}`");
    }
}

/// Every key of every table of a document, and the values that are words of the format.
fn collect<'a>(value: &'a toml::Value, keys: &mut BTreeSet<&'a str>, words: &mut BTreeSet<&'a str>) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                keys.insert(key);
                if let (true, Some(word)) = (matches!(key.as_str(), "kind" | "anchor" | "stat"), value.as_str()) {
                    words.insert(word);
                }
                if let ("fact", Some(fact)) = (key.as_str(), value.as_str()) {
                    words.insert(fact.split_once(':').map_or(fact, |(kind, _)| kind));
                }
                collect(value, keys, words);
            }
        }
        toml::Value::Array(values) => values.iter().for_each(|value| collect(value, keys, words)),
        _ => {}
    }
}

#[test]
fn the_page_names_every_key_kind_and_fact_of_the_built_in_documents() {
    let words_of_page: BTreeSet<&str> = words().into_iter().flat_map(|word| word.split(':')).collect();
    for protocol in builtin() {
        let document: toml::Value = toml::from_str(&protocol.document).unwrap();
        let (mut keys, mut words) = (BTreeSet::new(), BTreeSet::new());
        collect(&document, &mut keys, &mut words);
        assert!(keys.len() > 50, "only {} keys found", keys.len());
        for word in keys.union(&words) {
            assert!(words_of_page.contains(word), "{}: the page does not name `{word}`", protocol.reference.protocol);
        }
    }
}
