//! `taper plans trends`: the course of each measure, what did not help, and the decisions against the advice.

use std::process::ExitCode;

use clap::Args;
use jiff::civil::Date;
use taper_api::v1::GetTrendsRequest;
use taper_api::v1::assessment_service_client::AssessmentServiceClient;

use crate::command::arguments::{Sheet, date, instant};
use crate::connection::{answered, asked};
use crate::course;
use crate::paper::say;
use crate::play::wire;

use super::place::Place;

/// Prints a block a measure: its values, and in words what each change is worth; plateaus, and what did not help.
#[derive(Debug, Args)]
pub struct Course {
    #[command(flatten)]
    place: Place,

    /// Up to this day; today when absent
    #[arg(long, value_name = "DATE", value_parser = date)]
    as_of: Option<Date>,

    /// Only with what had been recorded by this instant
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    known_at: Option<prost_types::Timestamp>,

    /// Only this measure, by its code; may be given more than once
    #[arg(long = "measure", value_name = "CODE")]
    measures: Vec<String>,

    #[command(flatten)]
    sheet: Sheet,
}

impl Course {
    /// Asks and prints.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let found = self.place.find().await?;
        let request = GetTrendsRequest {
            treatment_plan: found.name.to_string(),
            as_of: self.as_of.map(wire::date),
            known_at: self.known_at,
            measures: self.measures,
        };
        let mut assessments = AssessmentServiceClient::new(found.channel);
        let trends = answered("GetTrends", assessments.get_trends(asked(request)).await)?;
        say(course::told(self.sheet.paper(), &trends, self.sheet.all))?;
        Ok(ExitCode::SUCCESS)
    }
}
