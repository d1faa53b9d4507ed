//! What patients, injuries and plans have in common: a row with the version behind the etag, and its revisions.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, QueryResult};
use taper_core::ids::PatientId;
use taper_core::record::identifying::Identifying;
use uuid::Uuid;

use crate::column::{Micros, UuidId, counter};
use crate::digest::{self, Covered};
use crate::error::Error;
use crate::parts::{self, apart, one, together};
use crate::scope::{Read, Write};
use crate::statement::{
    Field, body_text, bytes_at, in_force, insert, of_clinic, read, read_at, superseded_at, text_at,
};
use crate::stored::{Stored, Version};
use crate::vault;

/// A table with its table of revisions, and which of its rows are meant.
pub(crate) struct Heads {
    pub table: &'static str,
    pub revisions: &'static str,
    /// The column of their id, in both tables.
    pub id: &'static str,
    /// That they hang below the right parent.
    pub below: Condition,
    /// The table below them whose rows raise the version too.
    pub raised_by: Option<&'static str>,
    /// The patient that they belong to; none where they are the patients.
    pub patient: Option<PatientId>,
}

impl Heads {
    /// The rows of this clinic with the revisions that are seen then.
    fn seen(&self, tx: &Read, known_at: Option<Timestamp>) -> SelectStatement {
        let (table, revisions) = (self.table, self.revisions);
        let same_clinic = Expr::col((revisions, "clinic_id")).equals((table, "clinic_id"));
        let same_id = Expr::col((revisions, self.id)).equals((table, self.id));
        let mut select = Query::select();
        select
            .exprs(self.revision_read())
            .expr(Expr::col((table, "created_at")))
            .expr(self.version(known_at))
            .from(table)
            .inner_join(revisions, Condition::all().add(same_clinic).add(same_id))
            .cond_where(of_clinic(tx, table))
            .cond_where(self.below.clone())
            .cond_where(in_force(revisions, known_at));
        select
    }

    /// The version now, or the one that it was then.
    fn version(&self, known_at: Option<Timestamp>) -> Expr {
        let Some(known_at) = known_at else { return Expr::col((self.table, "version")) };
        let revision = Expr::col((self.revisions, "revision"));
        let Some(table) = self.raised_by else { return revision };
        let mut raised = Query::select();
        raised
            .expr(Expr::col((table, self.id)).count())
            .from(table)
            .and_where(Expr::col((table, "clinic_id")).equals((self.table, "clinic_id")))
            .and_where(Expr::col((table, self.id)).equals((self.table, self.id)))
            .and_where(Expr::col((table, "recorded_at")).lte(Micros::of(known_at).0));
        revision.add(Expr::SubQuery(None, Box::new(raised.into())))
    }

    /// The columns of a revision and of its digest, by their places.
    fn revision_read(&self) -> [Expr; 6] {
        let column = |name| Expr::col((self.revisions, name));
        [
            column(self.id),
            column("revision"),
            column("recorded_at"),
            body_text(self.revisions),
            column(parts::COLUMN),
            column(digest::COLUMN),
        ]
    }

    async fn revision<T: Identifying>(
        &self,
        tx: &Write,
        id: Uuid,
        revision: u32,
        at: Timestamp,
        content: &T,
    ) -> Result<Vec<Field>, Error> {
        let (revision, at) = (i64::from(revision), Micros::of(at));
        let ids = [(self.id, id)];
        let row = Covered { revision: Some(revision), ..Covered::row(self.revisions, tx.clinic(), &ids, at.0, "") };
        let parts = apart(tx, self.patient_of(id), &row.place(), content, None).await?;
        let mut fields = vec![
            ("clinic_id", tx.clinic().as_str().into()),
            (self.id, id.into()),
            ("revision", revision.into()),
            ("recorded_at", at.into()),
        ];
        fields.extend(parts.fields(tx, row));
        Ok(fields)
    }

    fn patient_of(&self, id: Uuid) -> PatientId {
        self.patient.unwrap_or(PatientId(id))
    }

    /// Gives what a revision says to the reader, if the revision is as it was written.
    fn checked<R>(
        &self,
        tx: &Read,
        row: &QueryResult,
        read: impl FnOnce(&Covered<'_>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let ids = [(self.id, read_at(row, place::ID)?)];
        let body = text_at(row, place::BODY)?.unwrap_or_default();
        let covered = Covered {
            revision: Some(read_at(row, place::REVISION)?),
            ciphertext: bytes_at(row, place::CIPHERTEXT)?,
            ..Covered::row(self.revisions, tx.clinic(), &ids, read_at(row, place::RECORDED_AT)?, body)
        };
        covered.check(bytes_at(row, place::DIGEST)?)?;
        read(&covered)
    }

    /// What the rows say. The keys of those patients are read whose rows need them.
    async fn stored<I: UuidId, T: Identifying>(
        &self,
        tx: &Read,
        rows: &[QueryResult],
    ) -> Result<Vec<Stored<I, T>>, Error> {
        let mut private = BTreeSet::new();
        for row in rows {
            if bytes_at(row, place::CIPHERTEXT)?.is_some() {
                private.insert(self.patient_of(read_at(row, place::ID)?));
            }
        }
        vault::fetch(tx, private).await?;
        let mut stored = Vec::with_capacity(rows.len());
        for row in rows {
            let id: Uuid = read_at(row, place::ID)?;
            let key = tx.keys().get(self.patient_of(id));
            let (content, _) = self.checked(tx, row, |covered| together(key.as_deref(), covered))?;
            let created = read_at::<Micros>(row, place::CREATED_AT)?.instant()?;
            let recorded = read_at::<Micros>(row, place::RECORDED_AT)?.instant()?;
            let version = Version(counter(read_at(row, place::VERSION)?)?);
            let revision = counter(read_at(row, place::REVISION)?)?;
            stored.push(whole(I::of(id), version, revision, (created, recorded), content));
        }
        Ok(stored)
    }
}

/// The columns of [`Heads::revision_read`], by their places.
mod place {
    pub const ID: usize = 0;
    pub const REVISION: usize = 1;
    pub const RECORDED_AT: usize = 2;
    pub const BODY: usize = 3;
    pub const CIPHERTEXT: usize = 4;
    pub const DIGEST: usize = 5;
    /// Of the head, where it is read too.
    pub const CREATED_AT: usize = 6;
    pub const VERSION: usize = 7;
    /// Only where a revision is ended.
    pub const SUPERSEDED_AT: usize = 6;
}

/// The fields of a new row of the head table.
pub(crate) fn first(tx: &Write, id_column: &'static str, id: Uuid, now: Timestamp) -> Vec<Field> {
    vec![
        ("clinic_id", tx.clinic().as_str().into()),
        (id_column, id.into()),
        ("version", i64::from(Version::FIRST.0).into()),
        ("created_at", Micros::of(now).into()),
    ]
}

/// Records the first revision of a row that was just inserted.
pub(crate) async fn begin<I: UuidId, T: Identifying + Clone>(
    tx: &Write,
    heads: &Heads,
    id: I,
    content: &T,
    now: Timestamp,
) -> Result<Stored<I, T>, Error> {
    insert(tx, heads.revisions, heads.revision(tx, id.uuid(), 1, now, content).await?).await?;
    let now = Micros::of(now).instant()?;
    Ok(whole(id, Version::FIRST, 1, (now, now), content.clone()))
}

/// The revision that is seen then, or none.
pub(crate) async fn get<I: UuidId, T: Identifying>(
    tx: &Read,
    heads: &Heads,
    id: I,
    known_at: Option<Timestamp>,
) -> Result<Option<Stored<I, T>>, Error> {
    let mut select = heads.seen(tx, known_at);
    select.and_where(Expr::col((heads.table, heads.id)).eq(id.uuid()));
    match tx.connection().query_one(&select).await? {
        Some(row) => one(heads.stored(tx, &[row]).await?).map(Some),
        None => Ok(None),
    }
}

/// The revisions that are seen then, by id.
pub(crate) async fn list<I: UuidId, T: Identifying>(
    tx: &Read,
    heads: &Heads,
    after: Option<I>,
    limit: u32,
    known_at: Option<Timestamp>,
) -> Result<Vec<Stored<I, T>>, Error> {
    let mut select = heads.seen(tx, known_at);
    if let Some(after) = after {
        select.and_where(Expr::col((heads.table, heads.id)).gt(after.uuid()));
    }
    select.order_by((heads.table, heads.id), Order::Asc).limit(u64::from(limit));
    let rows = tx.connection().query_all(&select).await?;
    heads.stored(tx, &rows).await
}

/// Raises the version of a row, if it is the expected one, and sets more of its columns; gives the row as it is then.
pub(crate) async fn raise_version(
    tx: &Write,
    heads: &Heads,
    id: impl UuidId,
    expected: Option<Version>,
    more: Vec<Field>,
    name: &str,
) -> Result<(Version, Timestamp), Error> {
    let mut update = Query::update();
    update
        .table(heads.table)
        .value("version", Expr::col("version").add(1_i64))
        .values(more)
        .cond_where(of_clinic(tx, heads.table))
        .cond_where(heads.below.clone())
        .and_where(Expr::col((heads.table, heads.id)).eq(id.uuid()))
        .returning(Query::returning().columns(["version", "created_at"]));
    if let Some(expected) = expected {
        update.and_where(Expr::col("version").eq(i64::from(expected.0)));
    }
    if let Some(row) = tx.connection().query_one(&update).await? {
        let created = read::<Micros>(&row, "created_at")?.instant()?;
        return Ok((version(&row)?, created));
    }
    let mut select = heads.seen(tx, None);
    select.and_where(Expr::col((heads.table, heads.id)).eq(id.uuid()));
    match tx.connection().query_one(&select).await? {
        Some(row) if expected.is_some() => Err(Error::EtagMismatch { current: version(&row)? }),
        Some(_) => Err(Error::Conflict),
        None => Err(Error::NotFound { name: name.to_owned() }),
    }
}

/// Records one more revision of a row whose version was just raised; the one before stays as it was.
pub(crate) async fn revise<I: UuidId, T: Identifying + Clone>(
    tx: &Write,
    heads: &Heads,
    id: I,
    raised: (Version, Timestamp),
    content: &T,
    now: Timestamp,
) -> Result<Stored<I, T>, Error> {
    let mut update = Query::update();
    update
        .table(heads.revisions)
        .value("superseded_at", superseded_at(now))
        .cond_where(of_clinic(tx, heads.revisions))
        .and_where(Expr::col(heads.id).eq(id.uuid()))
        .and_where(Expr::col("superseded_at").is_null())
        .returning(Query::returning().exprs(heads.revision_read().into_iter().chain([Expr::col("superseded_at")])));
    let ended = tx.connection().query_one(&update).await?;
    let ended = ended.ok_or_else(|| Error::Damaged { what: heads.revisions.to_owned() })?;
    // What it takes over from the revision before is not taken from a damaged one.
    heads.checked(tx, &ended, |_| Ok(()))?;
    let revision = counter(read_at(&ended, place::REVISION)?)?.saturating_add(1);
    let recorded = read_at::<Micros>(&ended, place::SUPERSEDED_AT)?.instant()?;
    insert(tx, heads.revisions, heads.revision(tx, id.uuid(), revision, recorded, content).await?).await?;
    let (version, created) = raised;
    Ok(whole(id, version, revision, (created, recorded), content.clone()))
}

fn version(row: &QueryResult) -> Result<Version, Error> {
    counter(read(row, "version")?).map(Version)
}

fn whole<I, T>(id: I, version: Version, revision: u32, times: (Timestamp, Timestamp), content: T) -> Stored<I, T> {
    let (create_time, update_time) = times;
    Stored { id, version, revision, create_time, update_time, entered_in_error: false, amend_reason: None, content }
}
