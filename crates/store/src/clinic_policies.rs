//! A clinic's own policy, which new plans begin with, and the history of its changes.

use jiff::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, EntityName, QueryResult, Value};
use taper_core::ids::TherapistId;
use taper_core::record::clinic::ClinicPolicy;
use taper_core::text::Note;
use uuid::Uuid;

use crate::clinics;
use crate::column::{Micros, counter};
use crate::digest::{self, Covered};
use crate::entity::clinic_policy;
use crate::error::Error;
use crate::parent::clinic_name;
use crate::scope::{Read, Write};
use crate::statement::{
    body_text, bytes_at, content, in_force, insert, of_clinic, read, read_at, superseded_at, text_at, written,
};
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
    pub content: ClinicPolicy,
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
    select.cond_where(in_force(table(), at.known_at));
    match tx.connection().query_one(&select).await? {
        Some(row) => revision(tx, &row).map(Some),
        None => clinics::get(tx).await.map(|_| None),
    }
}

/// The history, oldest first: the revisions after `after` and at most `limit`.
pub async fn list(tx: &Read, after: Option<Version>, limit: u32) -> Result<Vec<Revision>, Error> {
    let mut select = of_this_clinic(tx);
    select.order_by("revision", Order::Asc).limit(u64::from(limit));
    if let Some(after) = after {
        select.and_where(Expr::col("revision").gt(i64::from(after.0)));
    }
    let rows = tx.connection().query_all(&select).await?;
    if rows.is_empty() {
        clinics::get(tx).await?;
    }
    rows.iter().map(|row| revision(tx, row)).collect()
}

/// Records a new revision; the old one is kept as it was.
pub async fn revise(tx: &Write, content: &ClinicPolicy, change: Change) -> Result<Revision, Error> {
    let before = current(tx, At::NOW).await?.map_or(Version(0), |before| before.version);
    if change.expected.is_some_and(|expected| expected != before) {
        return Err(Error::EtagMismatch { current: before });
    }
    let recorded_at = supersede(tx, before, change.now).await?;
    let body = written(content)?;
    let whole = Covered::row(table(), tx.clinic(), &[], recorded_at.0, &body);
    let covered = Covered {
        revision: Some(i64::from(before.next().0)),
        reason: Some(("reason", change.reason.as_str())),
        therapist: change.therapist.map(|therapist| therapist.0),
        ..whole
    };
    let mut fields = vec![
        ("clinic_id", tx.clinic().as_str().into()),
        ("revision", i64::from(before.next().0).into()),
        ("recorded_at", recorded_at.into()),
        ("reason", change.reason.as_str().into()),
        ("therapist", Value::Uuid(change.therapist.map(|therapist| therapist.0)).into()),
    ];
    fields.extend(covered.fields(tx));
    insert(tx, table(), fields).await.map_err(|error| match error {
        Error::ParentMissing => Error::NotFound { name: clinic_name(tx) },
        // Two first revisions at the same time.
        Error::Unique => Error::Conflict,
        other => other,
    })?;
    Ok(Revision {
        version: before.next(),
        recorded_at: recorded_at.instant()?,
        superseded_at: None,
        reason: change.reason,
        therapist: change.therapist,
        content: content.clone(),
    })
}

/// Ends the current revision, and says when the next one begins.
async fn supersede(tx: &Write, before: Version, now: Timestamp) -> Result<Micros, Error> {
    if before == Version(0) {
        return Ok(Micros::of(now));
    }
    let mut update = Query::update();
    update
        .table(table())
        .value("superseded_at", superseded_at(now))
        .cond_where(of_clinic(tx, table()))
        .and_where(Expr::col("revision").eq(i64::from(before.0)))
        .and_where(Expr::col("superseded_at").is_null())
        .returning(Query::returning().columns(["superseded_at"]));
    let ended = tx.connection().query_one(&update).await?;
    // Whoever was quicker has ended it already.
    read(&ended.ok_or(Error::Conflict)?, "superseded_at")
}

fn of_this_clinic(tx: &Read) -> SelectStatement {
    let mut select = Query::select();
    select
        .columns(["revision", "recorded_at", "superseded_at", "reason", "therapist"])
        .expr(body_text(table()))
        .column(digest::COLUMN)
        .from(table())
        .cond_where(of_clinic(tx, table()));
    select
}

fn revision(tx: &Read, row: &QueryResult) -> Result<Revision, Error> {
    let (revision, recorded_at): (i64, Micros) = (read_at(row, 0)?, read_at(row, 1)?);
    let superseded_at: Option<Micros> = read_at(row, 2)?;
    let reason = text_at(row, 3)?.unwrap_or_default();
    let therapist: Option<Uuid> = read_at(row, 4)?;
    let body = text_at(row, 5)?.unwrap_or_default();
    let whole = Covered::row(table(), tx.clinic(), &[], recorded_at.0, body);
    let covered = Covered { revision: Some(revision), reason: Some(("reason", reason)), therapist, ..whole };
    covered.check(bytes_at(row, 6)?)?;
    Ok(Revision {
        version: Version(counter(revision)?),
        recorded_at: recorded_at.instant()?,
        superseded_at: superseded_at.map(Micros::instant).transpose()?,
        reason: Note::parse(reason).map_err(|_| Error::Damaged { what: "clinic_policies.reason".to_owned() })?,
        therapist: therapist.map(TherapistId),
        content: content(table(), body)?,
    })
}

fn table() -> &'static str {
    clinic_policy::Entity.table_name()
}
