//! Domain values as the contract writes them.

use jiff::civil;
use taper_api::google::r#type::Date;
use taper_core::record::clinic::TimeZoneName;
use taper_core::value;

/// A civil date.
pub(crate) fn date(date: civil::Date) -> Date {
    Date { year: i32::from(date.year()), month: i32::from(date.month()), day: i32::from(date.day()) }
}

/// A civil date of an answer, when one is given.
pub(crate) fn civil(date: Option<&Date>) -> anyhow::Result<Option<civil::Date>> {
    let read = |date: &Date| value::date(date.year, date.month, date.day);
    Ok(date.map(read).transpose()?)
}

/// The name of an enum's value: its prefix and the code in upper case, for example `SITE_TIE_IN`.
pub(super) fn value_name(prefix: &str, code: &str) -> String {
    format!("{prefix}_{}", code.to_uppercase())
}

/// The hour at which every session of a story begins.
const SESSION_HOUR: i8 = 10;

/// The instant at which a session of this day begins, in the clinic's time zone.
pub(crate) fn session_start(day: civil::Date, zone: &TimeZoneName) -> anyhow::Result<prost_types::Timestamp> {
    let start = day.at(SESSION_HOUR, 0, 0, 0).in_tz(zone.as_str())?.timestamp();
    Ok(prost_types::Timestamp { seconds: start.as_second(), nanos: 0 })
}

#[cfg(test)]
mod tests {
    use taper_api::v1::{ActivityKind, Site};

    use super::*;

    #[test]
    fn a_code_finds_its_value() {
        assert_eq!(Site::from_str_name(&value_name("SITE", "tie_in")), Some(Site::TieIn));
        let stairs = ActivityKind::from_str_name(&value_name("ACTIVITY_KIND", "revolving_staircase"));
        assert_eq!(stairs, Some(ActivityKind::RevolvingStaircase));
    }

    #[test]
    fn a_session_begins_at_ten_in_the_clinics_zone_winter_and_summer() {
        let zone = TimeZoneName::parse("America/New_York").unwrap();
        let hour_utc = |month| session_start(civil::date(2026, month, 15), &zone).unwrap().seconds % 86_400 / 3_600;
        assert_eq!((hour_utc(1), hour_utc(7)), (15, 14));
    }
}
