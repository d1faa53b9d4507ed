//! A clinic and its therapists.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::codes::Discipline;
use super::plan::Policy;
use crate::ids::{ClinicId, TherapistId};
use crate::text::Line;
use crate::value::{RetentionYears, ValueFault};

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

/// What a clinic chose for its plans and its records; what is absent follows the defaults.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClinicPolicy {
    /// What new plans begin with.
    #[serde(flatten)]
    pub plans: Policy,
    /// How long a record is kept after the last day that it counts for; [`RETENTION_YEARS_DEFAULT`] where the clinic chose
    /// nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_years: Option<RetentionYears>,
}

/// No law says the same everywhere, so each clinic chooses; ten years is what German law asks (BGB section 630f), and among
/// the longest for adults.
pub const RETENTION_YEARS_DEFAULT: u8 = 10;

impl ClinicPolicy {
    /// The last day on which a record must be kept whose last day this was.
    pub fn kept_until(&self, last_day: Date) -> Date {
        let years = self.retention_years.map_or(RETENTION_YEARS_DEFAULT, RetentionYears::get);
        last_day.saturating_add(i64::from(years).years())
    }
}

impl From<Policy> for ClinicPolicy {
    fn from(plans: Policy) -> Self {
        Self { plans, retention_years: None }
    }
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
