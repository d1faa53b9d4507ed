//! An event says which resource it is about.

use sea_orm_migration::prelude::*;

use super::apply;

/// This migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Events that are there already stay as they are, and so do their hashes.
        apply(manager, "ALTER TABLE audit_events ADD COLUMN resource {text};").await
    }

    /// All or nothing; sea-orm-migration would do without a transaction on SQLite.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
