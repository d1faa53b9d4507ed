//! The golden cases that a clinic's own protocol was published with.

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

    /// All or nothing.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// Rows never change; `place` counts from 0, in the order of the request.
const DDL: &str = "
CREATE TABLE protocol_cases (
    clinic_id {text} NOT NULL,
    protocol_id {text} NOT NULL,
    version {text} NOT NULL,
    place {count} NOT NULL,
    document {text} NOT NULL,
    PRIMARY KEY (clinic_id, protocol_id, version, place),
    FOREIGN KEY (clinic_id, protocol_id, version) REFERENCES protocols (clinic_id, protocol_id, version)
) {strict};
";
