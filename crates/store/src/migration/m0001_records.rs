//! The first schema: clinics, patients, injuries, plans, and the facts below them.

use sea_orm_migration::prelude::*;

use super::dialect;

/// This migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let ddl = dialect(DDL, connection.get_database_backend());
        for statement in ddl.split(';').map(str::trim).filter(|statement| !statement.is_empty()) {
            connection.execute_unprepared(statement).await?;
        }
        Ok(())
    }

    /// All or nothing; sea-orm-migration would do without a transaction on SQLite.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// Instants are microseconds since 1970, dates `YYYY-MM-DD`; `superseded_at` is null for the current revision.
/// Every key, foreign key and index begins with `clinic_id`, so that no row can point into another clinic.
const DDL: &str = "
CREATE TABLE clinics (
    clinic_id {text} NOT NULL,
    version {count} NOT NULL,
    created_at {instant} NOT NULL,
    recorded_at {instant} NOT NULL,
    display_name {text} NOT NULL,
    time_zone {text} NOT NULL,
    PRIMARY KEY (clinic_id)
) {strict};

CREATE TABLE therapists (
    clinic_id {text} NOT NULL,
    therapist_id {uuid} NOT NULL,
    version {count} NOT NULL,
    created_at {instant} NOT NULL,
    recorded_at {instant} NOT NULL,
    display_name {text} NOT NULL,
    discipline {text} NOT NULL,
    PRIMARY KEY (clinic_id, therapist_id),
    FOREIGN KEY (clinic_id) REFERENCES clinics (clinic_id)
) {strict};

CREATE TABLE patients (
    clinic_id {text} NOT NULL,
    patient_id {uuid} NOT NULL,
    version {count} NOT NULL,
    created_at {instant} NOT NULL,
    PRIMARY KEY (clinic_id, patient_id),
    FOREIGN KEY (clinic_id) REFERENCES clinics (clinic_id)
) {strict};

CREATE TABLE patient_revisions (
    clinic_id {text} NOT NULL,
    patient_id {uuid} NOT NULL,
    revision {count} NOT NULL,
    recorded_at {instant} NOT NULL,
    superseded_at {instant} CHECK (superseded_at > recorded_at),
    body {json} NOT NULL,
    PRIMARY KEY (clinic_id, patient_id, revision),
    FOREIGN KEY (clinic_id, patient_id) REFERENCES patients (clinic_id, patient_id)
) {strict};
CREATE UNIQUE INDEX patient_revisions_current ON patient_revisions (clinic_id, patient_id)
    WHERE superseded_at IS NULL;

CREATE TABLE patient_external_ids (
    clinic_id {text} NOT NULL,
    system {text} NOT NULL,
    value {text} NOT NULL,
    patient_id {uuid} NOT NULL,
    PRIMARY KEY (clinic_id, system, value),
    FOREIGN KEY (clinic_id, patient_id) REFERENCES patients (clinic_id, patient_id)
) {strict};
CREATE INDEX patient_external_ids_by_patient ON patient_external_ids (clinic_id, patient_id);

CREATE TABLE injuries (
    clinic_id {text} NOT NULL,
    injury_id {uuid} NOT NULL,
    patient_id {uuid} NOT NULL,
    version {count} NOT NULL,
    created_at {instant} NOT NULL,
    PRIMARY KEY (clinic_id, injury_id),
    FOREIGN KEY (clinic_id, patient_id) REFERENCES patients (clinic_id, patient_id)
) {strict};
CREATE INDEX injuries_by_patient ON injuries (clinic_id, patient_id, injury_id);

CREATE TABLE injury_revisions (
    clinic_id {text} NOT NULL,
    injury_id {uuid} NOT NULL,
    revision {count} NOT NULL,
    recorded_at {instant} NOT NULL,
    superseded_at {instant} CHECK (superseded_at > recorded_at),
    body {json} NOT NULL,
    PRIMARY KEY (clinic_id, injury_id, revision),
    FOREIGN KEY (clinic_id, injury_id) REFERENCES injuries (clinic_id, injury_id)
) {strict};
CREATE UNIQUE INDEX injury_revisions_current ON injury_revisions (clinic_id, injury_id)
    WHERE superseded_at IS NULL;

CREATE TABLE assessments (
    clinic_id {text} NOT NULL,
    injury_id {uuid} NOT NULL,
    assessment_id {uuid} NOT NULL,
    revision {count} NOT NULL,
    effective_date {text} NOT NULL,
    created_at {instant} NOT NULL,
    recorded_at {instant} NOT NULL,
    superseded_at {instant} CHECK (superseded_at > recorded_at),
    entered_in_error {flag} NOT NULL,
    amend_reason {text},
    body {json} NOT NULL,
    PRIMARY KEY (clinic_id, injury_id, assessment_id, revision),
    FOREIGN KEY (clinic_id, injury_id) REFERENCES injuries (clinic_id, injury_id)
) {strict};
CREATE UNIQUE INDEX assessments_current ON assessments (clinic_id, injury_id, assessment_id)
    WHERE superseded_at IS NULL;

CREATE TABLE activities (
    clinic_id {text} NOT NULL,
    injury_id {uuid} NOT NULL,
    activity_id {uuid} NOT NULL,
    revision {count} NOT NULL,
    effective_date {text} NOT NULL,
    created_at {instant} NOT NULL,
    recorded_at {instant} NOT NULL,
    superseded_at {instant} CHECK (superseded_at > recorded_at),
    entered_in_error {flag} NOT NULL,
    amend_reason {text},
    body {json} NOT NULL,
    PRIMARY KEY (clinic_id, injury_id, activity_id, revision),
    FOREIGN KEY (clinic_id, injury_id) REFERENCES injuries (clinic_id, injury_id)
) {strict};
CREATE UNIQUE INDEX activities_current ON activities (clinic_id, injury_id, activity_id)
    WHERE superseded_at IS NULL;

CREATE TABLE plans (
    clinic_id {text} NOT NULL,
    plan_id {uuid} NOT NULL,
    injury_id {uuid} NOT NULL,
    active {flag} NOT NULL,
    version {count} NOT NULL,
    created_at {instant} NOT NULL,
    PRIMARY KEY (clinic_id, plan_id),
    FOREIGN KEY (clinic_id, injury_id) REFERENCES injuries (clinic_id, injury_id)
) {strict};
CREATE INDEX plans_by_injury ON plans (clinic_id, injury_id, plan_id);
CREATE UNIQUE INDEX plans_one_active ON plans (clinic_id, injury_id) WHERE active;

CREATE TABLE plan_revisions (
    clinic_id {text} NOT NULL,
    plan_id {uuid} NOT NULL,
    revision {count} NOT NULL,
    recorded_at {instant} NOT NULL,
    superseded_at {instant} CHECK (superseded_at > recorded_at),
    body {json} NOT NULL,
    PRIMARY KEY (clinic_id, plan_id, revision),
    FOREIGN KEY (clinic_id, plan_id) REFERENCES plans (clinic_id, plan_id)
) {strict};
CREATE UNIQUE INDEX plan_revisions_current ON plan_revisions (clinic_id, plan_id)
    WHERE superseded_at IS NULL;

CREATE TABLE sessions (
    clinic_id {text} NOT NULL,
    plan_id {uuid} NOT NULL,
    session_id {uuid} NOT NULL,
    revision {count} NOT NULL,
    effective_date {text} NOT NULL,
    created_at {instant} NOT NULL,
    recorded_at {instant} NOT NULL,
    superseded_at {instant} CHECK (superseded_at > recorded_at),
    entered_in_error {flag} NOT NULL,
    amend_reason {text},
    body {json} NOT NULL,
    PRIMARY KEY (clinic_id, plan_id, session_id, revision),
    FOREIGN KEY (clinic_id, plan_id) REFERENCES plans (clinic_id, plan_id)
) {strict};
CREATE UNIQUE INDEX sessions_current ON sessions (clinic_id, plan_id, session_id)
    WHERE superseded_at IS NULL;

CREATE TABLE decisions (
    clinic_id {text} NOT NULL,
    plan_id {uuid} NOT NULL,
    decision_id {uuid} NOT NULL,
    effective_date {text} NOT NULL,
    recorded_at {instant} NOT NULL,
    body {json} NOT NULL,
    PRIMARY KEY (clinic_id, plan_id, decision_id),
    FOREIGN KEY (clinic_id, plan_id) REFERENCES plans (clinic_id, plan_id)
) {strict};

CREATE TABLE requests (
    clinic_id {text} NOT NULL,
    request_id {uuid} NOT NULL,
    method {text} NOT NULL,
    request_hash {bytes} NOT NULL,
    response {bytes},
    created_at {instant} NOT NULL,
    PRIMARY KEY (clinic_id, request_id)
) {strict};
CREATE INDEX requests_by_age ON requests (clinic_id, created_at);
";
