//! Builders of messages: each gives a right one, which a test then spoils in one place.

use jiff::{SignedDuration, Timestamp};
use taper_api::google::r#type::Date;
use taper_api::v1::{self, observation};
use uuid::Uuid;

/// A fresh request_id.
pub fn request_id() -> String {
    Uuid::now_v7().to_string()
}

/// A civil date.
pub fn date(year: i32, month: i32, day: i32) -> Date {
    Date { year, month, day }
}

/// The date so many days before today, UTC. Negative days lie in the future.
pub fn days_ago(days: i64) -> Date {
    let zoned = (Timestamp::now() - SignedDuration::from_hours(24 * days)).to_zoned(jiff::tz::TimeZone::UTC);
    date(zoned.year().into(), zoned.month().into(), zoned.day().into())
}

/// The instant so many days before now.
pub fn timestamp_days_ago(days: i64) -> prost_types::Timestamp {
    let instant = Timestamp::now() - SignedDuration::from_hours(24 * days);
    prost_types::Timestamp { seconds: instant.as_second(), nanos: 0 }
}

/// A number of a measure.
pub fn number(measure: &str, number: f64) -> v1::Observation {
    let value = Some(observation::Value::Number(number));
    v1::Observation { measure: measure.to_owned(), value, ..Default::default() }
}

/// A finding of a measure.
pub fn finding(measure: &str, present: bool) -> v1::Observation {
    let value = Some(observation::Value::Finding(present));
    v1::Observation { measure: measure.to_owned(), value, ..Default::default() }
}

/// A code of a measure.
pub fn code(measure: &str, code: &str) -> v1::Observation {
    let value = Some(observation::Value::Code(code.to_owned()));
    v1::Observation { measure: measure.to_owned(), value, ..Default::default() }
}

/// An assessment of so many days ago.
pub fn assessment(days: i64, observations: Vec<v1::Observation>) -> v1::Assessment {
    v1::Assessment { date: Some(days_ago(days)), observations, ..Default::default() }
}

/// An attended massage of 30 minutes on tie-in and belly, so many days ago.
pub fn session(days: i64) -> v1::Session {
    let focus = |area: v1::Area, minutes: i32| v1::Focus { area: area.into(), minutes };
    v1::Session {
        kind: v1::SessionKind::Massage.into(),
        state: v1::SessionState::Attended.into(),
        start_time: Some(timestamp_days_ago(days)),
        minutes: 30,
        focus: vec![focus(v1::Area::TieIn, 18), focus(v1::Area::Belly, 12)],
        pain_before_nprs: Some(3),
        pain_after_nprs: Some(2),
        ..Default::default()
    }
}
