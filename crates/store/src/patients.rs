//! Patients of a clinic, and their numbers in other systems, which are unique in the clinic.

use jiff::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Condition;
use sea_orm::{EntityName, Set};
use taper_core::ids::PatientId;
use taper_core::record::patient::Patient;

use crate::clinics;
use crate::entity::{patient, patient_external_id, patient_revision};
use crate::error::Error;
use crate::head::{self, Heads};
use crate::parent::{self, clinic_name};
use crate::scope::{Read, Write};
use crate::seal;
use crate::statement::insert;
use crate::stored::{At, Stored, Version};

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

/// The current revisions by id, those after `after` and at most `limit`.
pub async fn list(tx: &Read, after: Option<PatientId>, limit: u32) -> Result<Vec<Stored<PatientId, Patient>>, Error> {
    let patients = head::list(tx, &heads(), after, limit, None).await?;
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
        .filter(patient_external_id::Column::ClinicId.eq(tx.clinic().as_str()))
        .filter(patient_external_id::Column::PatientId.eq(id.0))
        .exec(tx.connection())
        .await?;
    claim_external_ids(tx, id, content).await?;
    Ok(stored)
}

async fn claim_external_ids(tx: &Write, id: PatientId, content: &Patient) -> Result<(), Error> {
    if content.external_ids.is_empty() {
        return Ok(());
    }
    let rows = content.external_ids.iter().map(|number| patient_external_id::ActiveModel {
        clinic_id: Set(tx.clinic().to_string()),
        system: Set(number.system.to_string()),
        value: Set(number.value.to_string()),
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
        below: Condition::all(),
        raised_by: None,
    }
}
