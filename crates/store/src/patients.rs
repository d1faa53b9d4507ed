//! Patients of a clinic, and their numbers in other systems, which are unique in the clinic; what stands for a number
//! in the index does not tell it.

use jiff::Timestamp;
use jiff::civil::Date;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Condition, ExprTrait as _, LockType, Query};
use sea_orm::{ConnectionTrait, EntityName, Set};
use taper_core::ids::PatientId;
use taper_core::record::patient::Patient;

use crate::clinics;
use crate::column::Micros;
use crate::entity::{patient, patient_external_id, patient_revision};
use crate::error::Error;
use crate::head::{self, Heads};
use crate::parent::{self, clinic_name};
use crate::parts;
use crate::requests;
use crate::scope::{Read, Write};
use crate::seal;
use crate::statement::{exists, in_clinic, insert, of_clinic, read_at};
use crate::stored::{At, Stored, Version};
use crate::vault;

/// Records a patient.
pub async fn create(
    tx: &Write,
    id: PatientId,
    content: &Patient,
    now: Timestamp,
) -> Result<Stored<PatientId, Patient>, Error> {
    let heads = heads();
    let row = head::first(tx, heads.id, id.0, now);
    insert(tx, heads.table, row).await.map_err(|error| match error {
        Error::ParentMissing => Error::NotFound { name: clinic_name(tx) },
        other => other,
    })?;
    let stored = head::begin(tx, &heads, id, content, now).await?;
    claim_external_ids(tx, id, content).await?;
    Ok(stored)
}

/// The revision of a patient that is seen at those times.
pub async fn get(tx: &Read, id: PatientId, at: At) -> Result<Stored<PatientId, Patient>, Error> {
    let found = head::get(tx, &heads(), id, at.known_at).await?;
    found.ok_or_else(|| Error::NotFound { name: parent::patient(tx, id).name })
}

/// The current revisions by id, those after `after` and at most `limit`; deleted ones only if they are asked for.
pub async fn list(
    tx: &Read,
    after: Option<PatientId>,
    limit: u32,
    with_deleted: bool,
) -> Result<Vec<Stored<PatientId, Patient>>, Error> {
    let mut heads = heads();
    if !with_deleted {
        heads.below = heads.below.add(Expr::col((heads.table, "deleted_at")).is_null());
    }
    let patients = head::list(tx, &heads, after, limit, None).await?;
    if patients.is_empty() {
        clinics::get(tx).await?;
    }
    Ok(patients)
}

/// Records a new revision of a patient; the old one is kept as it was.
pub async fn update(
    tx: &Write,
    id: PatientId,
    expected: Option<Version>,
    content: &Patient,
    now: Timestamp,
) -> Result<Stored<PatientId, Patient>, Error> {
    let heads = heads();
    let name = parent::patient(tx, id).name;
    let raised = head::raise_version(tx, &heads, id, expected, Vec::new(), &name).await?;
    let now = seal::not_before(tx, id, now).await?;
    let stored = head::revise(tx, &heads, id, raised, content, now).await?;
    patient_external_id::Entity::delete_many()
        .filter(in_clinic(tx, patient_external_id::Column::ClinicId))
        .filter(patient_external_id::Column::PatientId.eq(id.0))
        .exec(tx.connection())
        .await?;
    claim_external_ids(tx, id, content).await?;
    Ok(stored)
}

/// Records that a patient is deleted from now on, or is no longer, as a new revision. Whether it may be is the caller's
/// to say.
pub async fn set_deleted(
    tx: &Write,
    id: PatientId,
    expected: Version,
    is_deleted: bool,
    now: Timestamp,
) -> Result<Stored<PatientId, Patient>, Error> {
    let heads = heads();
    let name = parent::patient(tx, id).name;
    let held = seal::held(tx, id, LockType::Update).await?.ok_or_else(|| Error::NotFound { name: name.clone() })?;
    let now = seal::after(held.sealed_at, Micros::of(now).instant()?)?;
    let deleted_at = is_deleted.then_some(now);
    let content = Patient { deleted_at, ..get(tx, id, At::NOW).await?.content };
    let column = ("deleted_at", Expr::val(deleted_at.map(|deleted_at| Micros::of(deleted_at).0)));
    let raised = head::raise_version(tx, &heads, id, Some(expected), vec![column], &name).await?;
    head::revise(tx, &heads, id, raised, &content, now).await
}

/// The last day that anything on record of a patient counts for; none when nothing was ever recorded of an injury. Planned
/// sessions count, and so does what was amended later or entered in error.
pub async fn last_day(tx: &Read, id: PatientId) -> Result<Option<Date>, Error> {
    let mut injuries = Query::select();
    injuries.column("injury_id").from("injuries").cond_where(of_clinic(tx, "injuries"));
    injuries.and_where(Expr::col("patient_id").eq(id.0));
    let mut plans = Query::select();
    plans.column("plan_id").from("plans").cond_where(of_clinic(tx, "plans"));
    plans.and_where(Expr::col("injury_id").in_subquery(injuries.clone()));
    let of_injuries = Expr::col("injury_id").in_subquery(injuries);
    let of_plans = Expr::col("plan_id").in_subquery(plans);
    let mut last: Option<Date> = None;
    for (table, day, of_patient) in [
        ("injury_revisions", "body->>'onset_date'", &of_injuries),
        ("injury_revisions", "body->>'return_date'", &of_injuries),
        ("plan_revisions", "body->>'start_date'", &of_plans),
        ("assessments", "effective_date", &of_injuries),
        ("activities", "effective_date", &of_injuries),
        ("sessions", "effective_date", &of_plans),
        ("decisions", "effective_date", &of_plans),
    ] {
        let mut select = Query::select();
        // Dates sort as text.
        select.expr(Expr::cust(day).max()).from(table).cond_where(of_clinic(tx, table));
        select.and_where(of_patient.clone());
        let Some(row) = tx.connection().query_one(&select).await? else { continue };
        let found: Option<String> = read_at(&row, 0)?;
        let date = found.map(|date| date.parse::<Date>()).transpose();
        last = last.max(date.map_err(|_| Error::Damaged { what: format!("{table}, a date") })?);
    }
    Ok(last)
}

/// Erases who a patient is, for good: destroys its key, and forgets its external ids and the answers of its requests.
/// From then on it is not found. Its clinical values stay, of nobody.
pub async fn purge(tx: &Write, id: PatientId, expected: Version, now: Timestamp) -> Result<(), Error> {
    let heads = heads();
    let name = parent::patient(tx, id).name;
    seal::held(tx, id, LockType::Update).await?.ok_or_else(|| Error::NotFound { name: name.clone() })?;
    let mut in_the_clear = Query::select();
    in_the_clear.expr(Expr::cust("1")).from(heads.revisions).cond_where(of_clinic(tx, heads.revisions));
    in_the_clear.and_where(Expr::col("patient_id").eq(id.0)).and_where(Expr::col(parts::COLUMN).is_null()).limit(1);
    if exists(tx, &in_the_clear).await? {
        return Err(Error::NotErasable);
    }
    let mut update = Query::update();
    update
        .table(heads.table)
        .value("purged_at", Micros::of(now).0)
        .cond_where(of_clinic(tx, heads.table))
        .and_where(Expr::col("patient_id").eq(id.0))
        .and_where(Expr::col("version").eq(i64::from(expected.0)));
    if tx.connection().execute(&update).await?.rows_affected() != 1 {
        return Err(Error::EtagMismatch { current: get(tx, id, At::NOW).await?.version });
    }
    patient_external_id::Entity::delete_many()
        .filter(in_clinic(tx, patient_external_id::Column::ClinicId))
        .filter(patient_external_id::Column::PatientId.eq(id.0))
        .exec(tx.connection())
        .await?;
    requests::forget(tx, id).await?;
    vault::destroy(tx, id).await
}

async fn claim_external_ids(tx: &Write, id: PatientId, content: &Patient) -> Result<(), Error> {
    if content.external_ids.is_empty() {
        return Ok(());
    }
    let (clinic, vault) = (tx.clinic(), tx.vault()?);
    let rows = content.external_ids.iter().map(|number| patient_external_id::ActiveModel {
        clinic_id: Set(clinic.to_string()),
        system: Set(number.system.to_string()),
        value: Set(vault.external_id(clinic, number.system.as_str(), number.value.as_str())),
        patient_id: Set(id.0),
    });
    let inserted = patient_external_id::Entity::insert_many(rows).exec_without_returning(tx.connection()).await;
    inserted.map_err(Error::from).map_err(|error| match error {
        Error::Unique => Error::AlreadyExists { what: "one of the external ids" },
        other => other,
    })?;
    Ok(())
}

fn heads() -> Heads {
    Heads {
        table: patient::Entity.table_name(),
        revisions: patient_revision::Entity.table_name(),
        id: "patient_id",
        below: Condition::all().add(Expr::col((patient::Entity.table_name(), "purged_at")).is_null()),
        raised_by: None,
        patient: None,
    }
}
