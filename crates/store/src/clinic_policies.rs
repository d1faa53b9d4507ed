//! A clinic's own policy, which new plans begin with, and the history of its changes.

use jiff::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Condition, Query};
use sea_orm::{ConnectionTrait, QueryOrder, QuerySelect, Set};
use taper_core::ids::TherapistId;
use taper_core::record::plan::Policy;
use taper_core::text::Note;

use crate::clinics;
use crate::column::{Body, Micros, counter};
use crate::entity::clinic_policy;
use crate::error::Error;
use crate::parent::clinic_name;
use crate::scope::{Read, Write};
use crate::statement::{of_clinic, read, superseded_at};
use crate::stored::{At, Version};

/// One revision of a clinic's policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// 1 for the first, one more with each change; a clinic without one is at 0.
    pub version: Version,
    /// When it was recorded; microseconds.
    pub recorded_at: Timestamp,
    /// When the next one was; none for the current one.
    pub superseded_at: Option<Timestamp>,
    /// Why.
    pub reason: Note,
    /// Who changed it.
    pub therapist: Option<TherapistId>,
    /// What the clinic chose.
    pub content: Policy,
}

/// How a policy is changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The version that the caller read, 0 when there was none; `None` replaces whichever is current.
    pub expected: Option<Version>,
    /// Why.
    pub reason: Note,
    /// Who changes it.
    pub therapist: Option<TherapistId>,
    /// When.
    pub now: Timestamp,
}

/// The policy that is seen at those times; none when the clinic had chosen nothing, so that the protocols' defaults hold.
pub async fn current(tx: &Read, at: At) -> Result<Option<Revision>, Error> {
    let mut select = of_this_clinic(tx);
    select = match at.known_at.map(Micros::of) {
        None => select.filter(clinic_policy::Column::SupersededAt.is_null()),
        Some(known_at) => {
            let not_ended = clinic_policy::Column::SupersededAt.is_null();
            let not_ended = Condition::any().add(not_ended).add(clinic_policy::Column::SupersededAt.gt(known_at));
            select.filter(clinic_policy::Column::RecordedAt.lte(known_at)).filter(not_ended)
        }
    };
    match select.one(tx.connection()).await? {
        Some(row) => revision(row).map(Some),
        None => clinics::get(tx).await.map(|_| None),
    }
}

/// The history, oldest first: the revisions after `after` and at most `limit`.
pub async fn list(tx: &Read, after: Option<Version>, limit: u32) -> Result<Vec<Revision>, Error> {
    let mut select = of_this_clinic(tx).order_by_asc(clinic_policy::Column::Revision).limit(u64::from(limit));
    if let Some(after) = after {
        select = select.filter(clinic_policy::Column::Revision.gt(i64::from(after.0)));
    }
    let rows = select.all(tx.connection()).await?;
    if rows.is_empty() {
        clinics::get(tx).await?;
    }
    rows.into_iter().map(revision).collect()
}

/// Records a new revision; the old one is kept as it was.
pub async fn revise(tx: &Write, content: &Policy, change: Change) -> Result<Revision, Error> {
    let before = current(tx, At::NOW).await?.map_or(Version(0), |before| before.version);
    if change.expected.is_some_and(|expected| expected != before) {
        return Err(Error::EtagMismatch { current: before });
    }
    let recorded_at = supersede(tx, before, change.now).await?;
    let row = clinic_policy::Model {
        clinic_id: tx.clinic().to_string(),
        revision: i64::from(before.next().0),
        recorded_at,
        superseded_at: None,
        reason: change.reason.as_str().to_owned(),
        therapist: change.therapist.map(|therapist| therapist.0),
        body: Body(content.clone()),
    };
    let active = clinic_policy::ActiveModel {
        clinic_id: Set(row.clinic_id.clone()),
        revision: Set(row.revision),
        recorded_at: Set(row.recorded_at),
        superseded_at: Set(None),
        reason: Set(row.reason.clone()),
        therapist: Set(row.therapist),
        body: Set(row.body.clone()),
    };
    let inserted = clinic_policy::Entity::insert(active).exec_without_returning(tx.connection()).await;
    inserted.map_err(Error::from).map_err(|error| match error {
        Error::ParentMissing => Error::NotFound { name: clinic_name(tx) },
        // Two first revisions at the same time.
        Error::Unique => Error::Conflict,
        other => other,
    })?;
    revision(row)
}

/// Ends the current revision, and says when the next one begins.
async fn supersede(tx: &Write, before: Version, now: Timestamp) -> Result<Micros, Error> {
    if before == Version(0) {
        return Ok(Micros::of(now));
    }
    let table = "clinic_policies";
    let mut update = Query::update();
    update
        .table(table)
        .value("superseded_at", superseded_at(now))
        .cond_where(of_clinic(tx, table))
        .and_where(clinic_policy::Column::Revision.eq(i64::from(before.0)))
        .and_where(clinic_policy::Column::SupersededAt.is_null())
        .returning(Query::returning().columns(["superseded_at"]));
    let ended = tx.connection().query_one(&update).await?;
    // Whoever was quicker has ended it already.
    read(&ended.ok_or(Error::Conflict)?, "superseded_at")
}

fn of_this_clinic(tx: &Read) -> Select<clinic_policy::Entity> {
    clinic_policy::Entity::find().filter(clinic_policy::Column::ClinicId.eq(tx.clinic().as_str()))
}

fn revision(row: clinic_policy::Model) -> Result<Revision, Error> {
    let reason = Note::parse(&row.reason).map_err(|_| Error::Damaged { what: "clinic_policies.reason".to_owned() })?;
    Ok(Revision {
        version: Version(counter(row.revision)?),
        recorded_at: row.recorded_at.instant()?,
        superseded_at: row.superseded_at.map(Micros::instant).transpose()?,
        reason,
        therapist: row.therapist.map(TherapistId),
        content: row.body.0,
    })
}
