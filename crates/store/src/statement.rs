//! The few shapes of statement that every table needs.

use jiff::Timestamp;
use sea_orm::sea_query::{CaseStatement, Condition, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, QueryResult, TryGetable};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row as _;

use crate::column::Micros;
use crate::error::Error;
use crate::scope::{Read, Write};

/// A column and what goes into it.
pub(crate) type Field = (&'static str, Expr);

/// Inserts one row if the condition holds in the same statement, and says whether it did.
pub(crate) async fn insert_if(
    tx: &Write,
    table: &'static str,
    fields: Vec<Field>,
    condition: SelectStatement,
) -> Result<bool, Error> {
    let mut row = Query::select();
    let mut columns = Vec::with_capacity(fields.len());
    for (column, value) in fields {
        columns.push(column);
        row.expr(value);
    }
    row.and_where(Expr::exists(condition));
    let mut insert = Query::insert();
    insert.into_table(table).columns(columns).select_from(row).map_err(|_| Error::Internal)?;
    Ok(tx.connection().execute(&insert).await?.rows_affected() == 1)
}

/// Inserts one row.
pub(crate) async fn insert(tx: &Write, table: &'static str, fields: Vec<Field>) -> Result<(), Error> {
    let (columns, values): (Vec<_>, Vec<_>) = fields.into_iter().unzip();
    let mut insert = Query::insert();
    insert.into_table(table).columns(columns).values(values).map_err(|_| Error::Internal)?;
    tx.connection().execute(&insert).await?;
    Ok(())
}

/// Whether the condition finds a row.
pub(crate) async fn exists(tx: &Read, condition: &SelectStatement) -> Result<bool, Error> {
    Ok(tx.connection().query_one(condition).await?.is_some())
}

/// Whether the program itself looks only at the rows of the transaction's clinic; on Postgres it is the first of two
/// walls. See the feature `without_clinic_filter`.
const FILTERS_BY_CLINIC: bool = !cfg!(feature = "without_clinic_filter");

/// `clinic_id` of a table is the transaction's clinic.
pub(crate) fn of_clinic(tx: &Read, table: &'static str) -> Condition {
    Condition::all().add(filter(tx, Expr::col((table, "clinic_id"))))
}

/// The same for a table that is read as an entity.
pub(crate) fn in_clinic(tx: &Read, clinic_id: impl ColumnTrait) -> Expr {
    filter(tx, Expr::col(clinic_id.as_column_ref()))
}

fn filter(tx: &Read, clinic_id: Expr) -> Expr {
    if FILTERS_BY_CLINIC { clinic_id.eq(tx.clinic().as_str()) } else { Expr::cust("TRUE") }
}

/// The revisions that were in force at an instant; without one, those that are now.
pub(crate) fn in_force(table: &'static str, known_at: Option<Timestamp>) -> Condition {
    let not_ended = Expr::col((table, "superseded_at")).is_null();
    let Some(known_at) = known_at else { return Condition::all().add(not_ended) };
    let known_at = Micros::of(known_at).0;
    let not_ended_then = Condition::any().add(not_ended).add(Expr::col((table, "superseded_at")).gt(known_at));
    Condition::all().add(Expr::col((table, "recorded_at")).lte(known_at)).add(not_ended_then)
}

/// When a revision ends and the next begins: now, but never before or at the instant at which it began itself, since
/// clocks go backwards.
pub(crate) fn superseded_at(now: Timestamp) -> CaseStatement {
    let now = Micros::of(now).0;
    let began_later = Expr::col("recorded_at").gte(now);
    CaseStatement::new().case(began_later, Expr::col("recorded_at").add(1_i64)).finally(now)
}

/// Reads a column of a row.
pub(crate) fn read<V: TryGetable>(row: &QueryResult, column: &str) -> Result<V, Error> {
    row.try_get("", column).map_err(Error::from)
}

/// Reads a column of a row by its place, which is quicker where rows are many.
pub(crate) fn read_at<V: TryGetable>(row: &QueryResult, place: usize) -> Result<V, Error> {
    row.try_get_by_index(place).map_err(Error::from)
}

/// Reads a text of a row by its place without copying it, for the bodies, which are long; none when it is null.
pub(crate) fn text_at(row: &QueryResult, place: usize) -> Result<Option<&str>, Error> {
    let text = match (row.try_as_pg_row(), row.try_as_sqlite_row()) {
        (Some(row), _) => row.try_get(place),
        (None, Some(row)) => row.try_get(place),
        (None, None) => return Err(Error::Internal),
    };
    text.map_err(|_| Error::Damaged { what: format!("column {place}") })
}

/// Reads bytes of a row by their place without copying them; none when they are null.
pub(crate) fn bytes_at(row: &QueryResult, place: usize) -> Result<Option<&[u8]>, Error> {
    let bytes = match (row.try_as_pg_row(), row.try_as_sqlite_row()) {
        (Some(row), _) => row.try_get(place),
        (None, Some(row)) => row.try_get(place),
        (None, None) => return Err(Error::Internal),
    };
    bytes.map_err(|_| Error::Damaged { what: format!("column {place}") })
}

/// The text that is stored as the body of a row.
pub(crate) fn written<T: Serialize>(content: &T) -> Result<String, Error> {
    serde_json::to_string(content).map_err(|_| Error::Internal)
}

/// A body as it goes into its column: the text as it is, which neither database rewrites.
pub(crate) fn json(tx: &Read, body: &str) -> Expr {
    match tx.connection().get_database_backend() {
        DbBackend::Sqlite => Expr::val(body),
        _ => Expr::val(body).cast_as("json"),
    }
}

/// The body of a row as the text that is stored.
pub(crate) fn body_text(table: &'static str) -> Expr {
    Expr::col((table, "body")).cast_as("text")
}

/// What the body of a row of a table says.
pub(crate) fn content<T: DeserializeOwned>(table: &str, body: &str) -> Result<T, Error> {
    serde_json::from_str(body).map_err(|_| {
        // serde's own words could repeat what a patient said.
        tracing::error!(table, "a stored body does not read back");
        Error::Damaged { what: format!("{table}.body") }
    })
}
