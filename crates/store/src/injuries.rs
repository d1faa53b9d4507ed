//! Injuries of a patient.

use jiff::Timestamp;
use sea_orm::EntityName;
use taper_core::ids::{InjuryId, PatientId};
use taper_core::record::injury::Injury;

use crate::entity::{injury, injury_revision};
use crate::error::Error;
use crate::head::{self, Heads};
use crate::parent::{self, Parent};
use crate::scope::{Read, Write};
use crate::seal;
use crate::statement::{exists, insert_if};
use crate::stored::{At, InjuryKey, Stored, Version};

/// Records an injury of a patient.
pub async fn create(
    tx: &Write,
    key: InjuryKey,
    content: &Injury,
    now: Timestamp,
) -> Result<Stored<InjuryId, Injury>, Error> {
    let patient = parent::patient(tx, key.patient);
    let now = seal::not_before(tx, key.patient, now).await?;
    let heads = heads(&patient);
    let mut row = head::first(tx, heads.id, key.injury.0, now);
    row.push((patient.column, patient.id.into()));
    if !insert_if(tx, heads.table, row, patient.exists).await? {
        return Err(Error::NotFound { name: patient.name });
    }
    head::begin(tx, &heads, key.injury, content, now).await
}

/// The revision of an injury that is seen at those times.
pub async fn get(tx: &Read, key: InjuryKey, at: At) -> Result<Stored<InjuryId, Injury>, Error> {
    let heads = heads(&parent::patient(tx, key.patient));
    let found = head::get(tx, &heads, key.injury, at.known_at).await?;
    found.ok_or_else(|| Error::NotFound { name: parent::injury(tx, key).name })
}

/// The current revisions by id, those after `after` and at most `limit`.
pub async fn list(
    tx: &Read,
    patient: PatientId,
    after: Option<InjuryId>,
    limit: u32,
) -> Result<Vec<Stored<InjuryId, Injury>>, Error> {
    let patient = parent::patient(tx, patient);
    let injuries = head::list(tx, &heads(&patient), after, limit, None).await?;
    if injuries.is_empty() && !exists(tx, &patient.exists).await? {
        return Err(Error::NotFound { name: patient.name });
    }
    Ok(injuries)
}

/// Records a new revision of an injury, for example with the return date; the old one is kept as it was.
pub async fn revise(
    tx: &Write,
    key: InjuryKey,
    expected: Option<Version>,
    content: &Injury,
    now: Timestamp,
) -> Result<Stored<InjuryId, Injury>, Error> {
    let heads = heads(&parent::patient(tx, key.patient));
    let name = parent::injury(tx, key).name;
    let raised = head::raise_version(tx, &heads, key.injury, expected, Vec::new(), &name).await?;
    let now = seal::not_before(tx, key.patient, now).await?;
    head::revise(tx, &heads, key.injury, raised, content, now).await
}

fn heads(patient: &Parent) -> Heads {
    let table = injury::Entity.table_name();
    Heads {
        table,
        revisions: injury_revision::Entity.table_name(),
        id: "injury_id",
        below: patient.of(table),
        raised_by: None,
        patient: Some(patient.patient),
    }
}
