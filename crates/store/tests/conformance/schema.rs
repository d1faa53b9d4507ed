//! The tables and columns of the migrated schema, whatever they are, and how rows of them are kept and changed.

use std::collections::BTreeMap;

use crate::harness::{Home, Kind};

/// Keeps a copy of a table, so that each change can be undone.
pub async fn copy(home: &Home, table: &str) {
    home.tamper(format!("CREATE TABLE untouched_{table} AS SELECT * FROM {table}")).await.unwrap();
}

pub async fn restore(home: &Home, table: &str) {
    let again = format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM untouched_{table}");
    home.tamper(again).await.unwrap();
}

/// Every column of the migrated schema: table, name, declared type.
pub async fn columns(home: &Home) -> Vec<(String, String, String)> {
    let sql = match home.kind {
        Kind::Sqlite => {
            "SELECT m.name || ' ' || c.name || ' ' || CASE WHEN c.name = 'body' THEN 'json'
             WHEN c.name IN ('active', 'entered_in_error') THEN 'boolean' ELSE lower(c.type) END
             FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY 1"
        }
        Kind::Postgres => {
            "SELECT table_name || ' ' || column_name || ' ' || data_type FROM information_schema.columns
             WHERE table_schema = 'public' ORDER BY 1"
        }
    };
    let split = |line: String| {
        let mut words = line.split(' ').map(str::to_owned);
        (words.next().unwrap(), words.next().unwrap(), words.next().unwrap())
    };
    home.raw(sql).await.into_iter().map(split).collect()
}

/// Another value of a column, which the table takes and the program could have written.
pub fn other(kind: Kind, column: &str) -> &'static str {
    match (column, kind) {
        ("revision", _) => "revision + 5",
        ("effective_date", _) => "CASE WHEN effective_date = '2001-01-01' THEN '2002-02-02' ELSE '2001-01-01' END",
        ("created_at", _) => "created_at - 1",
        ("recorded_at", _) => "recorded_at - 1",
        ("entered_in_error", _) => "NOT entered_in_error",
        ("amend_reason", _) => "COALESCE(amend_reason, '') || 'x'",
        ("reason", _) => "reason || 'x'",
        // The same to whoever parses it.
        ("body", Kind::Sqlite) => "body || ' '",
        ("body", Kind::Postgres) => "(body::text || ' ')::json",
        ("therapist", _) => "NULL",
        // The last byte of the tag; where nothing is encrypted, a byte that was not there.
        ("ciphertext", Kind::Sqlite) => {
            "COALESCE(CAST(substr(ciphertext, 1, length(ciphertext) - 1)
             || CASE substr(ciphertext, -1) WHEN X'00' THEN X'01' ELSE X'00' END AS BLOB), X'00')"
        }
        ("ciphertext", Kind::Postgres) => {
            "COALESCE(set_byte(ciphertext, length(ciphertext) - 1, get_byte(ciphertext, length(ciphertext) - 1) # 1), '\\x00')"
        }
        ("digest", Kind::Sqlite) => "X''",
        ("digest", Kind::Postgres) => "sha256(digest)",
        _ => panic!("no other value of {column}: say how it is changed, and whether the digest covers it"),
    }
}

/// Every row of every table, each as one text.
pub async fn all_rows(home: &Home) -> BTreeMap<String, Vec<String>> {
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (table, column, _) in columns(home).await {
        tables.entry(table).or_default().push(format!("quote(\"{column}\")"));
    }
    for (table, columns) in &mut tables {
        let sql = match home.kind {
            Kind::Sqlite => format!("SELECT {} FROM {table} ORDER BY 1", columns.join(" || ' ' || ")),
            Kind::Postgres => format!("SELECT t::text FROM {table} t ORDER BY 1"),
        };
        *columns = home.raw(sql).await;
    }
    tables
}
