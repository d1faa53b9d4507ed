//! The rows of a world's database, read and changed behind the server's back.

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection};

use crate::database::Database;
use crate::world::World;

impl World {
    /// Every row of every table with all its columns, as text, in order: two equal answers are two equal databases. What
    /// happened is left out, since every call adds to it.
    pub async fn rows(&self) -> Vec<String> {
        let tables = match self.database {
            Database::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
            Database::Postgres => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
        };
        let mut rows = Vec::new();
        let tables = self.texts(tables.to_owned()).await;
        for table in tables.into_iter().filter(|table| !table.starts_with("audit_")) {
            let select = match self.database {
                Database::Sqlite => {
                    let names = self.texts(format!("SELECT quote(name) FROM pragma_table_info('{table}')")).await;
                    let columns: Vec<String> =
                        names.iter().map(|n| format!("quote({})", n.replace('\'', "\""))).collect();
                    format!("SELECT {} FROM \"{table}\" ORDER BY 1", columns.join(" || ' | ' || "))
                }
                Database::Postgres => format!("SELECT t::text FROM \"{table}\" t ORDER BY 1"),
            };
            rows.extend(self.texts(select).await.into_iter().map(|row| format!("{table}: {row}")));
        }
        rows
    }

    /// The first column, a text, of every row of a query.
    pub async fn texts(&self, query: String) -> Vec<String> {
        let url = self.database_url.as_str();
        let query = sqlx::AssertSqlSafe(query);
        match self.database {
            Database::Sqlite => {
                let mut connection = SqliteConnection::connect(url).await.unwrap();
                sqlx::query_scalar(query).fetch_all(&mut connection).await.unwrap()
            }
            Database::Postgres => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                sqlx::query_scalar(query).fetch_all(&mut connection).await.unwrap()
            }
        }
    }

    /// Turns over one bit of the last byte of a column of bytes, in the one row that has any; once more, and it is as it
    /// was.
    pub async fn flip(&self, table: &str, column: &str) {
        let flipped = match self.database {
            Database::Sqlite => format!(
                "unhex(substr(hex({column}), 1, length(hex({column})) - 1) || \
                 substr('1032547698BADCFE', instr('0123456789ABCDEF', substr(hex({column}), -1)), 1))"
            ),
            Database::Postgres => {
                let last = format!("octet_length({column}) - 1");
                format!("set_byte({column}, {last}, get_byte({column}, {last}) # 1)")
            }
        };
        let count = self.change(format!("UPDATE {table} SET {column} = {flipped} WHERE {column} IS NOT NULL")).await;
        assert_eq!(count, 1, "{table}.{column} has bytes in {count} rows");
    }

    /// Replaces a text within a column, in the one row that holds it, as somebody with access to the database would.
    pub async fn forge(&self, table: &str, column: &str, from: &str, to: &str) {
        let (text, back) = match (self.database, column) {
            (Database::Postgres, "body") => (format!("{column}::text"), "::json"),
            (Database::Postgres, "known_at" | "issued_at" | "plan_version") => (format!("{column}::text"), "::bigint"),
            _ => (column.to_owned(), ""),
        };
        let statement = format!(
            "UPDATE {table} SET {column} = replace({text}, '{from}', '{to}'){back} WHERE {text} LIKE '%{from}%'"
        );
        let count = self.change(statement).await;
        assert_eq!(count, 1, "{table}.{column} holds {from} in {count} rows");
    }

    async fn change(&self, statement: String) -> u64 {
        let statement = AssertSqlSafe(statement);
        let url = self.database_url.as_str();
        match self.database {
            Database::Sqlite => {
                let mut connection = SqliteConnection::connect(url).await.unwrap();
                connection.execute(statement).await.unwrap().rows_affected()
            }
            Database::Postgres => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                connection.execute(statement).await.unwrap().rows_affected()
            }
        }
    }
}
