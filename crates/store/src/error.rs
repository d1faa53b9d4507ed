//! What can go wrong in the store, and the refusal that the caller reads; a driver's words are for the log, without what is in a row.

use std::fmt;

use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr, SqlxError};
use taper_core::refusal::{Reason, Refusal};

use crate::stored::Version;

/// The text by which our own connection says that the deadline passed while it waited.
pub(crate) const DEADLINE_PASSED: &str = "the deadline passed";

/// Why an operation of the store did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No such resource in this clinic.
    #[error("{name} was not found")]
    NotFound {
        /// Its resource name.
        name: String,
    },
    /// A unique key is taken.
    #[error("{what} is taken")]
    AlreadyExists {
        /// What is taken, for people: `the slug of the clinic`.
        what: &'static str,
    },
    /// The resource has another version than the caller read.
    #[error("the current version is {current}")]
    EtagMismatch {
        /// The version now.
        current: Version,
    },
    /// Another plan of the injury is active.
    #[error("another plan of this injury is active")]
    PlanAlreadyActive,
    /// The patient is deleted.
    #[error("{name} is deleted")]
    PatientDeleted {
        /// Its resource name.
        name: String,
    },
    /// A part of the patient is not encrypted, so that destroying the key would not erase it.
    #[error("a part of the patient is not encrypted")]
    NotErasable,
    /// The client has as many live keys as it may have.
    #[error("the client has as many live keys as it may have")]
    TooManyKeys,
    /// The request_id was used for another request.
    #[error("the request_id was used for another request")]
    RequestIdReused,
    /// A row that this one points to is not there; each operation says which.
    #[error("a parent row is missing")]
    ParentMissing,
    /// A unique index refused a row; each operation says which.
    #[error("a unique index refused the row")]
    Unique,
    /// The transaction lost against another one.
    #[error("the transaction lost against another one")]
    Conflict,
    /// The deadline passed.
    #[error("the deadline passed")]
    Timeout,
    /// Every connection is in use.
    #[error("every connection to the database is in use")]
    Overloaded,
    /// The database cannot be reached.
    #[error("the database cannot be reached")]
    Unavailable,
    /// The commit was sent and its outcome is not known.
    #[error("the outcome of the commit is not known")]
    OutcomeUnknown,
    /// A stored row does not read back.
    #[error("a stored record does not read back as it was written ({what})")]
    Damaged {
        /// The table or column; never a value.
        what: String,
    },
    /// The database could not be opened; the text is for the operator.
    #[error("{0}")]
    Open(String),
    /// The schema is not the one of this program; the text is for the operator.
    #[error("{0}")]
    Schema(String),
    /// A fault of ours.
    #[error("a fault of the store")]
    Internal,
}

impl From<DbErr> for Error {
    fn from(fault: DbErr) -> Self {
        let error = classify(&fault);
        match &error {
            Error::Internal => tracing::error!(cause = cause(&fault), "the database refused a statement"),
            Error::Unavailable => tracing::warn!(cause = cause(&fault), "the database cannot be reached"),
            Error::Damaged { what } => tracing::error!(what, "a stored record does not read back"),
            _ => {}
        }
        error
    }
}

/// What of a fault may be logged. The database's own words may hold what is in a row, as those of a trigger or of a text
/// that is no number do; so they are given only where they are about the schema or the server.
pub(crate) fn cause(fault: &DbErr) -> String {
    match fault {
        DbErr::Conn(RuntimeErr::SqlxError(cause))
        | DbErr::Exec(RuntimeErr::SqlxError(cause))
        | DbErr::Query(RuntimeErr::SqlxError(cause)) => driver_cause(cause),
        other => kind_of(other),
    }
}

fn driver_cause(cause: &SqlxError) -> String {
    match cause {
        SqlxError::Io(_) | SqlxError::Tls(_) => cause.to_string(),
        SqlxError::Database(told) => {
            let code = told.code().unwrap_or_default();
            let is_of_schema_or_server = match code.len() {
                5 => ["42", "53", "57", "58"].iter().any(|class| code.starts_with(class)),
                _ => told.message().starts_with("no such "),
            };
            let words = if is_of_schema_or_server { told.message() } else { "" };
            let place = [told.table(), told.constraint()].into_iter().flatten().collect::<Vec<_>>().join(" ");
            let parts = [format!("code {code}"), place, words.to_owned()];
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
        }
        other => kind_of(other),
    }
}

/// The name of an error's variant, and nothing that it holds.
fn kind_of(fault: &impl fmt::Debug) -> String {
    let whole = format!("{fault:?}");
    whole.chars().take_while(|c| c.is_ascii_alphanumeric()).collect()
}

fn classify(fault: &DbErr) -> Error {
    match fault {
        DbErr::ConnectionAcquire(ConnAcquireErr::Timeout) => Error::Overloaded,
        DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed) => Error::Unavailable,
        DbErr::Custom(text) if text == DEADLINE_PASSED => Error::Timeout,
        DbErr::Conn(RuntimeErr::SqlxError(cause)) => match driver_fault(cause) {
            Error::Internal => Error::Unavailable,
            known => known,
        },
        DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => driver_fault(cause),
        DbErr::Json(_) | DbErr::Type(_) | DbErr::TryIntoErr { .. } => Error::Damaged { what: "a column".to_owned() },
        _ => Error::Internal,
    }
}

fn driver_fault(cause: &SqlxError) -> Error {
    match cause {
        SqlxError::Io(_) | SqlxError::Tls(_) | SqlxError::Protocol(_) => Error::Unavailable,
        SqlxError::PoolClosed | SqlxError::WorkerCrashed => Error::Unavailable,
        SqlxError::PoolTimedOut => Error::Overloaded,
        SqlxError::ColumnDecode { index, .. } => Error::Damaged { what: format!("column {index}") },
        SqlxError::Database(cause) => cause.code().map_or(Error::Internal, |code| code_fault(&code)),
        _ => Error::Internal,
    }
}

/// Postgres's SQLSTATE has five characters; SQLite's extended codes are shorter numbers.
fn code_fault(code: &str) -> Error {
    match code {
        "23505" | "2067" | "1555" => Error::Unique,
        "23503" | "787" => Error::ParentMissing,
        "40001" | "40P01" | "55P03" | "5" | "6" | "261" | "262" | "517" => Error::Conflict,
        "57014" | "25P03" | "25P04" => Error::Timeout,
        "53300" => Error::Overloaded,
        "XX001" | "XX002" | "11" | "26" => Error::Damaged { what: "the database".to_owned() },
        // Shutdown, recovery, disk full, input or output, read-only file system.
        "57P01" | "57P02" | "57P03" | "57P05" | "53100" | "58030" | "8" | "10" | "13" | "14" => Error::Unavailable,
        code if code.len() == 5 && code.starts_with("08") => Error::Unavailable,
        _ => Error::Internal,
    }
}

/// What an error of COMMIT means: unless the database itself said no, nobody knows.
pub(crate) fn commit_fault(fault: DbErr) -> Error {
    match Error::from(fault) {
        refused @ (Error::Conflict | Error::Unique | Error::ParentMissing) => refused,
        _ => Error::OutcomeUnknown,
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound { name } => Refusal::not_found(&name),
            Error::AlreadyExists { what } => {
                let message =
                    format!("Nothing was stored: {what} is taken in this clinic. Use another, or update what has it.");
                Refusal::new(Reason::AlreadyExists, message)
            }
            Error::EtagMismatch { current } => {
                let message = format!(
                    "The etag is not the current one, which is {current}. Read the resource again, then retry."
                );
                Refusal::new(Reason::EtagMismatch, message).with("etag", current.to_string())
            }
            Error::PlanAlreadyActive | Error::PatientDeleted { .. } | Error::NotErasable | Error::TooManyKeys => {
                wrong_state(error)
            }
            Error::RequestIdReused => Refusal::new(
                Reason::RequestIdReused,
                "This request_id was used before, for another request. Take a new UUID for each request.",
            ),
            Error::Conflict | Error::Unique => Refusal::new(
                Reason::Conflict,
                "The change met another one at the same time and was not stored. Retry it with the same request_id.",
            ),
            Error::Timeout => Refusal::new(
                Reason::DeadlineExceeded,
                "The deadline passed before the database had answered. Retry with a later deadline and the same request_id.",
            ),
            Error::Overloaded => {
                Refusal::new(Reason::Overloaded, "Every connection to the database is in use. Retry in a moment.")
            }
            Error::Unavailable | Error::Open(_) | Error::Schema(_) => Refusal::new(
                Reason::DatabaseUnavailable,
                "The database cannot be reached now. Retry in a moment with the same request_id.",
            ),
            Error::OutcomeUnknown => Refusal::new(
                Reason::OutcomeUnknown,
                "The change was sent, and whether it was stored is not known. Retry with the same request_id.",
            ),
            Error::Damaged { .. } => Refusal::new(
                Reason::StoredRecordDamaged,
                "A stored record does not read back as it was written. Tell the operator; do not retry.",
            ),
            Error::ParentMissing | Error::Internal => {
                Refusal::new(Reason::Internal, "A fault of ours. Give the request id to the operator.")
            }
        }
    }
}

/// What the state of a resource does not allow.
fn wrong_state(error: Error) -> Refusal {
    match error {
        Error::PlanAlreadyActive => Refusal::new(
            Reason::PlanAlreadyActive,
            "Another plan of this injury is active. Suspend, complete or cancel it first.",
        ),
        Error::PatientDeleted { name } => Refusal::new(
            Reason::PatientDeleted,
            format!("{name} is deleted: it can be read, and nothing of it can be changed. Undelete it first."),
        ),
        Error::NotErasable => Refusal::new(
            Reason::WrongState,
            "Part of this patient was recorded before there were keys of patients, so that it cannot be erased by \
             destroying one. Tell the operator.",
        ),
        Error::TooManyKeys => Refusal::new(
            Reason::WrongState,
            "This client has two live keys, as many as it may have. Revoke one of them first.",
        ),
        other => other.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_logged_without_the_words_that_may_hold_a_row() {
        let told = |fault: SqlxError| cause(&DbErr::Query(RuntimeErr::SqlxError(fault.into())));
        assert_eq!(cause(&DbErr::Json("Ann Miller".to_owned())), "Json");
        assert_eq!(cause(&DbErr::Custom("Ann Miller".to_owned())), "Custom");
        assert_eq!(told(SqlxError::Protocol("Ann Miller".to_owned())), "Protocol");
        assert_eq!(told(SqlxError::ColumnNotFound("Ann Miller".to_owned())), "ColumnNotFound");
        assert!(told(SqlxError::Io(std::io::ErrorKind::ConnectionReset.into())).contains("connection reset"));
    }
}
