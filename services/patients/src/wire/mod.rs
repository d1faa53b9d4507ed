//! The service's messages to the words of the core, and back; every fault of a message is noted with its path.

pub mod clinic;
pub mod injury;
pub mod patient;
pub mod therapist;

use jiff::civil;
use taper_api::google::r#type::Date;

/// The parts of a date message, which may be anything.
fn parts(date: Option<&Date>) -> Option<(i32, i32, i32)> {
    date.map(|date| (date.year, date.month, date.day))
}

/// A date as the wire has it.
fn date(date: civil::Date) -> Date {
    Date {
        year: i32::from(date.year()),
        month: i32::from(date.month()),
        day: i32::from(date.day()),
    }
}
