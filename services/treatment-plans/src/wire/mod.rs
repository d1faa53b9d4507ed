//! Messages to domain values and back; every fault of a request is noted with its field.

pub(crate) mod advice;
pub(crate) mod decision;
pub(crate) mod plan;
pub(crate) mod protocol;
pub(crate) mod recommendation;
pub(crate) mod session;
pub(crate) mod summary;
pub(crate) mod texts;

use std::fmt::Display;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil;
use taper_api::google::r#type::Date;
use taper_core::limits;
use taper_core::refusal::{Reason, Refusal, Violations};
use taper_core::text::Note;
use taper_core::value;
use taper_kit::name::NameFault;
use taper_kit::paging::{self, Page};
use taper_store::{Stored, Version};
use uuid::Uuid;

/// The value when nothing was noted, otherwise the refusal that names every field.
pub(crate) fn complete<T>(value: Option<T>, violations: Violations) -> Result<T, Refusal> {
    violations.finish()?;
    value.ok_or_else(|| Refusal::new(Reason::Internal, "a value is missing and no field was named"))
}

/// A resource name in a field.
pub(crate) fn name<N: FromStr<Err = NameFault>>(field: &str, text: &str, violations: &mut Violations) -> Option<N> {
    violations.take(field, text.parse::<N>())
}

/// A resource name in a field that may be empty.
pub(crate) fn optional_name<N: FromStr<Err = NameFault>>(
    field: &str,
    text: &str,
    violations: &mut Violations,
) -> Option<N> {
    if text.is_empty() {
        return None;
    }
    name(field, text, violations)
}

/// Free text; what does not fit is noted and left out.
pub(crate) fn note(field: impl Into<String>, text: &str, violations: &mut Violations) -> Note {
    violations.take(field, Note::parse(text)).unwrap_or_default()
}

/// A code by its number: 0 is absent, an unknown number is noted. A code's number is its place in the list, from 1.
pub(crate) fn optional_code<T: Copy + Display>(
    field: &str,
    number: i32,
    all: &[T],
    violations: &mut Violations,
) -> Option<T> {
    if number == 0 {
        return None;
    }
    let place = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
    let code = place.and_then(|place| all.get(place)).copied();
    if code.is_none() {
        violations.add(field, format!("is {number}, which is none of: {}", listed(all)));
    }
    code
}

/// A code that must be given.
pub(crate) fn required_code<T: Copy + Display>(
    field: &str,
    number: i32,
    all: &[T],
    violations: &mut Violations,
) -> Option<T> {
    if number == 0 {
        violations.add(field, format!("is required; one of: {}", listed(all)));
    }
    optional_code(field, number, all, violations)
}

/// The number of a code.
pub(crate) fn code_number<T: PartialEq>(code: T, all: &[T]) -> i32 {
    let place = all.iter().position(|known| *known == code);
    place.and_then(|place| i32::try_from(place + 1).ok()).unwrap_or_default()
}

fn listed<T: Display>(all: &[T]) -> String {
    let names: Vec<String> = all.iter().map(|code| code.to_string().to_uppercase()).collect();
    names.join(", ")
}

/// A full civil date, when one is given.
pub(crate) fn optional_date(field: &str, date: Option<&Date>, violations: &mut Violations) -> Option<civil::Date> {
    let date = date?;
    violations.take(field, value::date(date.year, date.month, date.day))
}

/// A civil date on the wire.
pub(crate) fn date(date: civil::Date) -> Date {
    Date { year: i32::from(date.year()), month: i32::from(date.month()), day: i32::from(date.day()) }
}

/// An instant, cut to the microseconds that are kept.
pub(crate) fn instant(time: &prost_types::Timestamp) -> Option<Timestamp> {
    if !(0..1_000_000_000).contains(&time.nanos) {
        return None;
    }
    let instant = Timestamp::new(time.seconds, time.nanos).ok()?;
    Timestamp::from_microsecond(instant.as_microsecond()).ok()
}

/// An instant on the wire.
pub(crate) fn timestamp(instant: Timestamp) -> prost_types::Timestamp {
    // jiff counts both parts from the epoch with one sign; the wire's nanoseconds are never negative.
    let (seconds, nanos) = match instant.subsec_nanosecond() {
        nanos if nanos < 0 => (instant.as_second() - 1, nanos + 1_000_000_000),
        nanos => (instant.as_second(), nanos),
    };
    prost_types::Timestamp { seconds, nanos }
}

/// Notes a repeated field that holds too much; `false` then, so that its items are not looked at.
pub(crate) fn within_limit<T>(field: &str, items: &[T], violations: &mut Violations) -> bool {
    let max = limits::REPEATED_ITEMS_MAX;
    let fits = items.len() as u64 <= max;
    if !fits {
        violations.add(field, format!("holds {} items; at most {max} are kept", items.len()));
    }
    fits
}

/// The version that an etag means; one that we never gave is a version that nothing has.
pub(crate) fn version(etag: &str) -> Option<Version> {
    match etag {
        "" => None,
        given => Some(given.parse().unwrap_or(Version(0))),
    }
}

/// Refuses an etag that is given and not the current one.
pub(crate) fn check_etag(etag: &str, current: Version) -> Result<(), Refusal> {
    match version(etag) {
        Some(given) if given != current => Err(taper_store::Error::EtagMismatch { current }.into()),
        Some(_) | None => Ok(()),
    }
}

/// How many rows to read for a page: one more tells whether there is a next page.
pub(crate) fn rows_of(page: Page) -> u32 {
    page.size.saturating_add(1)
}

/// Cuts the rows to the page, and gives the token of the next one; empty on the last.
pub(crate) fn page_of<I: Copy, T>(
    mut rows: Vec<Stored<I, T>>,
    page: Page,
    binding: &[&str],
    uuid: fn(I) -> Uuid,
) -> (Vec<Stored<I, T>>, String) {
    let size = page.size as usize;
    let more = rows.len() > size;
    rows.truncate(size);
    let token = match rows.last() {
        Some(last) if more => paging::next_token(uuid(last.id), binding),
        Some(_) | None => String::new(),
    };
    (rows, token)
}

#[cfg(test)]
mod tests;
