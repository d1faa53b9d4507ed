//! Who may come in, what happened, and on Postgres the second wall between clinics: row-level security and a role that
//! can add facts and never change them.

use sea_orm_migration::prelude::*;

use super::apply;
use crate::tenancy;

/// This migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        apply(manager, DDL).await?;
        let connection = manager.get_connection();
        if connection.get_database_backend() == sea_orm::DbBackend::Postgres {
            for statement in tenancy::statements() {
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

/// As in the first migration. The clinic `-` is the deployment itself, which has operators and a chain of its own and
/// no patients; that is why these tables do not refer to `clinics`. `audit_events` and `glass` are only added to.
const DDL: &str = "
CREATE TABLE api_keys (
    clinic_id {text} NOT NULL,
    key_id {text} NOT NULL,
    client {text} NOT NULL,
    role {text} NOT NULL,
    scopes {text} NOT NULL,
    therapist_id {uuid},
    secret_sha256 {bytes} NOT NULL,
    certificate_sha256 {bytes},
    created_at {instant} NOT NULL,
    expires_at {instant} NOT NULL,
    revoked_at {instant},
    PRIMARY KEY (clinic_id, key_id),
    FOREIGN KEY (clinic_id, therapist_id) REFERENCES therapists (clinic_id, therapist_id)
) {strict};
CREATE INDEX api_keys_by_client ON api_keys (clinic_id, client);

CREATE TABLE members (
    clinic_id {text} NOT NULL,
    member_id {uuid} NOT NULL,
    issuer {text} NOT NULL,
    subject {text} NOT NULL,
    role {text} NOT NULL,
    scopes {text} NOT NULL,
    therapist_id {uuid},
    created_at {instant} NOT NULL,
    disabled_at {instant},
    PRIMARY KEY (clinic_id, member_id),
    FOREIGN KEY (clinic_id, therapist_id) REFERENCES therapists (clinic_id, therapist_id)
) {strict};
CREATE UNIQUE INDEX members_by_subject ON members (clinic_id, issuer, subject);

CREATE TABLE glass (
    clinic_id {text} NOT NULL,
    glass_id {uuid} NOT NULL,
    subject {text} NOT NULL,
    reason {text} NOT NULL,
    broken_at {instant} NOT NULL,
    until {instant} NOT NULL,
    PRIMARY KEY (clinic_id, glass_id)
) {strict};
CREATE INDEX glass_by_subject ON glass (clinic_id, subject, until);

CREATE TABLE audit_heads (
    clinic_id {text} NOT NULL,
    number {count} NOT NULL,
    hash {bytes} NOT NULL,
    PRIMARY KEY (clinic_id)
) {strict};

CREATE TABLE audit_events (
    clinic_id {text} NOT NULL,
    number {count} NOT NULL,
    at {instant} NOT NULL,
    subject {text} NOT NULL,
    role {text},
    method {text} NOT NULL,
    interaction {text} NOT NULL,
    patient_id {uuid},
    outcome {text} NOT NULL,
    call_id {text} NOT NULL,
    by_broken_glass {flag} NOT NULL,
    hash {bytes} NOT NULL,
    PRIMARY KEY (clinic_id, number)
) {strict};
CREATE INDEX audit_events_by_patient ON audit_events (clinic_id, patient_id, number);
CREATE INDEX audit_events_by_time ON audit_events (clinic_id, at, number);
";
