//! Messages to domain values and back; every fault of a request is noted with its field.

pub(crate) mod advice;
pub(crate) mod decision;
pub(crate) mod plan;
pub(crate) mod protocol;
pub(crate) mod recommendation;
pub(crate) mod session;
pub(crate) mod summary;
pub(crate) mod texts;

use std::str::FromStr;

use jiff::civil;
use taper_api::google::r#type::Date;
use taper_core::refusal::Refusal;
use taper_core::text::Note;
use taper_kit::fields::Fields;
use taper_kit::name::NameFault;
use taper_kit::paging::{self, Page};
use taper_store::{Stored, Version};
use uuid::Uuid;

pub(crate) use taper_kit::fields::{code_number, timestamp};

/// A resource name in a field that may be empty.
pub(crate) fn optional_name<N: FromStr<Err = NameFault>>(field: &str, text: &str, fields: &mut Fields) -> Option<N> {
    if text.is_empty() { None } else { fields.name(field, text) }
}

/// Free text; what does not fit is noted and left out.
pub(crate) fn note(field: impl AsRef<str>, text: &str, fields: &mut Fields) -> Note {
    fields.note(field.as_ref(), text).unwrap_or_default()
}

/// A full civil date, when one is given.
pub(crate) fn optional_date(field: &str, date: Option<&Date>, fields: &mut Fields) -> Option<civil::Date> {
    fields.date(field, date.map(|date| (date.year, date.month, date.day)))
}

/// A civil date on the wire.
pub(crate) fn date(date: civil::Date) -> Date {
    Date { year: i32::from(date.year()), month: i32::from(date.month()), day: i32::from(date.day()) }
}

/// The version that an etag stands for; empty is none. A text that no answer carried is a version that nothing has.
pub(crate) fn version(etag: &str) -> Option<Version> {
    if etag.is_empty() {
        return None;
    }
    let parsed = etag.parse::<Version>().ok();
    Some(parsed.filter(|version| version.to_string() == etag).unwrap_or(Version(0)))
}

/// The etag that a caller gave, beside the resource or within it; two that differ are noted.
pub(crate) fn one_etag<'a>(beside: &'a str, within: &'a str, fields: &mut Fields) -> &'a str {
    if !beside.is_empty() && !within.is_empty() && beside != within {
        fields.fault("etag", "differs from the etag of the resource that is sent; give one of the two");
    }
    if beside.is_empty() { within } else { beside }
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
    rows: Vec<Stored<I, T>>,
    page: Page,
    binding: &[&str],
    uuid: fn(I) -> Uuid,
) -> (Vec<Stored<I, T>>, String) {
    let (rows, last) = paging::cut(rows, page.size, |row| uuid(row.id));
    let token = last.map(|last| paging::next_token(last, binding));
    (rows, token.unwrap_or_default())
}

#[cfg(test)]
mod tests;
