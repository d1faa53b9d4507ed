//! The schema's migrations: their state, applying them, and refusing a database that has others.

use std::time::{Duration, Instant};

use sea_orm::DbErr;
use sea_orm_migration::{MigrationStatus, MigratorTrait};

use crate::error::{Error, cause};
use crate::migration::Migrator;
use crate::store::{Store, within};
use crate::tenancy;

/// The most that a migration may take, waiting for another process included.
const MIGRATE_WITHIN: Duration = Duration::from_secs(600);

/// The most that a look at the state may take.
const STATUS_WITHIN: Duration = Duration::from_secs(10);

/// The migrations of an open database.
pub struct Migrations<'a> {
    store: &'a Store,
}

/// One migration, and whether the database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationState {
    /// Its name, for example `m0001_records`.
    pub name: String,
    /// Whether it is applied.
    pub applied: bool,
}

impl<'a> Migrations<'a> {
    pub(crate) fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// Applies what is pending, all or nothing, and names it. Of two processes one does it and the other waits.
    pub async fn up(&self) -> Result<Vec<String>, Error> {
        let applying = async {
            let transaction = self.store.begin_migration().await?;
            let pending = Migrator::get_pending_migrations(&transaction).await?;
            Migrator::up(&transaction, None).await?;
            transaction.commit().await?;
            Ok(pending.iter().map(|migration| migration.name().to_owned()).collect())
        };
        let applied: Result<Vec<String>, DbErr> =
            within(Instant::now() + MIGRATE_WITHIN, async { Ok(applying.await) }).await?;
        applied.map_err(refused)
    }

    /// Every migration in order, with whether it is applied. Changes nothing.
    pub async fn status(&self) -> Result<Vec<MigrationState>, Error> {
        let reading = async {
            let migrations = Migrator::get_migration_with_status_read_only(self.store.reader()).await;
            Ok(migrations.map_err(|fault| match fault {
                DbErr::Custom(text) => {
                    Error::Schema(format!("The database is newer than this program: {text}. Run a newer taper on it."))
                }
                other => Error::from(other),
            }))
        };
        let migrations = within(Instant::now() + STATUS_WITHIN, reading).await??;
        let state = |migration: &sea_orm_migration::Migration| MigrationState {
            name: migration.name().to_owned(),
            applied: migration.status() == MigrationStatus::Applied,
        };
        Ok(migrations.iter().map(state).collect())
    }
}

/// Why the database refused a migration, told to the operator: most often the user may not do what it asks for.
fn refused(fault: DbErr) -> Error {
    let cause = cause(&fault);
    match Error::from(fault) {
        Error::Internal => Error::Schema(format!(
            "The database refused a migration ({cause}), and nothing was changed. Migrate as the user that owns the \
             database and is a member of {}.",
            tenancy::ROLE
        )),
        known => known,
    }
}

/// Refuses a database that lacks a migration, or has one that this program does not know.
pub(crate) async fn check(store: &Store) -> Result<(), Error> {
    let migrations = store.migrate().status().await?;
    let pending: Vec<String> = migrations.into_iter().filter(|m| !m.applied).map(|m| m.name).collect();
    if pending.is_empty() {
        return Ok(());
    }
    let pending = pending.join(", ");
    Err(Error::Schema(format!("The database lacks these migrations: {pending}. Run `taper migrate up` first.")))
}
