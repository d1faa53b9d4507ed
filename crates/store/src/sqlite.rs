//! SQLite: one file, one writer, many readers, and a lock so that two servers cannot share it.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};

use crate::error::Error;
use crate::store::Options;

/// The wait for the lock of the file itself. Only a backup or the shell can hold it, since there is one writer.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The wait for the writer's turn; the call's own deadline is shorter.
const TURN_TIMEOUT: Duration = Duration::from_secs(60);

/// A transaction that reads and then writes could otherwise fail as busy, whatever the timeout.
const IMMEDIATE: TransactionOptions = TransactionOptions {
    isolation_level: None,
    access_mode: None,
    sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
};

/// The one writer and the readers of a file.
pub(crate) struct Pools {
    pub(crate) readers: DatabaseConnection,
    writer: DatabaseConnection,
    /// Held as long as the file is open; the operating system lets go of it even after `kill -9`.
    _lock: File,
}

impl Pools {
    pub(crate) async fn close(&self) -> Result<(), DbErr> {
        self.readers.close_by_ref().await?;
        self.writer.close_by_ref().await
    }
}

/// Opens the file, making it with mode 0600 when it is missing.
pub(crate) async fn open(path: &str, options: &Options) -> Result<Pools, Error> {
    if path.is_empty() || path.starts_with(':') || path.contains('?') {
        return Err(Error::Open("the SQLite URL must name a file: sqlite:///var/lib/taper/taper.db".to_owned()));
    }
    let path = PathBuf::from(path);
    let lock = lock(&path, options.lock_wait).await?;
    private_file(&path).map_err(|fault| Error::Open(format!("{} cannot be opened: {fault}", path.display())))?;
    // The writer comes first: it turns the write-ahead log on.
    let writer = connect(&path, 1, |file| file).await?;
    let readers = connect(&path, options.connections_max, |file| file.pragma("query_only", "ON")).await?;
    Ok(Pools { readers, writer, _lock: lock })
}

/// Takes its turn.
pub(crate) async fn begin_write(pools: &Pools) -> Result<DatabaseTransaction, DbErr> {
    pools.writer.begin_with_options(IMMEDIATE).await
}

/// The first statement takes the snapshot.
pub(crate) async fn begin_read(pools: &Pools) -> Result<DatabaseTransaction, DbErr> {
    pools.readers.begin().await
}

async fn connect(
    path: &Path,
    connections_max: u32,
    more: fn(SqliteConnectOptions) -> SqliteConnectOptions,
) -> Result<DatabaseConnection, Error> {
    let file = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("trusted_schema", "OFF")
        // What was erased is not left in free pages.
        .pragma("secure_delete", "ON");
    let file = sea_orm::sqlx::ConnectOptions::disable_statement_logging(more(file));
    let mut connect = ConnectOptions::new("sqlite://");
    connect
        .max_connections(connections_max)
        .acquire_timeout(TURN_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .map_sqlx_sqlite_opts(move |_| file.clone());
    Database::connect(connect)
        .await
        .map_err(|fault| Error::Open(format!("{} cannot be opened: {fault}", path.display())))
}

/// The write-ahead log and its index take the mode of the file.
fn private_file(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().create(true).truncate(false).read(true).write(true).mode(0o600).open(path)
}

/// Takes `PATH.lock`, waiting a moment for a server that is just going down.
async fn lock(path: &Path, wait: Duration) -> Result<File, Error> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let name = PathBuf::from(name);
    let file =
        private_file(&name).map_err(|fault| Error::Open(format!("{} cannot be made: {fault}", name.display())))?;
    let until = Instant::now() + wait;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() < until => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Err(TryLockError::WouldBlock) => {
                let why = format!("{} is in use by another taper; stop that one first", path.display());
                return Err(Error::Open(why));
            }
            Err(TryLockError::Error(fault)) => {
                return Err(Error::Open(format!("{} cannot be locked: {fault}", name.display())));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    //! Why a write begins IMMEDIATE: with more than one connection, nothing else keeps it from failing as busy.

    use sea_orm::ConnectionTrait;

    use super::*;

    /// 200 transactions on 8 connections, each of which reads before it writes; gives how many failed.
    async fn failures(options: TransactionOptions) -> usize {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("busy.db");
        private_file(&path).unwrap();
        let many = connect(&path, 8, |file| file).await.unwrap();
        many.execute_unprepared("CREATE TABLE counter (n INTEGER) STRICT; INSERT INTO counter VALUES (0)")
            .await
            .unwrap();
        let mut writers = tokio::task::JoinSet::new();
        for _ in 0..200 {
            let many = many.clone();
            writers.spawn(async move {
                let tx = many.begin_with_options(options).await?;
                tx.query_one_raw(sea_orm::Statement::from_string(sea_orm::DbBackend::Sqlite, "SELECT n FROM counter"))
                    .await?;
                tx.execute_unprepared("UPDATE counter SET n = n + 1").await?;
                tx.commit().await
            });
        }
        writers.join_all().await.iter().filter(|answer| answer.is_err()).count()
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn writers_that_read_first_never_fail_as_busy() {
        assert_eq!(failures(IMMEDIATE).await, 0);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn deferred_writers_that_read_first_do_fail_as_busy() {
        assert_ne!(failures(TransactionOptions::default()).await, 0);
    }

    #[tokio::test]
    async fn connections_have_their_settings() {
        let directory = tempfile::tempdir().unwrap();
        let url = directory.path().join("taper.db").display().to_string();
        let pools = open(&url, &Options::default()).await.unwrap();
        let expected = [
            ("foreign_keys", 1),
            ("synchronous", 2),
            ("busy_timeout", 5000),
            ("trusted_schema", 0),
            ("secure_delete", 1),
        ];
        for pool in [&pools.readers, &pools.writer] {
            for (name, value) in expected {
                let sql = format!("PRAGMA {name}");
                let statement = sea_orm::Statement::from_string(sea_orm::DbBackend::Sqlite, sql);
                let row = pool.query_one_raw(statement).await.unwrap().unwrap();
                assert_eq!(row.try_get_by_index::<i64>(0).unwrap(), value, "{name}");
            }
        }
        pools.writer.execute_unprepared("CREATE TABLE t (n INTEGER) STRICT").await.unwrap();
        assert!(pools.readers.execute_unprepared("INSERT INTO t VALUES (1)").await.is_err());
        assert_eq!(pools.writer.get_sqlite_connection_pool().options().get_max_connections(), 1);
    }
}
