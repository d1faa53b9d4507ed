//! A clinic and its therapists.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::codes::Discipline;
use crate::ids::{ClinicId, TherapistId};
use crate::text::Line;
use crate::value::ValueFault;

/// An IANA time zone that exists, for example `America/New_York`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeZoneName(String);

impl TimeZoneName {
    /// Finds the zone in the bundled database.
    pub fn parse(name: &str) -> Result<Self, ValueFault> {
        let zone = jiff::tz::TimeZone::get(name);
        let known = zone.ok().and_then(|zone| zone.iana_name().map(str::to_owned));
        known.map(Self).ok_or_else(|| {
            ValueFault::Other("must be an IANA time zone, for example America/New_York or Etc/UTC".to_owned())
        })
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The civil date in this zone at an instant.
    pub fn date_at(&self, instant: Timestamp) -> jiff::civil::Date {
        let zone = jiff::tz::TimeZone::get(&self.0).unwrap_or(jiff::tz::TimeZone::UTC);
        instant.to_zoned(zone).date()
    }
}

impl TryFrom<String> for TimeZoneName {
    type Error = ValueFault;

    fn try_from(name: String) -> Result<Self, ValueFault> {
        Self::parse(&name)
    }
}

impl From<TimeZoneName> for String {
    fn from(zone: TimeZoneName) -> String {
        zone.0
    }
}

/// A clinic; it owns everything below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clinic {
    /// Its slug.
    pub id: ClinicId,
    /// Name for people.
    pub display_name: Line,
    /// Every civil date of the clinic is a date in this zone.
    pub time_zone: TimeZoneName,
}

/// A therapist of a clinic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Therapist {
    /// Its id.
    pub id: TherapistId,
    /// Name for people.
    pub display_name: Line,
    /// What the therapist is trained in.
    pub discipline: Discipline,
}
