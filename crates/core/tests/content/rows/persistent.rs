//! The rows of the acute protocol, tried on the persistent one wherever it says the same; the others are named.

use super::TABLES;
use super::story::Row;

/// Rows that come out otherwise in the persistent protocol, by the start of their name, and why.
pub const OTHERWISE: &[(&str, &str)] = &[];

/// A row of the acute protocol as a row of the persistent one.
fn as_persistent(table: &str, row: &Row) -> Row {
    let swap = |text: &str| {
        text.replace("protocol = \"hamstring-strain\"", "protocol = \"hamstring-persistent\"")
            .replace("presentation = \"acute\"", "presentation = \"persistent\"")
    };
    Row {
        folder: "hamstring-persistent".to_owned(),
        what: format!("{table}: {}", row.what),
        own: row.own.clone(),
        text: swap(&row.text),
        due: row.due.clone(),
    }
}

fn all() -> Vec<Row> {
    let mut rows = Vec::new();
    for (name, table) in TABLES {
        let acute = table().into_iter().filter(|row| row.folder == "hamstring-strain");
        rows.extend(acute.map(|row| as_persistent(name, &row)));
    }
    rows
}

fn is_otherwise(row: &Row) -> bool {
    OTHERWISE.iter().any(|(start, _)| row.what.starts_with(start))
}

/// Rows that must come out the same.
pub fn same() -> Vec<Row> {
    all().into_iter().filter(|row| !is_otherwise(row)).collect()
}

/// Rows that must not.
pub fn otherwise() -> Vec<Row> {
    all().into_iter().filter(is_otherwise).collect()
}
