//! A fresh, migrated database for each test, of either kind.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use sqlx::{Connection, Executor, PgConnection};
use taper_core::ids::ClinicId;
use taper_core::record::clinic::{Clinic, TimeZoneName};
use taper_core::text::Line;
use taper_store::{MasterKey, Options, Read, Store, Write, clinics};
use tempfile::TempDir;

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// A database of one test, with the clinics `here` and `there`.
pub struct Home {
    pub kind: Kind,
    pub store: Store,
    pub url: String,
    directory: Option<TempDir>,
}

/// Runs a test on a database of its own.
pub async fn on(kind: Kind, test: impl AsyncFnOnce(&Home)) {
    let home = Home::empty(kind, Options::default()).await;
    home.store.migrate().up().await.unwrap();
    for slug in ["here", "there"] {
        let tx = home.store.begin_write(&clinic(slug), soon()).await.unwrap();
        let content = Clinic {
            id: clinic(slug),
            display_name: Line::parse("Taper Clinic").unwrap(),
            time_zone: TimeZoneName::parse("America/New_York").unwrap(),
        };
        clinics::create(&tx, &content, instant(1)).await.unwrap();
        tx.commit().await.unwrap();
    }
    test(&home).await;
    home.remove().await;
}

/// The key that every test wraps the keys of its patients with.
pub fn master_key() -> MasterKey {
    MasterKey::parse(&"0f".repeat(32)).unwrap()
}

impl Home {
    /// A database without a schema.
    pub async fn empty(kind: Kind, options: Options) -> Home {
        let (url, directory) = match kind {
            Kind::Sqlite => {
                let directory = tempfile::tempdir().unwrap();
                (format!("sqlite://{}/taper.db", directory.path().display()), Some(directory))
            }
            Kind::Postgres => (fresh_postgres().await, None),
        };
        let options = Options { master_key: Some(master_key()), ..options };
        let store = Store::open(&url, options).await.unwrap();
        Home { kind, store, url, directory }
    }

    pub async fn read(&self, slug: &str) -> Read {
        self.store.begin_read(&clinic(slug), soon()).await.unwrap()
    }

    pub async fn write(&self, slug: &str) -> Write {
        self.store.begin_write(&clinic(slug), soon()).await.unwrap()
    }

    /// Rows of a query, each as one text, past the store.
    pub async fn raw(&self, sql: impl Into<String>) -> Vec<String> {
        let sql = sqlx::AssertSqlSafe(sql.into());
        match self.kind {
            Kind::Sqlite => {
                let mut file = sqlx::SqliteConnection::connect(&self.url).await.unwrap();
                sqlx::query_scalar(sql).fetch_all(&mut file).await.unwrap()
            }
            Kind::Postgres => {
                let mut server = PgConnection::connect(&self.url).await.unwrap();
                sqlx::query_scalar(sql).fetch_all(&mut server).await.unwrap()
            }
        }
    }

    /// Changes rows past the store, with foreign keys not looked at; says how the database refused it.
    pub async fn tamper(&self, sql: String) -> Result<(), String> {
        let done = match self.kind {
            Kind::Sqlite => {
                let mut file = sqlx::SqliteConnection::connect(&self.url).await.unwrap();
                file.execute(sqlx::AssertSqlSafe(format!("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; {sql}")))
                    .await
                    .map(|_| ())
            }
            Kind::Postgres => {
                let mut server = PgConnection::connect(&self.url).await.unwrap();
                let sql = format!("SET session_replication_role = replica; SET synchronous_commit = off; {sql}");
                server.execute(sqlx::AssertSqlSafe(sql)).await.map(|_| ())
            }
        };
        done.map_err(|fault| fault.to_string())
    }

    /// Runs a statement past the store, and says how the database refused it.
    pub async fn force(&self, sql: &'static str) -> Result<(), String> {
        let done = match self.kind {
            Kind::Sqlite => {
                let mut file = sqlx::SqliteConnection::connect(&self.url).await.unwrap();
                file.execute(sql).await.map(|_| ())
            }
            Kind::Postgres => {
                let mut server = PgConnection::connect(&self.url).await.unwrap();
                server.execute(sql).await.map(|_| ())
            }
        };
        done.map_err(|fault| fault.to_string())
    }

    /// Closes and removes the database of a test that passed.
    pub async fn remove(self) {
        self.store.close().await;
        if self.kind == Kind::Postgres {
            let name = self.url.rsplit('/').next().unwrap().split('?').next().unwrap().to_owned();
            let mut server = PgConnection::connect(&postgres_url()).await.unwrap();
            let drop = sqlx::AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"));
            server.execute(drop).await.unwrap();
        }
        drop(self.directory);
    }
}

/// The server that tests make their databases on.
pub fn postgres_url() -> String {
    std::env::var("TAPER_TEST_POSTGRES_URL")
        .expect("TAPER_TEST_POSTGRES_URL must name a Postgres; see `cargo xtask test`")
}

async fn fresh_postgres() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("taper_store_{}_{count}_{}", std::process::id(), uuid::Uuid::now_v7().simple());
    let base = postgres_url();
    let mut server = PgConnection::connect(&base).await.expect("Postgres of TAPER_TEST_POSTGRES_URL must answer");
    server.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    let (server, rest) = base.rsplit_once('/').unwrap();
    let options = rest.split_once('?').map_or(String::new(), |(_, options)| format!("?{options}"));
    format!("{server}/{name}{options}")
}

pub fn clinic(slug: &str) -> ClinicId {
    slug.parse().unwrap()
}

/// A deadline that no passing test meets.
pub fn soon() -> Instant {
    Instant::now() + Duration::from_secs(30)
}

/// An instant, in seconds since 1970.
pub fn instant(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// Runs each test on both databases.
macro_rules! on_both {
    ($($test:ident;)*) => {$(
        mod $test {
            use crate::harness::{Kind, on};

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                on(Kind::Sqlite, super::$test).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                on(Kind::Postgres, super::$test).await;
            }
        }
    )*};
}

pub(crate) use on_both;
