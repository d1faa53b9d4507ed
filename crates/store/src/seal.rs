//! What a recommendation was issued from stays as it was: later changes are recorded after that instant.

use jiff::{SignedDuration, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait, LockType, Query};
use sea_orm::{ConnectionTrait, EntityName};
use taper_core::ids::PatientId;

use crate::column::Micros;
use crate::entity::patient;
use crate::error::Error;
use crate::parent::patient_name;
use crate::scope::Write;
use crate::statement::{of_clinic, read};

/// When a change of what belongs to a patient is recorded: now, in microseconds, but after each instant whose record a
/// recommendation was issued from. Waits while one is being issued. Of a deleted patient nothing is changed.
pub(crate) async fn not_before(tx: &Write, patient: PatientId, now: Timestamp) -> Result<Timestamp, Error> {
    let now = Micros::of(now).instant()?;
    after(sealed_at(tx, patient, LockType::Share).await?, now)
}

/// The instant, or the one after the seal where that is later.
pub(crate) fn after(sealed: Option<Timestamp>, now: Timestamp) -> Result<Timestamp, Error> {
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

/// What the head of a patient says, held until the transaction ends; none where there is no patient.
pub(crate) struct Held {
    pub sealed_at: Option<Timestamp>,
    pub deleted_at: Option<Timestamp>,
}

/// Holds a patient, deleted or not.
pub(crate) async fn held(tx: &Write, patient: PatientId, lock: LockType) -> Result<Option<Held>, Error> {
    let table = patient::Entity.table_name();
    let mut select = Query::select();
    select
        .columns(["sealed_at", "deleted_at"])
        .from(table)
        .cond_where(of_clinic(tx, table))
        .and_where(Expr::col("patient_id").eq(patient.0))
        .and_where(Expr::col("purged_at").is_null())
        .lock(lock);
    let Some(row) = tx.connection().query_one(&select).await? else { return Ok(None) };
    let at = |column: &str| read::<Option<Micros>>(&row, column)?.map(Micros::instant).transpose();
    Ok(Some(Held { sealed_at: at("sealed_at")?, deleted_at: at("deleted_at")? }))
}

async fn sealed_at(tx: &Write, patient: PatientId, lock: LockType) -> Result<Option<Timestamp>, Error> {
    match held(tx, patient, lock).await? {
        Some(Held { deleted_at: Some(_), .. }) => {
            Err(Error::PatientDeleted { name: patient_name(tx.clinic(), patient) })
        }
        Some(Held { sealed_at, .. }) => Ok(sealed_at),
        None => Ok(None),
    }
}
