//! Glass that was broken in an emergency: who may do for a while what its role else may not, and why.

use jiff::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, Set};
use taper_core::access::Grant;
use taper_core::text::Note;
use uuid::Uuid;

use crate::column::Micros;
use crate::entity::glass;
use crate::error::Error;
use crate::scope::{Read, Write};
use crate::statement::in_clinic;

/// Records that a caller broke the glass.
pub async fn create(
    tx: &Write,
    id: Uuid,
    subject: &str,
    reason: &Note,
    now: Timestamp,
    grant: &Grant,
) -> Result<(), Error> {
    let row = glass::ActiveModel {
        clinic_id: Set(tx.clinic().to_string()),
        glass_id: Set(id),
        subject: Set(subject.to_owned()),
        reason: Set(reason.as_str().to_owned()),
        broken_at: Set(Micros::of(now)),
        until: Set(Micros::of(grant.until)),
    };
    glass::Entity::insert(row).exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// The grant of a caller that holds longest, where one still does.
pub async fn standing(tx: &Read, subject: &str, now: Timestamp) -> Result<Option<Grant>, Error> {
    let found = glass::Entity::find()
        .filter(in_clinic(tx, glass::Column::ClinicId))
        .filter(glass::Column::Subject.eq(subject))
        .filter(glass::Column::Until.gte(Micros::of(now)))
        .order_by_desc(glass::Column::Until)
        .one(tx.connection())
        .await?;
    found.map(|row| Ok(Grant { until: row.until.instant()? })).transpose()
}
