//! Bodies as the text that was written, on Postgres: they are always read whole, and `jsonb` has to be turned into text
//! at every read, which took most of the time of loading a long record.

use sea_orm_migration::prelude::*;

/// This migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        if connection.get_database_backend() == sea_orm::DbBackend::Sqlite {
            // There it is TEXT already.
            return Ok(());
        }
        for table in TABLES {
            let change = format!("ALTER TABLE {table} ALTER COLUMN body TYPE json USING body::text::json");
            connection.execute_unprepared(&change).await?;
        }
        Ok(())
    }

    /// All or nothing.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// Every table with a body.
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
