//! The two times of a read: facts dated up to a day (`as_of`), as they had been recorded by an instant (`known_at`).

use jiff::{SignedDuration, Timestamp};
use taper_api::google::r#type::Date;
use taper_core::limits;
use taper_kit::fields::Fields;
use taper_store::At;

use crate::date;

/// An instant of the wire in whole microseconds; none when it is no instant of the calendar.
pub fn instant(time: &prost_types::Timestamp) -> Option<Timestamp> {
    if !(0..1_000_000_000).contains(&time.nanos) {
        return None;
    }
    let instant = Timestamp::new(time.seconds, time.nanos).ok()?;
    Timestamp::from_microsecond(instant.as_microsecond()).ok()
}

/// The instant by which facts had to be recorded; one in the future, where nothing is known yet, is noted.
pub fn known_at(given: Option<&prost_types::Timestamp>, now: Timestamp, fields: &mut Fields) -> Option<Timestamp> {
    let known_at = instant(given?);
    let grace = SignedDuration::from_secs(i64::try_from(limits::FUTURE_GRACE_SECONDS).unwrap_or_default());
    let latest = now.saturating_add(grace).unwrap_or(now);
    match known_at {
        None => fields.fault("known_at", "is not an instant of the calendar"),
        Some(known_at) if known_at > latest => fields.fault("known_at", "is in the future, where nothing is known yet"),
        Some(_) => {}
    }
    known_at
}

/// Both times of a read.
pub fn at(as_of: Option<&Date>, known_at: Option<&prost_types::Timestamp>, now: Timestamp, fields: &mut Fields) -> At {
    At { as_of: date::optional("as_of", as_of, fields), known_at: self::known_at(known_at, now, fields) }
}

/// The two times as text, to bind a page token to them.
pub fn bound(at: At) -> String {
    format!("{:?} {:?}", at.as_of, at.known_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noted(seconds: i64, nanos: i32) -> bool {
        let now = Timestamp::from_second(1_000_000).unwrap();
        let mut fields = Fields::new();
        known_at(Some(&prost_types::Timestamp { seconds, nanos }), now, &mut fields);
        fields.finish(Some(())).is_err()
    }

    #[test]
    fn an_instant_after_the_grace_or_outside_the_calendar_is_noted() {
        let grace = i64::try_from(limits::FUTURE_GRACE_SECONDS).unwrap();
        assert!(!noted(0, 0) && !noted(-1, 0) && !noted(1_000_000 + grace, 0));
        assert!(noted(1_000_000 + grace, 1_000) && noted(i64::MAX, 0) && noted(0, -1) && noted(0, 1_000_000_000));
    }
}
