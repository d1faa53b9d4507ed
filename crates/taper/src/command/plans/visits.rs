//! `taper plans visits`: how many visits of each kind, adherence, and the reviews due.

use std::process::ExitCode;

use clap::Args;
use jiff::civil::Date;
use taper_api::v1::GetVisitSummaryRequest;
use taper_api::v1::session_service_client::SessionServiceClient;

use crate::command::arguments::{Sheet, date, instant};
use crate::connection::{answered, asked};
use crate::paper::say;
use crate::play::wire;
use crate::visits;

use super::place::Place;

/// Prints the visits: attended of prescribed, by week and by area, and the reviews due.
#[derive(Debug, Args)]
pub struct Visits {
    #[command(flatten)]
    place: Place,

    /// Up to this day; today when absent
    #[arg(long, value_name = "DATE", value_parser = date)]
    as_of: Option<Date>,

    /// Only with what had been recorded by this instant
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    known_at: Option<prost_types::Timestamp>,

    #[command(flatten)]
    sheet: Sheet,
}

impl Visits {
    /// Asks and prints.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let found = self.place.find().await?;
        let request = GetVisitSummaryRequest {
            name: found.name.to_string(),
            as_of: self.as_of.map(wire::date),
            known_at: self.known_at,
        };
        let mut sessions = SessionServiceClient::new(found.channel);
        let summary = answered("GetVisitSummary", sessions.get_visit_summary(asked(request)).await)?;
        say(visits::told(self.sheet.paper(), &summary, self.sheet.all))?;
        Ok(ExitCode::SUCCESS)
    }
}
