//! `taper plans visits`: how many visits of each kind, adherence, and the reviews due.

use std::process::ExitCode;

use clap::Args;
use taper_api::v1::GetVisitSummaryRequest;
use taper_api::v1::session_service_client::SessionServiceClient;

use crate::connection::asked;
use crate::paper::say;
use crate::visits;

use super::look::Look;

/// Prints the visits: attended of prescribed, by week and by area, and the reviews due.
#[derive(Debug, Args)]
pub struct Visits {
    #[command(flatten)]
    look: Look,
}

impl Visits {
    /// Asks and prints.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let found = self.look.place.find().await?;
        let request = GetVisitSummaryRequest {
            name: found.name.to_string(),
            as_of: self.look.as_of(),
            known_at: self.look.known_at,
        };
        let mut sessions = SessionServiceClient::new(found.channel);
        let summary = self.look.answered("GetVisitSummary", sessions.get_visit_summary(asked(request)).await)?;
        say(visits::told(self.look.sheet.paper(), &summary, self.look.sheet.all))?;
        Ok(ExitCode::SUCCESS)
    }
}
