//! What the store gives back: a value with its version, its times and the keys that lead to it.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use taper_core::ids::{InjuryId, PatientId, PlanId};
use taper_core::record::Fact;
use taper_core::text::Note;

/// The counter behind an etag: 1 at creation, one more with each revision, and with each decision on a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Version(pub u32);

impl Version {
    /// The first.
    pub const FIRST: Version = Version(1);

    /// The one after this.
    pub fn next(self) -> Version {
        Version(self.0.saturating_add(1))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Version {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        text.parse().map(Version)
    }
}

/// The current revision of something, with what the database knows about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored<I, T> {
    /// Its id; stays the same over all revisions.
    pub id: I,
    /// The etag's counter.
    pub version: Version,
    /// 1 for the first, one more with each revision.
    pub revision: u32,
    /// When its first revision was recorded; microseconds.
    pub create_time: Timestamp,
    /// When this revision was recorded; microseconds.
    pub update_time: Timestamp,
    /// Recorded by mistake; the rules do not see it.
    pub entered_in_error: bool,
    /// Why this revision replaced the one before.
    pub amend_reason: Option<Note>,
    /// What it says.
    pub content: T,
}

impl<I, T> Stored<I, T> {
    /// The same as a fact of the record, which is what the rules read.
    pub fn fact(self) -> Fact<I, T> {
        Fact {
            id: self.id,
            revision: self.revision,
            recorded_at: self.update_time,
            entered_in_error: self.entered_in_error,
            content: self.content,
        }
    }
}

/// The two times at which a record can be read; the default reads what is current, of every day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct At {
    /// Facts that count for a later day are left out. Patients, injuries and plans have no such day.
    pub as_of: Option<Date>,
    /// What had been recorded by then, as it was then; cut to microseconds.
    pub known_at: Option<Timestamp>,
}

impl At {
    /// What is current, of every day.
    pub const NOW: At = At { as_of: None, known_at: None };
}

/// How a fact is replaced by a new revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amendment {
    /// The revision that the caller read; `None` replaces whichever is current.
    pub expected: Option<Version>,
    /// Why.
    pub reason: Option<Note>,
    /// The fact was recorded by mistake.
    pub entered_in_error: bool,
    /// When it is recorded.
    pub now: Timestamp,
}

/// The way to an injury. A key whose parts do not belong together leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InjuryKey {
    /// The patient.
    pub patient: PatientId,
    /// The injury of that patient.
    pub injury: InjuryId,
}

/// The way to a plan. A key whose parts do not belong together leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PlanKey {
    /// The patient.
    pub patient: PatientId,
    /// The injury of that patient.
    pub injury: InjuryId,
    /// The plan of that injury.
    pub plan: PlanId,
}

impl PlanKey {
    /// The way to the plan's injury.
    pub fn injury_key(self) -> InjuryKey {
        InjuryKey { patient: self.patient, injury: self.injury }
    }
}
