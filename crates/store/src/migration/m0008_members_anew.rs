//! A subject of an issuer is a member once among those that are not disabled, so that one who was may become one anew.

use sea_orm_migration::prelude::*;

use super::apply;

/// This migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        apply(manager, DDL).await
    }

    /// All or nothing; sea-orm-migration would do without a transaction on SQLite.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// The index that it replaces counted disabled members too.
const DDL: &str = "
DROP INDEX members_by_subject;
CREATE UNIQUE INDEX members_by_subject ON members (clinic_id, issuer, subject) WHERE disabled_at IS NULL;
";
