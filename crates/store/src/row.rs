//! Any row of any table with every column that it has, for what must leave out none.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait as _, Query, SelectStatement};
use sea_orm::{ConnectionTrait, IdenStatic, Iterable, QueryResult};
use serde_json::{Map, Value};

use crate::digest::{self, Digest};
use crate::error::Error;
use crate::scope::Read;
use crate::statement::{of_clinic, read};

/// A stored row: its table and its columns, as JSON values that are alike on both databases.
pub(crate) struct Row {
    pub table: &'static str,
    pub columns: Map<String, Value>,
    /// Whether it is as it was written, as far as that is known.
    pub as_written: bool,
}

impl Row {
    /// A column that holds a number.
    pub fn number(&self, column: &str) -> Option<i64> {
        self.columns.get(column).and_then(Value::as_i64)
    }

    /// A column that holds a text or an id.
    pub fn text(&self, column: &str) -> Option<&str> {
        self.columns.get(column).and_then(Value::as_str)
    }
}

/// Reads every column that the entity has, so that a new one counts without a change here.
pub(crate) async fn table<E: EntityTrait>(tx: &Read, entity: E, of_record: Expr) -> Result<Vec<Row>, Error> {
    let table = entity.table_name();
    let mut select: SelectStatement = Query::select();
    for column in E::Column::iter() {
        let is_json = *column.def().get_column_type() == ColumnType::Json;
        let plain = Expr::col((table, column.as_str()));
        select.expr_as(if is_json { plain.cast_as("text") } else { plain }, column.as_str());
    }
    select.from(table).cond_where(of_clinic(tx, table)).and_where(of_record);
    let found = tx.connection().query_all(&select).await?;
    let mut rows = Vec::with_capacity(found.len());
    for row in &found {
        let mut columns = Map::new();
        let mut digest = Digest::of(table);
        for column in E::Column::iter() {
            let value = value(row, table, column, &mut digest)?;
            columns.insert(column.as_str().to_owned(), value);
        }
        let written = columns.get(digest::COLUMN).and_then(Value::as_str);
        let as_written = written.is_none_or(|written| written == hex(&digest.finish()));
        rows.push(Row { table, columns, as_written });
    }
    Ok(rows)
}

/// One column, which is counted into the digest of the row if it never changes.
fn value<C: ColumnTrait>(row: &QueryResult, table: &str, column: C, digest: &mut Digest) -> Result<Value, Error> {
    let name = column.as_str();
    Ok(match column.def().get_column_type() {
        ColumnType::BigInteger => {
            let number: Option<i64> = read(row, name)?;
            if let Some(number) = number.filter(|_| name != "superseded_at") {
                digest.number(name, number);
            }
            number.into()
        }
        ColumnType::Boolean => {
            let flag: Option<bool> = read(row, name)?;
            if let Some(flag) = flag {
                digest.flag(name, flag);
            }
            flag.into()
        }
        ColumnType::Uuid => {
            let id: Option<Uuid> = read(row, name)?;
            if let Some(id) = id {
                digest.id(name, id);
            }
            id.map(|id| id.to_string()).into()
        }
        ColumnType::String(_) | ColumnType::Text => {
            let text: Option<String> = read(row, name)?;
            if let Some(text) = &text {
                digest.text(name, text);
            }
            text.into()
        }
        ColumnType::Json => {
            // Parsed here, both databases read alike, whatever the order in which keys were written.
            let text: String = read(row, name)?;
            digest.text(name, &text);
            serde_json::from_str(&text).map_err(|_| Error::Damaged { what: format!("{table}.{name}") })?
        }
        ColumnType::VarBinary(_) if name == digest::COLUMN => {
            read::<Option<Vec<u8>>>(row, name)?.map(|bytes| hex(&bytes)).into()
        }
        ColumnType::VarBinary(_) => {
            let bytes: Option<Vec<u8>> = read(row, name)?;
            if let Some(bytes) = &bytes {
                digest.bytes(name, bytes);
            }
            bytes.map(|bytes| hex(&bytes)).into()
        }
        _ => return Err(Error::Internal),
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
