//! The benchmark's own database in the given cluster, and the CPU that the cluster uses.

use std::ops::Range;

use anyhow::{Context as _, Result};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};

use crate::cpu;

/// The tables below a patient that a case has rows in, with the column that leads to them.
const TABLES_OF_A_CASE: [(&str, &str); 10] = [
    ("patients", "patient_id"),
    ("patient_revisions", "patient_id"),
    ("injuries", "injury_id"),
    ("injury_revisions", "injury_id"),
    ("plans", "plan_id"),
    ("plan_revisions", "plan_id"),
    ("assessments", "injury_id"),
    ("activities", "injury_id"),
    ("sessions", "plan_id"),
    ("decisions", "plan_id"),
];

/// A database of its own; `drop` removes it.
pub struct Database {
    admin_url: String,
    name: String,
    /// URL of the database.
    pub url: String,
    postmaster: u32,
}

impl Database {
    /// Creates the database and finds the cluster's first process.
    pub async fn create(admin_url: &str) -> Result<Self> {
        let name = format!("taper_bench_{}", uuid::Uuid::now_v7().simple());
        let mut connection = PgConnection::connect(admin_url).await.context("connecting to Postgres")?;
        connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await?;
        let directory: String = connection.fetch_one("SHOW data_directory").await?.try_get(0)?;
        let pid_file = std::fs::read_to_string(format!("{directory}/postmaster.pid"))?;
        let postmaster = pid_file.lines().next().unwrap_or_default().trim().parse().context("postmaster.pid")?;
        connection.close().await?;
        let (base, _) = admin_url.rsplit_once('/').context("the URL names no database")?;
        Ok(Self { admin_url: admin_url.to_owned(), url: format!("{base}/{name}"), name, postmaster })
    }

    /// CPU microseconds of the whole cluster so far.
    pub fn cpu_us(&self) -> u64 {
        cpu::of_family(self.postmaster)
    }

    /// Rows of `sessions`, to compare with what was acknowledged.
    pub async fn session_count(&self) -> Result<u64> {
        let mut connection = PgConnection::connect(&self.url).await?;
        let count: i64 = connection.fetch_one("SELECT count(*) FROM sessions").await?.try_get(0)?;
        connection.close().await?;
        Ok(u64::try_from(count)?)
    }

    /// Copies the only case of a clinic under new ids until there are as many as the end of the range; the start is how
    /// many there are. Past the store and its foreign keys, since a hundred thousand cases are many.
    pub async fn copy_cases(&self, clinic: &str, numbers: Range<usize>) -> Result<()> {
        let mut connection = PgConnection::connect(&self.url).await?;
        connection.execute("SET session_replication_role = replica").await?;
        // The ids of copies begin with zeros.
        let key = format!(
            "SELECT p.plan_id::text, p.injury_id::text, i.patient_id::text
             FROM plans p JOIN injuries i USING (clinic_id, injury_id)
             WHERE clinic_id = '{clinic}' ORDER BY p.plan_id DESC LIMIT 1"
        );
        let key = connection.fetch_one(AssertSqlSafe(key)).await?;
        let ids: [(&str, String); 3] =
            [("plan_id", key.try_get(0)?), ("injury_id", key.try_get(1)?), ("patient_id", key.try_get(2)?)];
        for (table, owner) in TABLES_OF_A_CASE {
            let columns = format!(
                "SELECT string_agg(column_name, ',' ORDER BY ordinal_position),
                        string_agg(data_type, ',' ORDER BY ordinal_position)
                 FROM information_schema.columns WHERE table_name = '{table}'"
            );
            let found = connection.fetch_one(AssertSqlSafe(columns)).await?;
            let (columns, kinds): (String, String) = (found.try_get(0)?, found.try_get(1)?);
            let columns: Vec<(&str, &str)> = columns.split(',').zip(kinds.split(',')).collect();
            let of_first = ids.iter().find(|(column, _)| *column == owner).map(|(_, id)| id).context("no such id")?;
            let copied: Vec<String> = columns
                .iter()
                .map(|(column, _)| match *column {
                    "digest" => digest(table, &columns, &ids),
                    column => copied(column, &ids),
                })
                .collect();
            let names: Vec<&str> = columns.iter().map(|(column, _)| *column).collect();
            let (columns, copied) = (names.join(","), copied.join(","));
            let (start, end) = (numbers.start + 1, numbers.end);
            let insert = format!(
                "INSERT INTO {table} ({columns}) SELECT {copied} FROM generate_series({start}, {end}) number, {table} t
                 WHERE t.clinic_id = '{clinic}' AND t.{owner} = '{of_first}' ORDER BY number"
            );
            connection.execute(AssertSqlSafe(insert)).await?;
        }
        connection.execute("VACUUM ANALYZE").await?;
        connection.close().await?;
        Ok(())
    }

    /// Removes the database.
    pub async fn drop(self) -> Result<()> {
        let mut connection = PgConnection::connect(&self.admin_url).await?;
        connection.execute(AssertSqlSafe(format!("DROP DATABASE {} WITH (FORCE)", self.name))).await?;
        connection.close().await?;
        Ok(())
    }
}

/// What a column of a copy holds: the ids of the case follow from its number, everything else stays.
fn copied(column: &str, ids: &[(&str, String)]) -> String {
    if ids.iter().any(|(id, _)| *id == column) {
        return "('00000000-0000-7000-8000-' || lpad(to_hex(number), 12, '0'))::uuid".to_owned();
    }
    format!("t.{column}")
}

/// The digest of a copy, as the store makes it: over the names and values that are not null, each after its length.
fn digest(table: &str, columns: &[(&str, &str)], ids: &[(&str, String)]) -> String {
    let part = |bytes: &str| format!("int4send(octet_length({bytes})) || {bytes}");
    let name = |name: &str| part(&format!("convert_to('{name}', 'UTF8')"));
    let mut bytes = vec![name(table)];
    for (column, kind) in columns.iter().filter(|(column, _)| !matches!(*column, "superseded_at" | "digest")) {
        let value = copied(column, ids);
        let value = match *kind {
            "uuid" => format!("uuid_send({value})"),
            "bigint" => format!("int8send({value})"),
            "boolean" => format!("boolsend({value})"),
            _ => format!("convert_to({value}::text, 'UTF8')"),
        };
        bytes.push(format!("COALESCE({} || {}, '')", name(column), part(&value)));
    }
    format!("sha256({})", bytes.join(" || "))
}
