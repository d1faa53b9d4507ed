//! What assessments, activities and sessions have in common: dated rows below an injury or a plan, amended, never overwritten.

use jiff::Timestamp;
use jiff::civil::Date;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, QueryResult, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;
use taper_core::text::Note;

use crate::column::{Body, Micros, UuidId, counter};
use crate::error::Error;
use crate::parent::Parent;
use crate::scope::{Read, Write};
use crate::seal;
use crate::statement::{Field, exists, in_force, insert, insert_if, of_clinic, read, superseded_at};
use crate::stored::{Amendment, At, Stored, Version};

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
            .expr_as(Expr::col(self.id), "id")
            .columns(["revision", "created_at", "recorded_at", "entered_in_error", "amend_reason", "body"])
            .from(self.table)
            .cond_where(of_clinic(tx, self.table))
            .cond_where(self.parent.of(self.table))
            .cond_where(in_force(self.table, at.known_at));
        if let Some(as_of) = at.as_of {
            select.and_where(Expr::col("effective_date").lte(as_of.to_string()));
        }
        select
    }

    fn fields<I: UuidId, T: Serialize + Clone>(&self, tx: &Write, date: Date, fact: &Stored<I, T>) -> Vec<Field> {
        let reason = fact.amend_reason.as_ref().map(|reason| reason.as_str().to_owned());
        vec![
            ("clinic_id", tx.clinic().as_str().into()),
            (self.parent.column, self.parent.id.into()),
            (self.id, fact.id.uuid().into()),
            ("revision", i64::from(fact.revision).into()),
            ("effective_date", date.to_string().into()),
            ("created_at", Micros::of(fact.create_time).into()),
            ("recorded_at", Micros::of(fact.update_time).into()),
            ("entered_in_error", fact.entered_in_error.into()),
            ("amend_reason", Value::String(reason)),
            ("body", Body(fact.content.clone()).into()),
        ]
    }
}

/// Records the first revision.
pub(crate) async fn create<I: UuidId, T: Serialize + Clone>(
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
    let fields = facts.fields(tx, date, &fact);
    if insert_if(tx, facts.table, fields, facts.parent.exists).await? {
        Ok(fact)
    } else {
        Err(Error::NotFound { name: facts.parent.name })
    }
}

/// The revision that is seen at those times.
pub(crate) async fn get<I: UuidId, T: DeserializeOwned>(
    tx: &Read,
    facts: Facts,
    id: I,
    at: At,
) -> Result<Stored<I, T>, Error> {
    let mut select = facts.seen(tx, at);
    select.and_where(Expr::col(facts.id).eq(id.uuid()));
    match tx.connection().query_one(&select).await? {
        Some(row) => stored(&row),
        None => Err(Error::NotFound { name: facts.name(id) }),
    }
}

/// The revisions that are seen at those times, by id.
pub(crate) async fn list<I: UuidId, T: DeserializeOwned>(
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
    rows.iter().map(stored).collect()
}

/// Records one more revision; the one before stays as it was, but for when it ended.
pub(crate) async fn amend<I: UuidId, T: Serialize + Clone>(
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
    let before = counter(read(&ended, "revision")?)?;
    let fact = Stored {
        id,
        version: Version(before).next(),
        revision: Version(before).next().0,
        create_time: read::<Micros>(&ended, "created_at")?.instant()?,
        update_time: read::<Micros>(&ended, "superseded_at")?.instant()?,
        entered_in_error: amendment.entered_in_error,
        amend_reason: amendment.reason,
        content: content.clone(),
    };
    insert(tx, facts.table, facts.fields(tx, date, &fact)).await?;
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
        .returning(Query::returning().columns(["revision", "created_at", "superseded_at"]));
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
    let current = Version(counter(read(&row, "revision")?)?);
    Ok(if expected.is_some() { Error::EtagMismatch { current } } else { Error::Conflict })
}

fn stored<I: UuidId, T: DeserializeOwned>(row: &QueryResult) -> Result<Stored<I, T>, Error> {
    let revision = counter(read(row, "revision")?)?;
    let reason: Option<String> = read(row, "amend_reason")?;
    let reason = reason.map(|text| Note::parse(&text)).transpose();
    let body: Body<T> = read(row, "body")?;
    Ok(Stored {
        id: I::of(read(row, "id")?),
        version: Version(revision),
        revision,
        create_time: read::<Micros>(row, "created_at")?.instant()?,
        update_time: read::<Micros>(row, "recorded_at")?.instant()?,
        entered_in_error: read(row, "entered_in_error")?,
        amend_reason: reason.map_err(|_| Error::Damaged { what: "amend_reason".to_owned() })?,
        content: body.0,
    })
}
