//! The transaction of one clinic, which is the only way to a row: [`Read`] sees one snapshot, [`Write`] changes things.

use std::future::Future;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sea_orm::prelude::async_trait::async_trait;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement};
use taper_core::ids::ClinicId;

use crate::audit::Heads;
use crate::error::{DEADLINE_PASSED, Error, commit_fault};
use crate::protocols::Parsed;
use crate::vault::{Keys, Vault};

/// How long after its deadline a COMMIT may still answer, since giving up earlier would leave its outcome unknown.
const COMMIT_GRACE: Duration = Duration::from_secs(2);

/// One snapshot of one clinic's rows. It ends when it is dropped.
pub struct Read {
    clinic: ClinicId,
    connection: Connection,
    remembered: Arc<Remembered>,
    vault: Option<Arc<Vault>>,
    keys: Keys,
}

/// What a store keeps from one transaction to the next, to save work.
#[derive(Default)]
pub(crate) struct Remembered {
    parsed: Parsed,
    heads: Heads,
}

/// A change of one clinic's rows, and all that a [`Read`] can do. Dropped without [`Write::commit`], it never happened.
pub struct Write {
    read: Read,
}

impl Read {
    pub(crate) fn new(
        clinic: ClinicId,
        transaction: DatabaseTransaction,
        deadline: Instant,
        remembered: Arc<Remembered>,
        vault: Option<Arc<Vault>>,
    ) -> Self {
        let connection = Connection { transaction, deadline, statements: AtomicU64::new(0) };
        Self { clinic, connection, remembered, vault, keys: Keys::default() }
    }

    /// The clinic whose rows are seen.
    pub fn clinic(&self) -> &ClinicId {
        &self.clinic
    }

    /// Statements sent so far, the transaction's own BEGIN and settings not counted.
    pub fn statements(&self) -> u64 {
        self.connection.statements.load(Ordering::Relaxed)
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// What wraps the keys of patients. A store that was opened without a master key has none.
    pub(crate) fn vault(&self) -> Result<&Arc<Vault>, Error> {
        self.vault.as_ref().ok_or_else(|| {
            tracing::error!("the database was opened without its master key");
            Error::Internal
        })
    }

    /// The keys of patients that were read in this transaction.
    pub(crate) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The protocols of clinics that are parsed already.
    pub(crate) fn parsed(&self) -> &Parsed {
        &self.remembered.parsed
    }

    /// The ends of the chains of audit events.
    pub(crate) fn heads(&self) -> &Heads {
        &self.remembered.heads
    }
}

impl Write {
    pub(crate) fn new(read: Read) -> Self {
        Self { read }
    }

    /// Makes the change durable. After [`Error::OutcomeUnknown`] it may or may not be.
    pub async fn commit(self) -> Result<(), Error> {
        let Connection { transaction, deadline, .. } = self.read.connection;
        if Instant::now() >= deadline {
            return Err(Error::Timeout);
        }
        match tokio::time::timeout_at((deadline + COMMIT_GRACE).into(), transaction.commit()).await {
            Ok(outcome) => outcome.map_err(commit_fault),
            Err(_) => Err(Error::OutcomeUnknown),
        }
    }
}

impl Deref for Write {
    type Target = Read;

    fn deref(&self) -> &Read {
        &self.read
    }
}

/// The transaction's connection: it counts statements and gives up at the deadline. Never leaves this crate.
pub(crate) struct Connection {
    transaction: DatabaseTransaction,
    deadline: Instant,
    statements: AtomicU64,
}

impl Connection {
    async fn send<T>(&self, statement: impl Future<Output = Result<T, DbErr>> + Send) -> Result<T, DbErr> {
        let passed = || DbErr::Custom(DEADLINE_PASSED.to_owned());
        if Instant::now() >= self.deadline {
            return Err(passed());
        }
        self.statements.fetch_add(1, Ordering::Relaxed);
        let answered = tokio::time::timeout_at(self.deadline.into(), statement).await;
        answered.unwrap_or_else(|_| Err(passed()))
    }
}

#[async_trait]
impl ConnectionTrait for Connection {
    fn get_database_backend(&self) -> DbBackend {
        self.transaction.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.send(self.transaction.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.send(self.transaction.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.send(self.transaction.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.send(self.transaction.query_all_raw(statement)).await
    }
}
