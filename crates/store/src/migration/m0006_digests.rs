//! A digest of each row with a body, so that a byte that changed past the program is found before it becomes an answer.

use sea_orm_migration::prelude::*;

use super::apply;

/// This migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            apply(manager, &format!("ALTER TABLE {table} ADD COLUMN digest {{bytes}};")).await?;
        }
        Ok(())
    }

    /// All or nothing; sea-orm-migration would do without a transaction on SQLite.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// Every table with a body. Rows that are there already keep null: a digest made now would only say that they are as
/// they are now. What they hold gets one with its next revision.
const TABLES: [&str; 8] = [
    "patient_revisions",
    "injury_revisions",
    "plan_revisions",
    "assessments",
    "activities",
    "sessions",
    "decisions",
    "clinic_policies",
];
