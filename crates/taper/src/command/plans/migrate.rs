//! `taper plans migrate`: shows in what the advice differs under another protocol version, and moves the plan to it.

use std::process::ExitCode;

use clap::Args;
use taper_api::v1::treatment_plan_service_client::TreatmentPlanServiceClient;
use taper_api::v1::{MigrateTreatmentPlanRequest, MigrateTreatmentPlanResponse};

use crate::command::arguments::Sheet;
use crate::connection::{answered, asked, request_id};
use crate::paper::{Paper, say};
use crate::story::words;
use crate::suppose;

use super::place::Place;

/// Shows in what today's advice differs under another version; with the etag that it prints, moves the plan there.
#[derive(Debug, Args)]
pub struct Migrate {
    #[command(flatten)]
    place: Place,

    /// The version to go to, [clinics/.../]protocols/.../versions/...
    #[arg(long, value_name = "NAME")]
    to: String,

    /// Do it, for the plan as it was when the difference was shown; without it nothing is stored
    #[arg(long, value_name = "ETAG")]
    etag: Option<String>,

    #[command(flatten)]
    sheet: Sheet,
}

impl Migrate {
    /// Asks and prints.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let found = self.place.find().await?;
        let request = MigrateTreatmentPlanRequest {
            name: found.name.to_string(),
            protocol: self.to,
            validate_only: self.etag.is_none(),
            etag: self.etag.clone().unwrap_or_default(),
            request_id: request_id(),
        };
        let mut plans = TreatmentPlanServiceClient::new(found.channel);
        let answer = answered("MigrateTreatmentPlan", plans.migrate_treatment_plan(asked(request)).await)?;
        say(told(self.sheet.paper(), &answer, self.etag.is_some(), self.sheet.all))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn told(paper: Paper, answer: &MigrateTreatmentPlanResponse, is_done: bool, is_all: bool) -> String {
    let plan = answer.treatment_plan.clone().unwrap_or_default();
    let (name, protocol) = (words::last_part(&plan.name), words::protocol(&plan.protocol));
    let would = if is_done { "follows" } else { "would follow" };
    let mut lines = vec![paper.heading(&format!("Plan {name} {would} {protocol}"))];
    lines.extend(suppose::differences(paper, &Default::default(), &answer.differences, is_all));
    lines.push(match is_done {
        true => "The plan was moved; what was decided under the other version stays.".to_owned(),
        false => format!("Nothing was stored. To move the plan: the same with --etag {}", plan.etag),
    });
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use taper_api::v1::{Difference, TreatmentPlan};

    use super::*;

    #[test]
    fn the_difference_is_shown_first_and_how_to_go_on() {
        let plan = TreatmentPlan {
            name: "clinics/c/patients/p/injuries/i/treatmentPlans/t".to_owned(),
            protocol: "protocols/hamstring-strain/versions/2".to_owned(),
            etag: "3".to_owned(),
            ..Default::default()
        };
        let difference =
            Difference { path: "phase_action".into(), before: "hold".into(), after: "advance".into(), direction: 1 };
        let answer = MigrateTreatmentPlanResponse { treatment_plan: Some(plan), differences: vec![difference] };
        let shown = told(Paper::plain(), &answer, false, false);
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines[0], "Plan t would follow hamstring-strain, version 2");
        assert!(lines[2].contains("phase action") && lines[2].contains("hold -> advance"), "{shown}");
        assert!(shown.ends_with("Nothing was stored. To move the plan: the same with --etag 3"), "{shown}");
        let done = told(Paper::plain(), &answer, true, false);
        assert!(done.starts_with("Plan t follows ") && done.contains("The plan was moved"), "{done}");
    }
}
