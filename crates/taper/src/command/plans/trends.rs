//! `taper plans trends`: the course of each measure, what did not help, and the decisions against the advice.

use std::process::ExitCode;

use clap::Args;
use taper_api::v1::GetTrendsRequest;
use taper_api::v1::assessment_service_client::AssessmentServiceClient;

use crate::connection::asked;
use crate::course;
use crate::paper::say;

use super::look::Look;

/// Prints each number with what its change is worth, then what else changed; before that the red flags that were found
/// within the plan, and while the case does not respond what was tried.
///
/// Open referrals, and earlier treatments without help, are told by `taper plans explain`.
#[derive(Debug, Args)]
pub struct Course {
    #[command(flatten)]
    look: Look,

    /// Only this measure, by its code, and all its values; may be given more than once
    #[arg(long = "measure", value_name = "CODE")]
    measures: Vec<String>,
}

impl Course {
    /// Asks and prints.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let found = self.look.place.find().await?;
        // Whoever names measures wants to see all of them.
        let is_all = self.look.sheet.all || !self.measures.is_empty();
        let request = GetTrendsRequest {
            treatment_plan: found.name.to_string(),
            as_of: self.look.as_of(),
            known_at: self.look.known_at,
            measures: self.measures,
        };
        let mut assessments = AssessmentServiceClient::new(found.channel);
        let trends = self.look.answered("GetTrends", assessments.get_trends(asked(request)).await)?;
        say(course::told(self.look.sheet.paper(), &trends, is_all))?;
        Ok(ExitCode::SUCCESS)
    }
}
