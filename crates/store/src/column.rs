//! What the columns hold: instants as microseconds, ids as UUIDs; alike on both databases.

use jiff::Timestamp;
use sea_orm::DeriveValueType;
use taper_core::ids::{
    ActivityId, AssessmentId, DecisionId, InjuryId, PatientId, PlanId, ReceiptId, SessionId, TherapistId,
};
use uuid::Uuid;

use crate::error::Error;

/// An instant in microseconds since 1970. SQLite would sort timestamps kept as text wrongly, and Postgres keeps no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, DeriveValueType)]
pub struct Micros(pub i64);

impl Micros {
    /// Drops what is finer than a microsecond.
    pub fn of(instant: Timestamp) -> Self {
        Self(instant.as_microsecond())
    }

    /// The instant again.
    pub fn instant(self) -> Result<Timestamp, Error> {
        Timestamp::from_microsecond(self.0).map_err(|_| Error::Damaged { what: "an instant".to_owned() })
    }
}

/// An id of core that is a UUID.
pub trait UuidId: Copy + Send + Sync {
    /// The id of a row.
    fn of(uuid: Uuid) -> Self;
    /// The row of an id.
    fn uuid(self) -> Uuid;
}

macro_rules! uuid_id {
    ($($name:ident),*) => {$(
        impl UuidId for $name {
            fn of(uuid: Uuid) -> Self {
                Self(uuid)
            }

            fn uuid(self) -> Uuid {
                self.0
            }
        }
    )*};
}

uuid_id!(TherapistId, PatientId, InjuryId, AssessmentId, ActivityId, PlanId, SessionId, DecisionId, ReceiptId);

/// A counter of a row, which is never negative.
pub fn counter(stored: i64) -> Result<u32, Error> {
    stored.try_into().map_err(|_| Error::Damaged { what: "a counter".to_owned() })
}
