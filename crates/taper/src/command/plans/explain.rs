//! `taper plans explain`: the advice on one screen, with what holds it and what would change it.

use std::process::ExitCode;

use clap::Args;
use taper_api::v1::patient_service_client::PatientServiceClient;
use taper_api::v1::treatment_plan_service_client::TreatmentPlanServiceClient;
use taper_api::v1::{GetInjuryRequest, GetPatientRequest, GetRecommendationRequest};
use tonic::{Code, Response, Status};

use crate::connection::{answered, asked};
use crate::explain;
use crate::paper::say;

use super::look::Look;
use super::place::Found;

/// Prints on one screen what is advised, what holds it, what would change it and from when, with the sources.
#[derive(Debug, Args)]
pub struct Explain {
    #[command(flatten)]
    look: Look,
}

impl Explain {
    /// Asks and prints.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let found = self.look.place.find().await?;
        let request = GetRecommendationRequest {
            name: found.name.to_string(),
            as_of: self.look.as_of(),
            include_text: true,
            known_at: self.look.known_at,
            include_counterfactuals: true,
        };
        let mut plans = TreatmentPlanServiceClient::new(found.channel.clone());
        let advice = self.look.answered("GetRecommendation", plans.get_recommendation(asked(request)).await)?;
        let whose = whose(&found).await?;
        say(explain::explained(self.look.sheet.paper(), &whose, &advice, self.look.sheet.all))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The patient and the injury in a line, so that nobody reads the advice for another; empty where the server has no
/// service of patients.
async fn whose(found: &Found) -> anyhow::Result<String> {
    let mut patients = PatientServiceClient::new(found.channel.clone());
    let injury = found.name.injury();
    let request = GetPatientRequest { name: injury.patient().to_string(), ..Default::default() };
    let patient = patients.get_patient(asked(request)).await;
    if is_not_served(&patient) {
        return Ok(String::new());
    }
    let patient = answered("GetPatient", patient)?;
    let request = GetInjuryRequest { name: injury.to_string(), ..Default::default() };
    let injury = answered("GetInjury", patients.get_injury(asked(request)).await)?;
    Ok(explain::whose(&patient, &injury))
}

fn is_not_served<M>(answer: &Result<Response<M>, Status>) -> bool {
    answer.as_ref().is_err_and(|refusal| refusal.code() == Code::Unimplemented)
}
