//! Issued recommendations, a clinic's own protocols and its policy, and what finds the caseload.

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

/// As in the first migration: instants in microseconds, `superseded_at` null for what is current, `clinic_id` first.
/// Rows of `receipts` and `protocols` never change. `sealed_at` is the latest instant whose record a recommendation
/// was issued from: nothing below the patient may be recorded at it or before it any more.
const DDL: &str = "
ALTER TABLE patients ADD COLUMN sealed_at {instant};

CREATE INDEX plans_active ON plans (clinic_id, plan_id) WHERE active;

CREATE INDEX sessions_by_day ON sessions (clinic_id, plan_id, effective_date, session_id)
    WHERE superseded_at IS NULL;

CREATE TABLE receipts (
    clinic_id {text} NOT NULL,
    plan_id {uuid} NOT NULL,
    receipt_id {uuid} NOT NULL,
    as_of {text} NOT NULL,
    known_at {instant} NOT NULL,
    plan_version {count} NOT NULL,
    protocol_id {text} NOT NULL,
    protocol_version {text} NOT NULL,
    protocol_sha256 {text} NOT NULL,
    facts_sha256 {text} NOT NULL,
    output_sha256 {text} NOT NULL,
    program_version {text} NOT NULL,
    issued_at {instant} NOT NULL,
    seal {text} NOT NULL,
    PRIMARY KEY (clinic_id, plan_id, receipt_id),
    FOREIGN KEY (clinic_id, plan_id) REFERENCES plans (clinic_id, plan_id)
) {strict};

CREATE TABLE protocols (
    clinic_id {text} NOT NULL,
    protocol_id {text} NOT NULL,
    version {text} NOT NULL,
    document {text} NOT NULL,
    sha256 {text} NOT NULL,
    created_at {instant} NOT NULL,
    PRIMARY KEY (clinic_id, protocol_id, version),
    FOREIGN KEY (clinic_id) REFERENCES clinics (clinic_id)
) {strict};

CREATE TABLE clinic_policies (
    clinic_id {text} NOT NULL,
    revision {count} NOT NULL,
    recorded_at {instant} NOT NULL,
    superseded_at {instant} CHECK (superseded_at > recorded_at),
    reason {text} NOT NULL,
    therapist {uuid},
    body {json} NOT NULL,
    PRIMARY KEY (clinic_id, revision),
    FOREIGN KEY (clinic_id) REFERENCES clinics (clinic_id)
) {strict};
CREATE UNIQUE INDEX clinic_policies_current ON clinic_policies (clinic_id) WHERE superseded_at IS NULL;
";
