//! Reading the fields of a request: every fault is noted under the field's path, and the reading goes on.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use taper_core::limits;
use taper_core::record::clinic::TimeZoneName;
use taper_core::refusal::{Reason, Refusal, Violations};
use taper_core::text::{Line, Note};
use taper_core::value;

/// The reader of one request. What cannot be read is `None`, and noted; [`Fields::finish`] tells it all at once.
///
/// Whether a date lies in the future can only be said in the clinic's time zone, which is loaded after the reading:
/// the paths of such dates are kept until [`Fields::check_dates`].
#[derive(Debug, Default)]
pub struct Fields {
    violations: Violations,
    past_dates: Vec<(String, Date)>,
}

impl Fields {
    /// Nothing read yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Where other readers, such as [`crate::paging::parse`], note their faults.
    pub fn violations(&mut self) -> &mut Violations {
        &mut self.violations
    }

    /// Notes one offending field.
    pub fn fault(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.violations.add(field, message);
    }

    /// Reads a part of the request whose paths begin with `prefix`, for example `facts[3].`. Whether its dates lie in the
    /// future is left to the caller.
    pub fn nested<T>(&mut self, prefix: &str, read: impl FnOnce(&mut Fields) -> T) -> T {
        let mut inner = Fields::new();
        let read = read(&mut inner);
        for violation in inner.violations.as_slice() {
            self.fault(format!("{prefix}{}", violation.field), violation.message.clone());
        }
        read
    }

    /// Takes the value, or notes why the field has none.
    pub fn take<T, E: fmt::Display>(&mut self, field: impl Into<String>, parsed: Result<T, E>) -> Option<T> {
        self.violations.take(field, parsed)
    }

    /// A message or scalar that must be present.
    pub fn required<T>(&mut self, field: &str, given: Option<T>) -> Option<T> {
        if given.is_none() {
            self.fault(field, "is required");
        }
        given
    }

    /// A resource name that must be given.
    pub fn name<N: FromStr<Err: fmt::Display>>(&mut self, field: &str, text: &str) -> Option<N> {
        self.take(field, text.parse())
    }

    /// A line of text that must be given.
    pub fn line(&mut self, field: &str, text: &str) -> Option<Line> {
        self.take(field, Line::parse(text))
    }

    /// A line of text; empty is absent.
    pub fn optional_line(&mut self, field: &str, text: &str) -> Option<Line> {
        if text.is_empty() { None } else { self.line(field, text) }
    }

    /// Free text that may be empty.
    pub fn note(&mut self, field: &str, text: &str) -> Option<Note> {
        self.take(field, Note::parse(text))
    }

    /// Free text that must be given.
    pub fn required_note(&mut self, field: &str, text: &str) -> Option<Note> {
        if text.trim().is_empty() {
            self.fault(field, "is required: give at least one visible character");
            return None;
        }
        self.note(field, text)
    }

    /// One of a list of codes that must be given; `prefix` is that of the proto enum, for example `SITE`.
    pub fn code<T: Copy + fmt::Display>(&mut self, field: &str, number: i32, prefix: &str, all: &[T]) -> Option<T> {
        if number == 0 {
            self.fault(field, format!("is required; one of: {}", wire_names(prefix, all)));
            return None;
        }
        self.optional_code(field, number, prefix, all)
    }

    /// One of a list of codes; unspecified is absent.
    pub fn optional_code<T>(&mut self, field: &str, number: i32, prefix: &str, all: &[T]) -> Option<T>
    where
        T: Copy + fmt::Display,
    {
        let position = match number {
            0 => return None,
            number => usize::try_from(number).ok().and_then(|number| number.checked_sub(1)),
        };
        let code = position.and_then(|position| all.get(position)).copied();
        if code.is_none() {
            let known = wire_names(prefix, all);
            self.fault(field, format!("is {number}, which is none of the codes; one of: {known}"));
        }
        code
    }

    /// A full civil date as year, month, day; absent is absent.
    pub fn date(&mut self, field: &str, given: Option<(i32, i32, i32)>) -> Option<Date> {
        let (year, month, day) = given?;
        self.take(field, value::date(year, month, day))
    }

    /// The same, of a day that may not be in the future.
    pub fn past_date(&mut self, field: &str, given: Option<(i32, i32, i32)>) -> Option<Date> {
        let date = self.date(field, given)?;
        self.past_dates.push((field.to_owned(), date));
        Some(date)
    }

    /// Notes a repeated field with more items than are kept; `false` means that reading them is of no use.
    pub fn within_items_max(&mut self, field: &str, count: usize) -> bool {
        let within = count as u64 <= limits::REPEATED_ITEMS_MAX;
        if !within {
            let max = limits::REPEATED_ITEMS_MAX;
            self.fault(field, format!("has {count} items; at most {max} are possible"));
        }
        within
    }

    /// Notes every [`past_date`](Fields::past_date) that is in the future in the clinic's time zone.
    pub fn check_dates(&mut self, zone: &TimeZoneName, now: Timestamp) {
        let today = latest_date(zone, now);
        for (field, date) in std::mem::take(&mut self.past_dates) {
            if date > today {
                let zone = zone.as_str();
                self.fault(field, format!("is in the future; the latest possible day is {today} ({zone})"));
            }
        }
    }

    /// Notes a date that lies before the day from which it is possible; `what` names that day and does not tell it.
    pub fn check_not_before(&mut self, field: &str, date: Option<Date>, first: Date, what: &str) {
        if date.is_some_and(|date| date < first) {
            self.fault(field, format!("is before {what}; the day must be the same or a later one"));
        }
    }

    /// Refuses with everything that was noted; otherwise gives what was read.
    pub fn finish<T>(self, read: Option<T>) -> Result<T, Refusal> {
        self.violations.finish()?;
        read.ok_or_else(|| Refusal::new(Reason::Internal, "a field was not read, and nothing was noted of it"))
    }
}

/// The day that it is in the clinic, by a caller's clock that may be ahead of ours by the grace of the limits.
fn latest_date(zone: &TimeZoneName, now: Timestamp) -> Date {
    let grace = Duration::from_secs(limits::FUTURE_GRACE_SECONDS);
    zone.date_at(now.saturating_add(grace).unwrap_or(now))
}

/// The number of a code in its proto enum: its place in the list, since 0 is unspecified.
pub fn code_number<T: PartialEq>(code: T, all: &[T]) -> i32 {
    let position = all.iter().position(|other| *other == code);
    position.and_then(|position| i32::try_from(position + 1).ok()).unwrap_or_default()
}

/// An instant as the wire has it.
pub fn timestamp(instant: Timestamp) -> prost_types::Timestamp {
    // jiff's fraction of a negative instant is negative; the wire's never is.
    let nanoseconds = instant.as_nanosecond();
    prost_types::Timestamp {
        seconds: i64::try_from(nanoseconds.div_euclid(1_000_000_000)).unwrap_or_default(),
        nanos: i32::try_from(nanoseconds.rem_euclid(1_000_000_000)).unwrap_or_default(),
    }
}

fn wire_names<T: fmt::Display>(prefix: &str, all: &[T]) -> String {
    let names = all.iter().map(|code| format!("{prefix}_{}", code.to_string().to_uppercase()));
    names.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name;
    use taper_core::record::codes::Side;

    fn noted(read: impl FnOnce(&mut Fields)) -> Vec<(String, String)> {
        let mut fields = Fields::new();
        read(&mut fields);
        let noted = fields.violations.as_slice().iter();
        noted.map(|v| (v.field.clone(), v.message.clone())).collect()
    }

    fn one(field: &str, message: &str) -> Vec<(String, String)> {
        vec![(field.to_owned(), message.to_owned())]
    }

    #[test]
    fn a_code_is_its_place_in_the_list() {
        let mut fields = Fields::new();
        for &side in Side::ALL {
            assert_eq!(fields.code("side", code_number(side, Side::ALL), "SIDE", Side::ALL), Some(side));
        }
        assert_eq!(fields.optional_code("side", 0, "SIDE", Side::ALL), None);
        assert!(fields.finish(Some(())).is_ok());
    }

    #[test]
    fn an_unknown_number_and_a_missing_code_are_noted_with_what_is_possible() {
        let required = noted(|f| assert_eq!(f.code("i.side", 0, "SIDE", Side::ALL), None));
        assert_eq!(required, one("i.side", "is required; one of: SIDE_LEFT, SIDE_RIGHT"));
        for number in [3, -1, i32::MIN, i32::MAX] {
            let unknown = noted(|f| assert_eq!(f.optional_code("i.side", number, "SIDE", Side::ALL), None));
            let message = format!("is {number}, which is none of the codes; one of: SIDE_LEFT, SIDE_RIGHT");
            assert_eq!(unknown, one("i.side", &message));
        }
    }

    #[test]
    fn a_date_is_in_the_future_by_the_clinics_zone_and_with_the_grace() {
        let zone = TimeZoneName::parse("America/New_York").unwrap();
        let faults = |now: &str| {
            noted(|fields| {
                assert!(fields.past_date("date", Some((2026, 3, 1))).is_some());
                fields.check_dates(&zone, now.parse().unwrap());
            })
        };
        // Midnight there is 05:00 in UTC; ten minutes before it, the day begins.
        assert_eq!(faults("2026-03-01T04:50:00Z"), []);
        let message = "is in the future; the latest possible day is 2026-02-28 (America/New_York)";
        assert_eq!(faults("2026-03-01T04:49:59Z"), one("date", message));
    }

    #[test]
    fn half_a_date_is_no_date() {
        for half in [(2026, 3, 0), (2026, 0, 0), (0, 3, 1), (2026, 2, 29), (10_000, 1, 1), (1899, 12, 31)] {
            assert_eq!(noted(|f| assert_eq!(f.date("date", Some(half)), None)).len(), 1, "{half:?}");
        }
        assert_eq!(noted(|f| assert_eq!(f.date("date", None), None)), []);
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let mut fields = Fields::new();
        assert_eq!(fields.name::<name::Clinic>("parent", "clinics/A"), None);
        assert_eq!(fields.line("clinic.display_name", " "), None);
        assert_eq!(fields.required_note("reason", "\n"), None);
        assert!(!fields.within_items_max("items", 201));
        assert!(fields.within_items_max("items", 200));
        assert_eq!(fields.required::<()>("clinic", None), None);
        let refusal = fields.finish(Some(())).unwrap_err();
        let named: Vec<_> = refusal.violations.iter().map(|v| v.field.as_str()).collect();
        assert_eq!(named, ["parent", "clinic.display_name", "reason", "items", "clinic"]);
    }

    #[test]
    fn an_instant_before_1970_has_a_positive_fraction() {
        let at = timestamp("1969-12-31T23:59:59.25Z".parse().unwrap());
        assert_eq!((at.seconds, at.nanos), (-1, 250_000_000));
    }
}
