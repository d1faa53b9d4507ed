//! Messages to domain values and back; every fault of a request is noted with its field.

pub(crate) mod advice;
pub(crate) mod caseload;
pub(crate) mod counterfactual;
pub(crate) mod decision;
pub(crate) mod difference;
pub(crate) mod forecast;
pub(crate) mod plan;
pub(crate) mod protocol;
pub(crate) mod receipt;
pub(crate) mod recommendation;
pub(crate) mod session;
pub(crate) mod summary;
pub(crate) mod texts;
pub(crate) mod visits;

use std::str::FromStr;

use taper_core::text::Note;
use taper_kit::fields::Fields;
use taper_kit::name::NameFault;

pub(crate) use taper_kit::fields::{code_number, timestamp};
pub(crate) use taper_wire::date::{date, optional as optional_date};
pub(crate) use taper_wire::mutation::{check_etag, one_etag, version_of as version};
pub(crate) use taper_wire::page::{page_of, rows_of};

/// A resource name in a field that may be empty.
pub(crate) fn optional_name<N: FromStr<Err = NameFault>>(field: &str, text: &str, fields: &mut Fields) -> Option<N> {
    if text.is_empty() { None } else { fields.name(field, text) }
}

/// Free text; what does not fit is noted and left out.
pub(crate) fn note(field: impl AsRef<str>, text: &str, fields: &mut Fields) -> Note {
    fields.note(field.as_ref(), text).unwrap_or_default()
}

/// A note that has to say something, since the code beside it says only "something else".
pub(crate) fn note_that_says(field: impl AsRef<str>, text: &str, is_needed: bool, fields: &mut Fields) -> Note {
    if is_needed && text.trim().is_empty() {
        fields.fault(field.as_ref(), "is required beside a code that says OTHER: say in words what it is");
    }
    note(field, text, fields)
}

/// A count on the wire; what does not fit is the most that does.
pub(crate) fn number(count: impl TryInto<i32>) -> i32 {
    count.try_into().unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests;
