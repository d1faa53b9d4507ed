//! What the questions about a plan have in common: which plan, on which day, with what was known, and how it is printed.

use anyhow::anyhow;
use clap::Args;
use jiff::civil::Date;
use taper_api::google::r#type::Date as WireDate;
use tonic::{Code, Response, Status};

use crate::command::arguments::{Sheet, date, instant};
use crate::connection::answered;
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
    /// The answer's message. Where nothing was found as of an earlier instant, it may only not have been on record then;
    /// which of the two it is nobody is told, since another clinic's plan is never shown.
    pub fn answered<M>(&self, what: &str, answer: Result<Response<M>, Status>) -> anyhow::Result<M> {
        let is_missing = answer.as_ref().is_err_and(|refusal| refusal.code() == Code::NotFound);
        match (answered(what, answer), self.known_at.is_some() && is_missing) {
            (Err(refusal), true) => {
                Err(anyhow!("{refusal}\n  With --known-at: or it was not recorded yet at that instant."))
            }
            (answer, _) => answer,
        }
    }

    /// The day as the wire has it.
    pub fn as_of(&self) -> Option<WireDate> {
        self.as_of.map(wire::date)
    }
}
