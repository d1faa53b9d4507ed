//! What the questions about a plan have in common: which plan, on which day, with what was known, and how it is printed.

use clap::Args;
use jiff::civil::Date;
use taper_api::google::r#type::Date as WireDate;

use crate::command::arguments::{Sheet, date, instant};
use crate::play::wire;

use super::place::Place;

/// A look at a plan.
#[derive(Debug, Args)]
pub struct Look {
    /// The plan.
    #[command(flatten)]
    pub place: Place,

    /// As of this day; today when absent
    #[arg(long, value_name = "DATE", value_parser = date)]
    as_of: Option<Date>,

    /// Only with what had been recorded by this instant
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    pub known_at: Option<prost_types::Timestamp>,

    /// How it is printed.
    #[command(flatten)]
    pub sheet: Sheet,
}

impl Look {
    /// The day as the wire has it.
    pub fn as_of(&self) -> Option<WireDate> {
        self.as_of.map(wire::date)
    }
}
