//! Whole days between civil dates, without overflow at the ends of the calendar.

use jiff::SignedDuration;
use jiff::civil::Date;

const HOURS_A_DAY: i64 = 24;

/// Whole days from one date to another; negative when the other is earlier.
pub(crate) fn between(from: Date, to: Date) -> i64 {
    from.duration_until(to).as_hours() / HOURS_A_DAY
}

/// The date so many days later; it stays within the calendar.
pub(crate) fn after(date: Date, days: i64) -> Date {
    date.saturating_add(SignedDuration::from_hours(days.saturating_mul(HOURS_A_DAY)))
}

/// The next day.
pub(crate) fn next(date: Date) -> Date {
    date.tomorrow().unwrap_or(date)
}

/// Whole months from one date to another; 0 when the other is earlier.
pub(crate) fn months_between(from: Date, to: Date) -> i64 {
    let months = |date: Date| i64::from(date.year()) * 12 + i64::from(date.month());
    let begun = i64::from(to.day() < from.day());
    (months(to) - months(from) - begun).max(0)
}
