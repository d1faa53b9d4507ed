//! The open database: connections, and the transactions that are made from them.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr};
use taper_core::ids::ClinicId;

use crate::column::Micros;
use crate::error::Error;
use crate::migrate::{self, Migrations};
use crate::scope::{Read, Remembered, Write};
use crate::vault::{self, MasterKey, Vault};
use crate::{postgres, sqlite};

/// How the database is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Connections to Postgres, or readers of SQLite, at once. 4 to 8 are enough on two cores.
    pub connections_max: u32,
    /// The wait for a free connection to Postgres, before the call is refused as overload.
    pub acquire_timeout: Duration,
    /// The wait for another process to let go of a SQLite file.
    pub lock_wait: Duration,
    /// What the keys of patients are wrapped with. Without one nothing that identifies a patient is read or written.
    pub master_key: Option<MasterKey>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            connections_max: 8,
            acquire_timeout: Duration::from_millis(500),
            lock_wait: Duration::from_secs(2),
            master_key: None,
        }
    }
}

/// Which database it is. Nothing outside the store needs to know, but people like to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    /// Postgres 15 or later.
    Postgres,
    /// An SQLite file of our own.
    Sqlite,
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Database::Postgres => "Postgres",
            Database::Sqlite => "SQLite",
        })
    }
}

/// An open database. A clone shares its connections.
#[derive(Clone)]
pub struct Store {
    backend: Arc<Backend>,
    remembered: Arc<Remembered>,
    vault: Option<Arc<Vault>>,
}

enum Backend {
    Postgres(DatabaseConnection),
    Sqlite(sqlite::Pools),
}

impl Store {
    /// Opens `postgres://...`, or `sqlite://PATH`, whose file is made when it is missing.
    pub async fn open(url: &str, options: Options) -> Result<Store, Error> {
        let vault = options.master_key.as_ref().map(Vault::new).transpose()?.map(Arc::new);
        let backend = if let Some(path) = url.strip_prefix("sqlite:") {
            Backend::Sqlite(sqlite::open(path.strip_prefix("//").unwrap_or(path), &options).await?)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Backend::Postgres(postgres::open(url, &options).await?)
        } else {
            let why = "the database URL must begin with postgres:// or sqlite://";
            return Err(Error::Open(why.to_owned()));
        };
        Ok(Store { backend: Arc::new(backend), remembered: Arc::default(), vault })
    }

    /// Which database it is.
    pub fn database(&self) -> Database {
        match *self.backend {
            Backend::Postgres(_) => Database::Postgres,
            Backend::Sqlite(_) => Database::Sqlite,
        }
    }

    /// The migrations of the schema.
    pub fn migrate(&self) -> Migrations<'_> {
        Migrations::new(self)
    }

    /// Refuses a database whose schema is not exactly the one of this program.
    pub async fn check_schema(&self) -> Result<(), Error> {
        migrate::check(self).await
    }

    /// Makes sure that the master key is the one that this database was first used with, and notes it the first time.
    pub async fn check_master_key(&self, now: Timestamp, deadline: Instant) -> Result<(), Error> {
        let tx = self.begin_write(&ClinicId::deployment(), deadline).await?;
        vault::check(&tx, Micros::of(now)).await?;
        tx.commit().await
    }

    /// Whether the database answers.
    pub async fn ping(&self, deadline: Instant) -> Result<(), Error> {
        let ping = async {
            self.reader().execute_unprepared("SELECT 1").await?;
            Ok(())
        };
        within(deadline, ping).await
    }

    /// One snapshot of a clinic's rows.
    pub async fn begin_read(&self, clinic: &ClinicId, deadline: Instant) -> Result<Read, Error> {
        let transaction = within(deadline, async {
            match &*self.backend {
                Backend::Postgres(pool) => postgres::begin_read(pool, clinic, deadline).await,
                Backend::Sqlite(pools) => sqlite::begin_read(pools).await,
            }
        });
        Ok(Read::new(clinic.clone(), transaction.await?, deadline, self.remembered.clone(), self.vault.clone()))
    }

    /// A change of a clinic's rows; on SQLite one at a time.
    pub async fn begin_write(&self, clinic: &ClinicId, deadline: Instant) -> Result<Write, Error> {
        let transaction = within(deadline, async {
            match &*self.backend {
                Backend::Postgres(pool) => postgres::begin_write(pool, clinic, deadline).await,
                Backend::Sqlite(pools) => sqlite::begin_write(pools).await,
            }
        });
        Ok(Write::new(Read::new(
            clinic.clone(),
            transaction.await?,
            deadline,
            self.remembered.clone(),
            self.vault.clone(),
        )))
    }

    /// Closes the connections, after those in use are given back.
    pub async fn close(&self) {
        let closed = match &*self.backend {
            Backend::Postgres(pool) => pool.close_by_ref().await,
            Backend::Sqlite(pools) => pools.close().await,
        };
        if let Err(fault) = closed {
            tracing::warn!(cause = crate::error::cause(&fault), "the database was not closed cleanly");
        }
    }

    /// The list of clinics, which is of no clinic.
    pub(crate) async fn begin_directory(&self, deadline: Instant) -> Result<DatabaseTransaction, DbErr> {
        match &*self.backend {
            Backend::Postgres(pool) => postgres::begin_directory(pool, deadline).await,
            Backend::Sqlite(pools) => sqlite::begin_read(pools).await,
        }
    }

    /// A connection for what is not of one clinic: the health check and the state of the schema.
    pub(crate) fn reader(&self) -> &DatabaseConnection {
        match &*self.backend {
            Backend::Postgres(pool) => pool,
            Backend::Sqlite(pools) => &pools.readers,
        }
    }

    /// A transaction over all clinics, for the migrations only.
    pub(crate) async fn begin_migration(&self) -> Result<DatabaseTransaction, DbErr> {
        match &*self.backend {
            Backend::Postgres(pool) => postgres::begin_migration(pool).await,
            Backend::Sqlite(pools) => sqlite::begin_write(pools).await,
        }
    }
}

/// Runs until the deadline at most.
pub(crate) async fn within<T>(deadline: Instant, work: impl Future<Output = Result<T, DbErr>>) -> Result<T, Error> {
    // `timeout_at` would let work that is ready at once finish after the deadline.
    if Instant::now() >= deadline {
        return Err(Error::Timeout);
    }
    match tokio::time::timeout_at(deadline.into(), work).await {
        Ok(outcome) => outcome.map_err(Error::from),
        Err(_) => Err(Error::Timeout),
    }
}
