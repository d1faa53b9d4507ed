//! The migrations, in order. A published one is never changed: a change of the schema is a new one.

mod m0001_records;
mod m0002_receipts;
mod m0003_bodies;
mod m0004_golden_cases;
mod m0005_access;
mod m0006_digests;
mod m0007_patient_keys;
mod m0008_members_anew;
mod m0009_audit_resource;

use sea_orm_migration::prelude::*;

/// All of them.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_records::Migration),
            Box::new(m0002_receipts::Migration),
            Box::new(m0003_bodies::Migration),
            Box::new(m0004_golden_cases::Migration),
            Box::new(m0005_access::Migration),
            Box::new(m0006_digests::Migration),
            Box::new(m0007_patient_keys::Migration),
            Box::new(m0008_members_anew::Migration),
            Box::new(m0009_audit_resource::Migration),
        ]
    }
}

/// Runs the statements of one DDL text, which end with semicolons.
async fn apply(manager: &SchemaManager<'_>, ddl: &str) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let ddl = dialect(ddl, connection.get_database_backend());
    for statement in ddl.split(';').map(str::trim).filter(|statement| !statement.is_empty()) {
        connection.execute_unprepared(statement).await?;
    }
    Ok(())
}

/// Writes one DDL text for either database: `{uuid}` and its like become the database's own types.
fn dialect(ddl: &str, backend: sea_orm::DbBackend) -> String {
    // COLLATE "C": ids, slugs and dates sort by their bytes, as on SQLite.
    let types: &[(&str, &str)] = match backend {
        sea_orm::DbBackend::Sqlite => &[
            ("{uuid}", "BLOB"),
            ("{text}", "TEXT"),
            ("{count}", "INTEGER"),
            ("{instant}", "INTEGER"),
            ("{flag}", "INTEGER"),
            ("{bytes}", "BLOB"),
            ("{json}", "TEXT"),
            ("{strict}", "STRICT"),
        ],
        _ => &[
            ("{uuid}", "uuid"),
            ("{text}", "text COLLATE \"C\""),
            ("{count}", "bigint"),
            ("{instant}", "bigint"),
            ("{flag}", "boolean"),
            ("{bytes}", "bytea"),
            ("{json}", "jsonb"),
            ("{strict}", ""),
        ],
    };
    types.iter().fold(ddl.to_owned(), |ddl, (name, own)| ddl.replace(name, own))
}
