//! What a recommendation was issued from stays as it was: later changes are recorded after that instant.

use jiff::{SignedDuration, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait, LockType, Query};
use sea_orm::{ConnectionTrait, EntityName};
use taper_core::ids::PatientId;

use crate::column::Micros;
use crate::entity::patient;
use crate::error::Error;
use crate::scope::Write;
use crate::statement::{of_clinic, read};

/// When a change of what belongs to a patient is recorded: now, in microseconds, but after each instant whose record a
/// recommendation was issued from. Waits while one is being issued.
pub(crate) async fn not_before(tx: &Write, patient: PatientId, now: Timestamp) -> Result<Timestamp, Error> {
    let now = Micros::of(now).instant()?;
    let sealed = sealed_at(tx, patient, LockType::Share).await?;
    let Some(sealed) = sealed.filter(|sealed| *sealed >= now) else { return Ok(now) };
    sealed
        .checked_add(SignedDuration::from_micros(1))
        .map_err(|_| Error::Damaged { what: "patients.sealed_at".to_owned() })
}

/// Lets no change of what belongs to a patient be recorded at an instant or before it. Whoever changes something is
/// waited for first; SQLite has one writer and needs no lock.
pub(crate) async fn hold(tx: &Write, patient: PatientId) -> Result<Option<Timestamp>, Error> {
    sealed_at(tx, patient, LockType::Update).await
}

/// Seals the patient's record up to an instant.
pub(crate) async fn seal(tx: &Write, patient: PatientId, known_at: Timestamp) -> Result<(), Error> {
    let table = patient::Entity.table_name();
    let mut update = Query::update();
    update
        .table(table)
        .value("sealed_at", Micros::of(known_at).0)
        .cond_where(of_clinic(tx, table))
        .and_where(Expr::col("patient_id").eq(patient.0));
    tx.connection().execute(&update).await?;
    Ok(())
}

async fn sealed_at(tx: &Write, patient: PatientId, lock: LockType) -> Result<Option<Timestamp>, Error> {
    let table = patient::Entity.table_name();
    let mut select = Query::select();
    select
        .column("sealed_at")
        .from(table)
        .cond_where(of_clinic(tx, table))
        .and_where(Expr::col("patient_id").eq(patient.0))
        .lock(lock);
    let Some(row) = tx.connection().query_one(&select).await? else { return Ok(None) };
    read::<Option<Micros>>(&row, "sealed_at")?.map(Micros::instant).transpose()
}
