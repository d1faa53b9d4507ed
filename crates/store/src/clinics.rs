//! Clinics, which own everything else.

use std::time::Instant;

use jiff::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect, Set};
use taper_core::ids::ClinicId;
use taper_core::record::clinic::{Clinic, TimeZoneName};
use taper_core::text::Line;

use crate::column::{Micros, counter};
use crate::entity::clinic;
use crate::error::Error;
use crate::parent::clinic_name;
use crate::scope::{Read, Write};
use crate::statement::in_clinic;
use crate::store::{Store, within};
use crate::stored::{Stored, Version};

/// Records the transaction's clinic; `content.id` is that clinic.
pub async fn create(tx: &Write, content: &Clinic, now: Timestamp) -> Result<Stored<ClinicId, Clinic>, Error> {
    if content.id != *tx.clinic() {
        return Err(Error::NotFound { name: format!("clinics/{}", content.id) });
    }
    let row = clinic::ActiveModel {
        clinic_id: Set(content.id.to_string()),
        version: Set(i64::from(Version::FIRST.0)),
        created_at: Set(Micros::of(now)),
        recorded_at: Set(Micros::of(now)),
        display_name: Set(content.display_name.to_string()),
        time_zone: Set(content.time_zone.as_str().to_owned()),
    };
    let inserted = clinic::Entity::insert(row).exec_without_returning(tx.connection()).await;
    inserted.map_err(Error::from).map_err(|error| match error {
        Error::Unique => Error::AlreadyExists { what: "the slug of the clinic" },
        other => other,
    })?;
    get(tx).await
}

/// The transaction's clinic.
pub async fn get(tx: &Read) -> Result<Stored<ClinicId, Clinic>, Error> {
    let row = clinic::Entity::find().filter(in_clinic(tx, clinic::Column::ClinicId)).one(tx.connection()).await?;
    row.map_or_else(|| Err(Error::NotFound { name: clinic_name(tx) }), stored)
}

/// All clinics by slug, those after `after` and at most `limit`. The only list that crosses clinics.
pub async fn list(
    store: &Store,
    after: Option<&ClinicId>,
    limit: u32,
    deadline: Instant,
) -> Result<Vec<Stored<ClinicId, Clinic>>, Error> {
    let mut select = clinic::Entity::find().order_by_asc(clinic::Column::ClinicId).limit(u64::from(limit));
    if let Some(after) = after {
        select = select.filter(clinic::Column::ClinicId.gt(after.as_str()));
    }
    let rows = within(deadline, async { select.all(&store.begin_directory(deadline).await?).await }).await?;
    rows.into_iter().map(stored).collect()
}

fn stored(row: clinic::Model) -> Result<Stored<ClinicId, Clinic>, Error> {
    let damaged = |column: &str| Error::Damaged { what: format!("clinics.{column}") };
    let id: ClinicId = row.clinic_id.parse().map_err(|_| damaged("clinic_id"))?;
    let version = counter(row.version)?;
    Ok(Stored {
        id: id.clone(),
        version: Version(version),
        revision: version,
        create_time: row.created_at.instant()?,
        update_time: row.recorded_at.instant()?,
        entered_in_error: false,
        amend_reason: None,
        content: Clinic {
            id,
            display_name: Line::parse(&row.display_name).map_err(|_| damaged("display_name"))?,
            time_zone: TimeZoneName::parse(&row.time_zone).map_err(|_| damaged("time_zone"))?,
        },
    })
}
