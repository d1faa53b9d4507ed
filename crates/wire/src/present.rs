//! When a request is made, in the clinic's time zone: today, and the latest instant and day that are not the future.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use taper_core::limits;
use taper_core::record::clinic::TimeZoneName;
use taper_core::refusal::Refusal;
use taper_kit::Call;
use taper_kit::fields::Fields;
use taper_store::{Read, clinics};

/// The clinic's present: its zone, and the latest instant and date that are not the future.
#[derive(Clone, Debug)]
pub struct Present {
    zone: TimeZoneName,
    /// The last instant that is not yet the future, with the grace for clocks that go ahead of ours.
    pub latest: Timestamp,
    /// Today in the clinic, without that grace: what an absent date means.
    pub today: Date,
}

impl Present {
    /// The present of a call in the transaction's clinic.
    pub async fn of(tx: &Read, call: &Call) -> Result<Self, Refusal> {
        let clinic = clinics::get(tx).await?;
        Ok(Self::new(clinic.content.time_zone, call.now))
    }

    fn new(zone: TimeZoneName, now: Timestamp) -> Self {
        let grace = Duration::from_secs(limits::FUTURE_GRACE_SECONDS);
        let latest = now.saturating_add(grace).unwrap_or(now);
        let today = zone.date_at(now);
        Self { zone, latest, today }
    }

    /// The civil date of an instant in the clinic.
    pub fn date_of(&self, instant: Timestamp) -> Date {
        self.zone.date_at(instant)
    }

    /// The last date that is not in the future.
    pub fn latest_date(&self) -> Date {
        self.zone.date_at(self.latest)
    }

    /// Notes a date that is in the future or before `first`, which is named by `since`.
    pub fn check_date(&self, field: &str, date: Date, first: Date, since: &str, fields: &mut Fields) {
        if date > self.latest_date() {
            fields.fault(field, format!("is in the future; today is {} in the clinic's time zone", self.today));
        }
        if date < first {
            fields.fault(field, format!("is before {since}"));
        }
    }
}
