//! What assessments, activities and sessions have in common: dated rows below an injury or a plan, amended, never overwritten.

use jiff::Timestamp;
use jiff::civil::Date;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, QueryResult};
use taper_core::record::identifying::Identifying;
use taper_core::text::Note;

use crate::column::{Micros, UuidId, counter};
use crate::digest::{self, Covered};
use crate::error::Error;
use crate::parent::Parent;
use crate::parts::{self, apart, one, together};
use crate::scope::{Read, Write};
use crate::seal;
use crate::statement::{
    Field, body_text, bytes_at, exists, in_force, insert, insert_if, of_clinic, read_at, superseded_at, text_at,
};
use crate::stored::{Amendment, At, Stored, Version};
use crate::vault;

/// The facts of one kind below one parent.
pub(crate) struct Facts {
    pub table: &'static str,
    /// The column of their id.
    pub id: &'static str,
    /// The last collection of their resource names.
    pub collection: &'static str,
    pub parent: Parent,
}

impl Facts {
    fn name(&self, id: impl UuidId) -> String {
        format!("{}/{}/{}", self.parent.name, self.collection, id.uuid())
    }

    /// The revisions of this clinic below the parent that are seen at those times.
    fn seen(&self, tx: &Read, at: At) -> SelectStatement {
        let mut select = Query::select();
        select
            .exprs(self.read())
            .from(self.table)
            .cond_where(of_clinic(tx, self.table))
            .cond_where(self.parent.of(self.table))
            .cond_where(in_force(self.table, at.known_at));
        if let Some(as_of) = at.as_of {
            select.and_where(Expr::col("effective_date").lte(as_of.to_string()));
        }
        select
    }

    /// The columns of a fact and of its digest, by their places.
    fn read(&self) -> [Expr; 10] {
        let column = |name| Expr::col((self.table, name));
        [
            column(self.id),
            column("revision"),
            column("effective_date"),
            column("created_at"),
            column("recorded_at"),
            column("entered_in_error"),
            column("amend_reason"),
            body_text(self.table),
            column(parts::COLUMN),
            column(digest::COLUMN),
        ]
    }

    async fn fields<I: UuidId, T: Identifying>(
        &self,
        tx: &Write,
        date: Date,
        fact: &Stored<I, T>,
    ) -> Result<Vec<Field>, Error> {
        let date = date.to_string();
        let ids = [(self.parent.column, self.parent.id), (self.id, fact.id.uuid())];
        let (created_at, recorded_at) = (Micros::of(fact.create_time), Micros::of(fact.update_time));
        let row = Covered {
            revision: Some(i64::from(fact.revision)),
            effective_date: Some(&date),
            created_at: Some(created_at.0),
            entered_in_error: Some(fact.entered_in_error),
            ..Covered::row(self.table, tx.clinic(), &ids, recorded_at.0, "")
        };
        let (patient, reason) = (self.parent.patient, fact.amend_reason.as_ref());
        let parts = apart(tx, patient, &row.place(), &fact.content, reason).await?;
        let mut fields = vec![
            ("clinic_id", tx.clinic().as_str().into()),
            (self.parent.column, self.parent.id.into()),
            (self.id, fact.id.uuid().into()),
            ("revision", i64::from(fact.revision).into()),
            ("effective_date", date.as_str().into()),
            ("created_at", created_at.into()),
            ("recorded_at", recorded_at.into()),
            ("entered_in_error", fact.entered_in_error.into()),
        ];
        fields.extend(parts.fields(tx, row));
        Ok(fields)
    }

    /// Gives what a row says to the reader, if the row is as it was written.
    fn checked<R>(
        &self,
        tx: &Read,
        row: &QueryResult,
        read: impl FnOnce(&Covered<'_>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let ids = [(self.parent.column, self.parent.id), (self.id, read_at(row, place::ID)?)];
        let body = text_at(row, place::BODY)?.unwrap_or_default();
        let covered = Covered {
            revision: Some(read_at(row, place::REVISION)?),
            effective_date: text_at(row, place::EFFECTIVE_DATE)?,
            created_at: Some(read_at(row, place::CREATED_AT)?),
            entered_in_error: Some(read_at(row, place::ENTERED_IN_ERROR)?),
            reason: text_at(row, place::AMEND_REASON)?.map(|reason| ("amend_reason", reason)),
            ciphertext: bytes_at(row, place::CIPHERTEXT)?,
            ..Covered::row(self.table, tx.clinic(), &ids, read_at(row, place::RECORDED_AT)?, body)
        };
        covered.check(bytes_at(row, place::DIGEST)?)?;
        read(&covered)
    }

    /// What the rows say. The patient's key is read if one of them needs it.
    async fn stored<I: UuidId, T: Identifying>(
        &self,
        tx: &Read,
        rows: &[QueryResult],
    ) -> Result<Vec<Stored<I, T>>, Error> {
        let mut is_private = false;
        for row in rows {
            is_private |= bytes_at(row, place::CIPHERTEXT)?.is_some();
        }
        if is_private {
            vault::fetch(tx, [self.parent.patient]).await?;
        }
        let key = tx.keys().get(self.parent.patient);
        let mut stored = Vec::with_capacity(rows.len());
        for row in rows {
            let (content, reason) = self.checked(tx, row, |covered| together(key.as_deref(), covered))?;
            let revision = counter(read_at(row, place::REVISION)?)?;
            let before_encryption = text_at(row, place::AMEND_REASON)?.map(Note::parse).transpose();
            let before_encryption =
                before_encryption.map_err(|_| Error::Damaged { what: "amend_reason".to_owned() })?;
            stored.push(Stored {
                id: I::of(read_at(row, place::ID)?),
                version: Version(revision),
                revision,
                create_time: read_at::<Micros>(row, place::CREATED_AT)?.instant()?,
                update_time: read_at::<Micros>(row, place::RECORDED_AT)?.instant()?,
                entered_in_error: read_at(row, place::ENTERED_IN_ERROR)?,
                amend_reason: reason.or(before_encryption),
                content,
            });
        }
        Ok(stored)
    }
}

/// The columns of [`Facts::read`], by their places.
mod place {
    pub const ID: usize = 0;
    pub const REVISION: usize = 1;
    pub const EFFECTIVE_DATE: usize = 2;
    pub const CREATED_AT: usize = 3;
    pub const RECORDED_AT: usize = 4;
    pub const ENTERED_IN_ERROR: usize = 5;
    pub const AMEND_REASON: usize = 6;
    pub const BODY: usize = 7;
    pub const CIPHERTEXT: usize = 8;
    pub const DIGEST: usize = 9;
    /// Only where a revision is ended.
    pub const SUPERSEDED_AT: usize = 10;
}

/// Records the first revision.
pub(crate) async fn create<I: UuidId, T: Identifying + Clone>(
    tx: &Write,
    facts: Facts,
    id: I,
    date: Date,
    content: &T,
    now: Timestamp,
) -> Result<Stored<I, T>, Error> {
    let now = seal::not_before(tx, facts.parent.patient, now).await?;
    let fact = Stored {
        id,
        version: Version::FIRST,
        revision: 1,
        create_time: now,
        update_time: now,
        entered_in_error: false,
        amend_reason: None,
        content: content.clone(),
    };
    let fields = facts.fields(tx, date, &fact).await.map_err(|error| match error {
        // There is no patient whose key it would be encrypted with.
        Error::ParentMissing => Error::NotFound { name: facts.parent.name.clone() },
        other => other,
    })?;
    if insert_if(tx, facts.table, fields, facts.parent.exists).await? {
        Ok(fact)
    } else {
        Err(Error::NotFound { name: facts.parent.name })
    }
}

/// The revision that is seen at those times.
pub(crate) async fn get<I: UuidId, T: Identifying>(
    tx: &Read,
    facts: Facts,
    id: I,
    at: At,
) -> Result<Stored<I, T>, Error> {
    let mut select = facts.seen(tx, at);
    select.and_where(Expr::col(facts.id).eq(id.uuid()));
    match tx.connection().query_one(&select).await? {
        Some(row) => one(facts.stored(tx, &[row]).await?),
        None => Err(Error::NotFound { name: facts.name(id) }),
    }
}

/// The revisions that are seen at those times, by id.
pub(crate) async fn list<I: UuidId, T: Identifying>(
    tx: &Read,
    facts: Facts,
    after: Option<I>,
    limit: u32,
    at: At,
) -> Result<Vec<Stored<I, T>>, Error> {
    let mut select = facts.seen(tx, at);
    if let Some(after) = after {
        select.and_where(Expr::col(facts.id).gt(after.uuid()));
    }
    select.order_by(facts.id, Order::Asc).limit(u64::from(limit));
    let rows = tx.connection().query_all(&select).await?;
    if rows.is_empty() && !exists(tx, &facts.parent.exists).await? {
        return Err(Error::NotFound { name: facts.parent.name });
    }
    facts.stored(tx, &rows).await
}

/// Records one more revision; the one before stays as it was, but for when it ended.
pub(crate) async fn amend<I: UuidId, T: Identifying + Clone>(
    tx: &Write,
    facts: Facts,
    id: I,
    date: Date,
    content: &T,
    mut amendment: Amendment,
) -> Result<Stored<I, T>, Error> {
    amendment.now = seal::not_before(tx, facts.parent.patient, amendment.now).await?;
    let Some(ended) = supersede(tx, &facts, id, &amendment).await? else {
        return Err(why_not(tx, &facts, id, amendment.expected).await?);
    };
    // What it takes over from the revision before is not taken from a damaged one.
    facts.checked(tx, &ended, |_| Ok(()))?;
    let before = counter(read_at(&ended, place::REVISION)?)?;
    let fact = Stored {
        id,
        version: Version(before).next(),
        revision: Version(before).next().0,
        create_time: read_at::<Micros>(&ended, place::CREATED_AT)?.instant()?,
        update_time: read_at::<Micros>(&ended, place::SUPERSEDED_AT)?.instant()?,
        entered_in_error: amendment.entered_in_error,
        amend_reason: amendment.reason,
        content: content.clone(),
    };
    insert(tx, facts.table, facts.fields(tx, date, &fact).await?).await?;
    Ok(fact)
}

/// Ends the current revision, if it is the expected one.
async fn supersede<I: UuidId>(
    tx: &Write,
    facts: &Facts,
    id: I,
    amendment: &Amendment,
) -> Result<Option<QueryResult>, Error> {
    let mut update = Query::update();
    update
        .table(facts.table)
        .value("superseded_at", superseded_at(amendment.now))
        .cond_where(of_clinic(tx, facts.table))
        .cond_where(facts.parent.of(facts.table))
        .and_where(Expr::col(facts.id).eq(id.uuid()))
        .and_where(Expr::col("superseded_at").is_null())
        .returning(Query::returning().exprs(facts.read().into_iter().chain([Expr::col("superseded_at")])));
    if let Some(expected) = amendment.expected {
        update.and_where(Expr::col("revision").eq(i64::from(expected.0)));
    }
    Ok(tx.connection().query_one(&update).await?)
}

async fn why_not<I: UuidId>(tx: &Write, facts: &Facts, id: I, expected: Option<Version>) -> Result<Error, Error> {
    let mut select = facts.seen(tx, At::NOW);
    select.and_where(Expr::col(facts.id).eq(id.uuid()));
    let Some(row) = tx.connection().query_one(&select).await? else {
        return Ok(Error::NotFound { name: facts.name(id) });
    };
    let current = Version(counter(read_at(&row, place::REVISION)?)?);
    Ok(if expected.is_some() { Error::EtagMismatch { current } } else { Error::Conflict })
}
