//! Postgres: its pool, the guard against stale transactions, and how a transaction begins.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};
use sea_orm::sqlx::{Executor, PgConnection};
use sea_orm::{
    ConnAcquireErr, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbErr,
    RuntimeErr, SqlxError, TransactionTrait,
};
use taper_core::ids::ClinicId;

use crate::error::Error;
use crate::store::Options;
use crate::tenancy;

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
    // sea-orm would repeat a URL that it cannot read, with its password.
    let Ok(parsed) = url.parse::<PgConnectOptions>() else {
        return Err(Error::Open(
            "the Postgres URL cannot be read; it looks like postgres://user@host:5432/taper".to_owned(),
        ));
    };
    let tls = tls_by_default(&parsed);
    let mut connect = ConnectOptions::new(url);
    connect
        .max_connections(options.connections_max)
        .acquire_timeout(options.acquire_timeout)
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .set_application_name("taper")
        .test_before_acquire_if_idle_for(PING_AFTER_IDLE)
        .map_sqlx_postgres_opts(move |connection| {
            let connection = match tls {
                Some(mode) => connection.ssl_mode(mode),
                None => connection,
            };
            // Our statements are short look-ups: compiling one takes Postgres longer than running it.
            connection.options([("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION_MAX), ("jit", "off")])
        })
        .map_sqlx_postgres_pool_opts(guard);
    Database::connect(connect).await.map_err(|fault| Error::Open(unopened(&fault, options)))
}

/// What holds where neither the URL nor PGSSLMODE says it: to another machine nothing goes in the clear. That its
/// certificate is looked at too needs `sslmode=verify-full`.
fn tls_by_default(connection: &PgConnectOptions) -> Option<PgSslMode> {
    if !matches!(connection.get_ssl_mode(), PgSslMode::Prefer) {
        return None;
    }
    let host = connection.get_host();
    let is_here = connection.get_socket().is_some()
        || host.starts_with('/')
        || host == "localhost"
        || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    Some(if is_here { PgSslMode::Disable } else { PgSslMode::Require })
}

fn unopened(fault: &DbErr, options: &Options) -> String {
    match fault {
        // The pool tries again until then, and does not say why it could not connect.
        DbErr::Conn(RuntimeErr::SqlxError(cause)) if matches!(**cause, SqlxError::PoolTimedOut) => {
            format!("no Postgres answers at this host and port within {:?}", options.acquire_timeout)
        }
        _ => format!("Postgres cannot be opened: {fault}"),
    }
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
    let settings =
        format!("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; {}", settings(clinic, deadline));
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

/// The list of all clinics, read only.
pub(crate) async fn begin_directory(
    pool: &DatabaseConnection,
    deadline: Instant,
) -> Result<DatabaseTransaction, DbErr> {
    let settings = format!("SET TRANSACTION READ ONLY; {}; SET LOCAL app.directory = 'on'", role(deadline));
    begin(pool, &settings).await
}

/// The deadline, the role and the clinic, in one round trip. A slug holds only a-z, 0-9 and hyphens, so it needs no
/// quoting. All of it ends with the transaction.
fn settings(clinic: &ClinicId, deadline: Instant) -> String {
    format!("{}; SET LOCAL app.clinic = '{clinic}'", role(deadline))
}

fn role(deadline: Instant) -> String {
    let remaining = deadline.saturating_duration_since(Instant::now()).as_millis().max(1);
    format!("SET LOCAL statement_timeout = {remaining}; SET LOCAL ROLE {}", tenancy::ROLE)
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

#[cfg(test)]
mod tests {
    //! What only the inside can show: the guard with and without, and what the server does at the deadline.

    use super::*;
    use crate::scope::{Read, Write};
    use crate::test_database::{Home, Kind};

    fn one() -> Options {
        Options { connections_max: 1, acquire_timeout: Duration::from_secs(10), ..Options::default() }
    }

    #[test]
    fn to_another_machine_nothing_goes_in_the_clear_unless_the_url_says_so() {
        let mode = |rest: &str| {
            let parsed: PgConnectOptions = format!("postgres://user@{rest}").parse().unwrap();
            tls_by_default(&parsed).map(|mode| format!("{mode:?}"))
        };
        for here in ["localhost/taper", "127.0.0.1:5432/taper", "[::1]/taper", "%2Frun%2Fpostgresql/taper"] {
            assert_eq!(mode(here).as_deref(), Some("Disable"), "{here}");
        }
        for elsewhere in ["db.clinic.example/taper", "10.0.0.4/taper", "localhost.example/taper"] {
            assert_eq!(mode(elsewhere).as_deref(), Some("Require"), "{elsewhere}");
        }
        for named in ["disable", "require", "verify-ca", "verify-full"] {
            assert_eq!(mode(&format!("10.0.0.4/taper?sslmode={named}")), None, "{named}");
        }
    }

    /// Cancels BEGIN at many moments on a pool of one, and counts how often the next borrower is inside a transaction.
    async fn poisonings(pool: DatabaseConnection) -> usize {
        let mut poisoned = 0;
        for round in 0..600_u64 {
            let patience = Duration::from_micros(round % 300);
            let _ = tokio::time::timeout(patience, pool.begin()).await;
            // SET LOCAL lasts for the next statement only inside a transaction.
            let mut borrower = pool.get_postgres_connection_pool().acquire().await.unwrap();
            borrower.execute("SET LOCAL app.probe = 'inside'").await.unwrap();
            let probe = "SELECT current_setting('app.probe', true) IS NOT DISTINCT FROM 'inside'";
            let inside: bool = sea_orm::sqlx::query_scalar(probe).fetch_one(&mut *borrower).await.unwrap();
            if inside {
                poisoned += 1;
                borrower.execute("ROLLBACK").await.unwrap();
            }
        }
        pool.close().await.unwrap();
        poisoned
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn no_cancelled_begin_leaves_a_connection_inside_a_transaction() {
        let home = Home::empty(Kind::Postgres, Options::default()).await;
        assert_eq!(poisonings(open(&home.url, &one()).await.unwrap()).await, 0);
        home.remove().await;
    }

    /// About one in sixty is poisoned. When this fails, sqlx is mended and the guard, which costs a round trip, can go.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn without_the_guard_cancelled_begins_do_leave_connections_inside_transactions() {
        let home = Home::empty(Kind::Postgres, Options::default()).await;
        let mut poisoned = 0;
        for _ in 0..10 {
            poisoned += poisonings(connect(&home.url, &one(), |pool| pool).await.unwrap()).await;
            if poisoned > 0 {
                break;
            }
        }
        assert_ne!(poisoned, 0);
        home.remove().await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_connection_that_breaks_is_unavailable_and_at_commit_the_outcome_is_unknown() {
        let home = Home::empty(Kind::Postgres, Options::default()).await;
        home.store.migrate().up().await.unwrap();
        let clinic: ClinicId = "here".parse().unwrap();
        let deadline = Instant::now() + Duration::from_secs(20);
        let broken = async || {
            let tx = home.store.begin_write(&clinic, deadline).await.unwrap();
            let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                          WHERE datname = current_database() AND state = 'idle in transaction'";
            home.store.reader().execute_unprepared(others).await.unwrap();
            tx
        };
        let tx = broken().await;
        let refused = tx.connection().execute_unprepared("SELECT 1").await.map_err(Error::from);
        assert_eq!(refused.map(|_| ()), Err(Error::Unavailable));
        drop(tx);
        assert_eq!(broken().await.commit().await, Err(Error::OutcomeUnknown));
        home.store.ping(deadline).await.unwrap();
        home.remove().await;
    }

    #[tokio::test]
    async fn a_url_that_cannot_be_read_is_not_repeated() {
        let refused = open("postgres://taper:secret@host:port/x", &one()).await.err().unwrap();
        assert!(!refused.to_string().contains("secret"), "{refused}");
    }

    #[tokio::test]
    async fn nobody_at_the_port_is_told_as_that() {
        let hasty = Options { acquire_timeout: Duration::from_millis(100), ..one() };
        let refused = open("postgres://taper:secret@127.0.0.1:1/x", &hasty).await.err().unwrap();
        assert_eq!(refused.to_string(), "no Postgres answers at this host and port within 100ms");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_deadline_ends_a_slow_statement_on_the_server() {
        let home = Home::empty(Kind::Postgres, one()).await;
        home.store.migrate().up().await.unwrap();
        let clinic: ClinicId = "here".parse().unwrap();
        let began = Instant::now();
        let deadline = began + Duration::from_millis(300);
        let tx = home.store.begin_write(&clinic, deadline).await.unwrap();
        let slow = tx.connection().execute_unprepared("SELECT pg_sleep(10)").await.map_err(Error::from);
        assert_eq!(slow.map(|_| ()), Err(Error::Timeout));
        drop(tx);
        // The only connection is free again long before the ten seconds are over: the server stopped, too.
        home.store.ping(began + Duration::from_secs(5)).await.unwrap();
        assert!(began.elapsed() < Duration::from_secs(5));
        home.remove().await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_transaction_knows_its_clinic_and_leaves_nothing_behind() {
        let home = Home::empty(Kind::Postgres, one()).await;
        home.store.migrate().up().await.unwrap();
        let clinic: ClinicId = "north-7".parse().unwrap();
        let deadline = Instant::now() + Duration::from_secs(20);
        let seen = async |tx: &Read| {
            let sql = "SELECT current_setting('app.clinic', true) AS clinic, current_setting('transaction_isolation')
                       || ' ' || current_setting('transaction_read_only') || ' ' || current_user AS mode,
                       current_setting('statement_timeout') <> '0' AS bounded";
            let statement = sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, sql);
            let row = tx.connection().query_one_raw(statement).await.unwrap().unwrap();
            assert!(row.try_get::<bool>("", "bounded").unwrap());
            (row.try_get::<String>("", "clinic").unwrap(), row.try_get::<String>("", "mode").unwrap())
        };
        let read = home.store.begin_read(&clinic, deadline).await.unwrap();
        assert_eq!(seen(&read).await, ("north-7".to_owned(), "repeatable read on taper_app".to_owned()));
        drop(read);
        let write: Write = home.store.begin_write(&clinic, deadline).await.unwrap();
        assert_eq!(seen(&write).await, ("north-7".to_owned(), "read committed off taper_app".to_owned()));
        write.commit().await.unwrap();
        let after = "SELECT coalesce(current_setting('app.clinic', true), '') || current_setting('statement_timeout')
                     || ' ' || current_setting('idle_in_transaction_session_timeout')
                     || ' ' || current_setting('jit') || ' ' || (current_user = session_user) AS after";
        let after = sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, after);
        let row = home.store.reader().query_one_raw(after).await.unwrap().unwrap();
        assert_eq!(row.try_get::<String>("", "after").unwrap(), "0 15s off true");
        home.remove().await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_full_pool_is_overload_and_a_closed_one_is_unavailable() {
        let hasty = Options { acquire_timeout: Duration::from_millis(100), ..one() };
        let home = Home::empty(Kind::Postgres, hasty).await;
        home.store.migrate().up().await.unwrap();
        let clinic: ClinicId = "here".parse().unwrap();
        let deadline = Instant::now() + Duration::from_secs(20);
        let held = home.store.begin_read(&clinic, deadline).await.unwrap();
        assert_eq!(home.store.begin_read(&clinic, deadline).await.err(), Some(Error::Overloaded));
        drop(held);
        home.store.close().await;
        assert_eq!(home.store.begin_read(&clinic, deadline).await.err(), Some(Error::Unavailable));
        home.remove().await;
    }
}
