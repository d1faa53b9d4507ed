//! `taper plans issue` and `verify`: the advice of a day as a receipt, and whether everything behind one is as it was.

use std::process::ExitCode;

use clap::Args;
use jiff::civil::Date;
use taper_api::v1::treatment_plan_service_client::TreatmentPlanServiceClient;
use taper_api::v1::{IssueRecommendationRequest, VerifyRecommendationRequest};

use crate::command::arguments::{Width, date};
use crate::connection::{Server, answered, asked, request_id};
use crate::paper::say;
use crate::play::wire;
use crate::receipt;

use super::place::Place;

/// Stores the advice of a day as a receipt that decisions can cite, and prints its hashes.
#[derive(Debug, Args)]
pub struct Issue {
    #[command(flatten)]
    place: Place,

    /// The advice for this day; today when absent
    #[arg(long, value_name = "DATE", value_parser = date)]
    as_of: Option<Date>,

    #[command(flatten)]
    width: Width,
}

impl Issue {
    /// Asks and prints.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let found = self.place.find().await?;
        let request = IssueRecommendationRequest {
            name: found.name.to_string(),
            as_of: self.as_of.map(wire::date),
            include_text: false,
            request_id: request_id(),
        };
        let mut plans = TreatmentPlanServiceClient::new(found.channel);
        let issued = answered("IssueRecommendation", plans.issue_recommendation(asked(request)).await)?;
        say(receipt::told(self.width.paper(), &issued))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Computes everything behind a receipt again and says which part differs; exit status 1 when one does.
#[derive(Debug, Args)]
pub struct Verify {
    /// The receipt's name, clinics/.../treatmentPlans/.../recommendations/...
    #[arg(value_name = "RECEIPT")]
    name: String,

    #[command(flatten)]
    width: Width,

    #[command(flatten)]
    server: Server,
}

impl Verify {
    /// Asks and prints.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let mut plans = TreatmentPlanServiceClient::new(self.server.connect().await?);
        let request = VerifyRecommendationRequest { name: self.name };
        let answer = answered("VerifyRecommendation", plans.verify_recommendation(asked(request)).await)?;
        say(receipt::verified(self.width.paper(), &answer))?;
        Ok(if answer.verified { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
