//! Civil dates on the wire, both ways.

use jiff::civil;
use taper_api::google::r#type::Date;
use taper_kit::fields::Fields;

/// The parts of a date message, which may be anything.
pub fn parts(date: Option<&Date>) -> Option<(i32, i32, i32)> {
    date.map(|date| (date.year, date.month, date.day))
}

/// A full civil date, when one is given.
pub fn optional(field: &str, date: Option<&Date>, fields: &mut Fields) -> Option<civil::Date> {
    fields.date(field, parts(date))
}

/// A civil date as the wire has it.
pub fn date(date: civil::Date) -> Date {
    Date { year: i32::from(date.year()), month: i32::from(date.month()), day: i32::from(date.day()) }
}
