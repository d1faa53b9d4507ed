//! Therapists of a clinic.

use jiff::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect, Set};
use taper_core::ids::TherapistId;
use taper_core::record::clinic::Therapist;
use taper_core::record::codes::Discipline;
use taper_core::text::Line;

use crate::clinics;
use crate::column::{Micros, counter};
use crate::entity::therapist;
use crate::error::Error;
use crate::parent::clinic_name;
use crate::scope::{Read, Write};
use crate::statement::in_clinic;
use crate::stored::{Stored, Version};

/// Records a therapist.
pub async fn create(tx: &Write, content: &Therapist, now: Timestamp) -> Result<Stored<TherapistId, Therapist>, Error> {
    let row = therapist::Model {
        clinic_id: tx.clinic().to_string(),
        therapist_id: content.id.0,
        version: i64::from(Version::FIRST.0),
        created_at: Micros::of(now),
        recorded_at: Micros::of(now),
        display_name: content.display_name.to_string(),
        discipline: content.discipline.code().to_owned(),
    };
    let active = therapist::ActiveModel {
        clinic_id: Set(row.clinic_id.clone()),
        therapist_id: Set(row.therapist_id),
        version: Set(row.version),
        created_at: Set(row.created_at),
        recorded_at: Set(row.recorded_at),
        display_name: Set(row.display_name.clone()),
        discipline: Set(row.discipline.clone()),
    };
    let inserted = therapist::Entity::insert(active).exec_without_returning(tx.connection()).await;
    inserted.map_err(Error::from).map_err(|error| match error {
        Error::ParentMissing => Error::NotFound { name: clinic_name(tx) },
        other => other,
    })?;
    stored(row)
}

/// A therapist.
pub async fn get(tx: &Read, id: TherapistId) -> Result<Stored<TherapistId, Therapist>, Error> {
    let found = therapist::Entity::find()
        .filter(in_clinic(tx, therapist::Column::ClinicId))
        .filter(therapist::Column::TherapistId.eq(id.0))
        .one(tx.connection())
        .await?;
    match found {
        Some(row) => stored(row),
        None => Err(Error::NotFound { name: format!("{}/therapists/{id}", clinic_name(tx)) }),
    }
}

/// The therapists by id, those after `after` and at most `limit`.
pub async fn list(
    tx: &Read,
    after: Option<TherapistId>,
    limit: u32,
) -> Result<Vec<Stored<TherapistId, Therapist>>, Error> {
    let mut select = therapist::Entity::find()
        .filter(in_clinic(tx, therapist::Column::ClinicId))
        .order_by_asc(therapist::Column::TherapistId)
        .limit(u64::from(limit));
    if let Some(after) = after {
        select = select.filter(therapist::Column::TherapistId.gt(after.0));
    }
    let rows = select.all(tx.connection()).await?;
    if rows.is_empty() {
        clinics::get(tx).await?;
    }
    rows.into_iter().map(stored).collect()
}

fn stored(row: therapist::Model) -> Result<Stored<TherapistId, Therapist>, Error> {
    let damaged = |column: &str| Error::Damaged { what: format!("therapists.{column}") };
    let id = TherapistId(row.therapist_id);
    let version = counter(row.version)?;
    Ok(Stored {
        id,
        version: Version(version),
        revision: version,
        create_time: row.created_at.instant()?,
        update_time: row.recorded_at.instant()?,
        entered_in_error: false,
        amend_reason: None,
        content: Therapist {
            id,
            display_name: Line::parse(&row.display_name).map_err(|_| damaged("display_name"))?,
            discipline: Discipline::parse(&row.discipline).ok_or_else(|| damaged("discipline"))?,
        },
    })
}
