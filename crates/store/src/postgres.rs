//! Postgres: its pool, the guard against stale transactions, and how a transaction begins.

use std::time::{Duration, Instant};

use sea_orm::sqlx::postgres::PgPoolOptions;
use sea_orm::sqlx::{Executor, PgConnection};
use sea_orm::{
    ConnAcquireErr, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbErr,
    TransactionTrait,
};
use taper_core::ids::ClinicId;

use crate::error::Error;
use crate::store::Options;

/// A connection that was idle longer is asked whether it still lives before it is used.
const PING_AFTER_IDLE: Duration = Duration::from_secs(1);

/// The server ends a transaction that its client forgot.
const IDLE_IN_TRANSACTION_MAX: &str = "15s";

/// The key of the advisory lock that lets one process migrate at a time; any number that nothing else uses.
const MIGRATION_LOCK: i64 = 0x7461_7065_7200_0001;

/// Opens the pool with the guard.
pub(crate) async fn open(url: &str, options: &Options) -> Result<DatabaseConnection, Error> {
    connect(url, options, with_guard).await
}

async fn connect(
    url: &str,
    options: &Options,
    guard: fn(PgPoolOptions) -> PgPoolOptions,
) -> Result<DatabaseConnection, Error> {
    let url = match url.strip_prefix("postgresql://") {
        Some(rest) => format!("postgres://{rest}"),
        None => url.to_owned(),
    };
    let mut connect = ConnectOptions::new(url);
    connect
        .max_connections(options.connections_max)
        .acquire_timeout(options.acquire_timeout)
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .set_application_name("taper")
        .test_before_acquire_if_idle_for(PING_AFTER_IDLE)
        .map_sqlx_postgres_opts(|connection| {
            connection.options([("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION_MAX)])
        })
        .map_sqlx_postgres_pool_opts(guard);
    Database::connect(connect)
        .await
        .map_err(|fault| Error::Open(format!("Postgres cannot be opened: {fault}")))
}

/// sqlx 0.9.0 gives a connection back inside an open transaction when `begin()` is cancelled while BEGIN is on its way
/// (transact-rs/sqlx #4385, #4393), and a client that hangs up cancels it. So none goes back before its session is
/// known to be outside of one. BEGIN first, because a bare ROLLBACK outside a transaction writes a warning to the log.
fn with_guard(pool: PgPoolOptions) -> PgPoolOptions {
    pool.after_release(|connection: &mut PgConnection, _| {
        Box::pin(async move {
            connection.execute("BEGIN; ROLLBACK").await?;
            Ok(true)
        })
    })
}

/// One snapshot, read only.
pub(crate) async fn begin_read(
    pool: &DatabaseConnection,
    clinic: &ClinicId,
    deadline: Instant,
) -> Result<DatabaseTransaction, DbErr> {
    let settings = format!(
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; {}",
        settings(clinic, deadline)
    );
    begin(pool, &settings).await
}

/// READ COMMITTED, so that a duplicate which waited for the first one then sees its answer.
pub(crate) async fn begin_write(
    pool: &DatabaseConnection,
    clinic: &ClinicId,
    deadline: Instant,
) -> Result<DatabaseTransaction, DbErr> {
    begin(pool, &settings(clinic, deadline)).await
}

/// Waits for every other process that migrates.
pub(crate) async fn begin_migration(pool: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let settings = format!("SET LOCAL lock_timeout = '60s'; SELECT pg_advisory_xact_lock({MIGRATION_LOCK})");
    begin(pool, &settings).await
}

async fn begin(pool: &DatabaseConnection, settings: &str) -> Result<DatabaseTransaction, DbErr> {
    let transaction = pool.begin().await.map_err(|fault| acquire_fault(pool, fault))?;
    transaction.execute_unprepared(settings).await?;
    Ok(transaction)
}

/// The deadline and the clinic, in one round trip. A slug holds only a-z, 0-9 and hyphens, so it needs no quoting.
fn settings(clinic: &ClinicId, deadline: Instant) -> String {
    let remaining = deadline.saturating_duration_since(Instant::now()).as_millis().max(1);
    format!("SET LOCAL statement_timeout = {remaining}; SET LOCAL app.clinic = '{clinic}'")
}

/// The pool says "timed out" both when all connections are in use and when none can be made.
fn acquire_fault(pool: &DatabaseConnection, fault: DbErr) -> DbErr {
    let timed_out = matches!(fault, DbErr::ConnectionAcquire(ConnAcquireErr::Timeout));
    let pool = pool.get_postgres_connection_pool();
    if timed_out && pool.size() < pool.options().get_max_connections() {
        return DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed);
    }
    fault
}
