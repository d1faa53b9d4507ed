//! Mutations that were done, with their answers, so that a retry with the same request_id is done once and answered alike.

use jiff::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{Set, TryInsertResult};
use taper_core::ids::{PatientId, RequestId};

use crate::column::Micros;
use crate::entity::request;
use crate::error::Error;
use crate::scope::Write;
use crate::statement::in_clinic;
use crate::vault;

/// What is known of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Nothing: it is ours to do. [`finish`] it in the same transaction.
    New,
    /// It was done, and this was the answer.
    Done(Vec<u8>),
}

/// Takes a request, or finds what was answered. A duplicate at the same time waits until the first one is done.
/// Another method or hash under the same id is [`Error::RequestIdReused`].
pub async fn claim(tx: &Write, id: RequestId, method: &str, hash: &[u8], now: Timestamp) -> Result<Claim, Error> {
    let row = request::ActiveModel {
        clinic_id: Set(tx.clinic().to_string()),
        request_id: Set(id.0),
        method: Set(method.to_owned()),
        request_hash: Set(hash.to_owned()),
        response: Set(None),
        created_at: Set(Micros::of(now)),
        patient_id: Set(None),
    };
    let key = [request::Column::ClinicId, request::Column::RequestId];
    let inserted = request::Entity::insert(row)
        .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(tx.connection())
        .await?;
    if matches!(inserted, TryInsertResult::Inserted(1)) {
        return Ok(Claim::New);
    }
    let found = request::Entity::find()
        .filter(in_clinic(tx, request::Column::ClinicId))
        .filter(request::Column::RequestId.eq(id.0))
        .one(tx.connection())
        .await?;
    match found {
        Some(done) if done.method != method || done.request_hash != hash => Err(Error::RequestIdReused),
        Some(request::Model { response: Some(response), patient_id: None, .. }) => Ok(Claim::Done(response)),
        Some(request::Model { response: Some(sealed), patient_id: Some(patient), .. }) => {
            let patient = PatientId(patient);
            vault::fetch(tx, [patient]).await?;
            let opened = tx.keys().get(patient).and_then(|key| key.open(id.0.as_bytes(), &sealed));
            opened.map(Claim::Done).ok_or_else(|| Error::Damaged { what: "requests.response".to_owned() })
        }
        Some(_) => Err(Error::Damaged { what: "requests.response".to_owned() }),
        // Purged between the two statements.
        None => Err(Error::Conflict),
    }
}

/// Keeps the answer of a request that was claimed in this transaction; encrypted where it is of a patient.
pub async fn finish(tx: &Write, id: RequestId, patient: Option<PatientId>, response: &[u8]) -> Result<(), Error> {
    let kept = match patient {
        Some(patient) => vault::key(tx, patient).await?.seal(id.0.as_bytes(), response)?,
        None => response.to_owned(),
    };
    let updated = request::Entity::update_many()
        .col_expr(request::Column::Response, Expr::val(kept))
        .col_expr(request::Column::PatientId, Expr::val(patient.map(|patient| patient.0)))
        .filter(in_clinic(tx, request::Column::ClinicId))
        .filter(request::Column::RequestId.eq(id.0))
        .filter(request::Column::Response.is_null())
        .exec(tx.connection())
        .await?;
    if updated.rows_affected == 1 { Ok(()) } else { Err(Error::Internal) }
}

/// Forgets the answers of a patient.
pub(crate) async fn forget(tx: &Write, patient: PatientId) -> Result<(), Error> {
    request::Entity::delete_many()
        .filter(in_clinic(tx, request::Column::ClinicId))
        .filter(request::Column::PatientId.eq(patient.0))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Forgets the clinic's requests from before an instant, and says how many.
pub async fn purge_older_than(tx: &Write, before: Timestamp) -> Result<u64, Error> {
    let deleted = request::Entity::delete_many()
        .filter(in_clinic(tx, request::Column::ClinicId))
        .filter(request::Column::CreatedAt.lt(Micros::of(before)))
        .exec(tx.connection())
        .await?;
    Ok(deleted.rows_affected)
}
