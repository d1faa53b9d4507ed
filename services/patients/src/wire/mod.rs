//! The service's messages to the words of the core, and back; every fault of a message is noted with its path.

pub mod audit;
pub mod clinic;
pub mod injury;
pub mod key;
pub mod patient;
pub mod policy;
pub mod therapist;

use taper_api::google::r#type::Date;
use taper_wire::date::date;

/// The parts of a date message, which may be anything.
fn parts(date: Option<&Date>) -> Option<(i32, i32, i32)> {
    date.map(|date| (date.year, date.month, date.day))
}
