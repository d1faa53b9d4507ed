//! The databases that a world can stand on; one that is not configured fails the test.

use std::path::PathBuf;

use sqlx::{Connection as _, Executor as _, PgConnection};
use taper_store::MasterKey;
use tempfile::TempDir;
use uuid::Uuid;

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    /// A file in a folder of its own.
    Sqlite,
    /// A database of its own in the cluster that TAPER_TEST_POSTGRES_URL names.
    Postgres,
}

impl Database {
    /// Both: what holds on one must hold on the other.
    pub const ALL: [Database; 2] = [Database::Sqlite, Database::Postgres];
}

/// A database made for one test.
pub(crate) struct Place {
    /// The URL for `taper`.
    pub url: String,
    /// Removes the file of SQLite at the end; databases of the cluster go with the cluster.
    _folder: Option<TempDir>,
}

impl Place {
    pub(crate) async fn new(database: Database) -> Self {
        match database {
            Database::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                let url = format!("sqlite://{}", folder.path().join("taper.db").display());
                Self { url, _folder: Some(folder) }
            }
            Database::Postgres => {
                let admin = std::env::var("TAPER_TEST_POSTGRES_URL").expect(
                    "TAPER_TEST_POSTGRES_URL is not set: run `cargo xtask test`, which starts a Postgres of its own",
                );
                let name = format!("taper_test_{}", Uuid::now_v7().simple());
                let mut connection = PgConnection::connect(&admin).await.expect("connecting to the test cluster");
                connection.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
                connection.close().await.unwrap();
                let (base, _) = admin.rsplit_once('/').unwrap();
                Self { url: format!("{base}/{name}"), _folder: None }
            }
        }
    }
}

/// The master key of every database of the tests.
pub fn master_key() -> MasterKey {
    MasterKey::parse(&"0f".repeat(32)).expect("64 hexadecimal digits")
}

/// The same in a file, for a server that is another process.
pub fn master_key_file() -> PathBuf {
    let file = std::env::temp_dir().join("taper-tests-master.key");
    if !file.exists() {
        // Renamed into its place, so that nobody reads half of it.
        let made = std::env::temp_dir().join(format!("taper-tests-master.key.{}", std::process::id()));
        std::fs::write(&made, master_key().to_text()).expect("writing the master key");
        std::fs::rename(made, &file).expect("putting the master key in its place");
    }
    file
}
