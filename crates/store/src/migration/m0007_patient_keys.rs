//! What identifies a patient is encrypted with a key of its own, so that it can be erased; patients can be deleted.

use sea_orm_migration::prelude::*;

use super::apply;
use crate::tenancy;

/// This migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            apply(manager, &format!("ALTER TABLE {table} ADD COLUMN ciphertext {{bytes}};")).await?;
        }
        apply(manager, DDL).await?;
        let connection = manager.get_connection();
        if connection.get_database_backend() == sea_orm::DbBackend::Postgres {
            for statement in tenancy::patient_keys() {
                connection.execute_unprepared(&statement).await?;
            }
        }
        Ok(())
    }

    /// All or nothing; sea-orm-migration would do without a transaction on SQLite.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// Every table with a body that a patient can be known by. Rows that are there already stay as they are: a row that was
/// written is never rewritten.
const TABLES: [&str; 7] =
    ["patient_revisions", "injury_revisions", "plan_revisions", "assessments", "activities", "sessions", "decisions"];

/// As in the first migration.
const DDL: &str = "
ALTER TABLE patients ADD COLUMN deleted_at {instant};
ALTER TABLE patients ADD COLUMN purged_at {instant};
ALTER TABLE requests ADD COLUMN patient_id {uuid};

CREATE TABLE patient_keys (
    clinic_id {text} NOT NULL,
    patient_id {uuid} NOT NULL,
    wrapped_key {bytes} NOT NULL,
    PRIMARY KEY (clinic_id, patient_id),
    FOREIGN KEY (clinic_id, patient_id) REFERENCES patients (clinic_id, patient_id)
) {strict};

CREATE TABLE master_keys (
    clinic_id {text} NOT NULL,
    fingerprint {bytes} NOT NULL,
    created_at {instant} NOT NULL,
    PRIMARY KEY (clinic_id)
) {strict};
";
