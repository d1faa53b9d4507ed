//! Which plan, on which server: by its whole name, or within a clinic by its id or because there is only one.

use anyhow::{Context, bail};
use clap::Args;
use taper_api::v1;
use taper_api::v1::patient_service_client::PatientServiceClient;
use taper_api::v1::treatment_plan_service_client::TreatmentPlanServiceClient;
use taper_kit::name;

use crate::connection::{Connection, Server, answered, asked};
use crate::story::words;

/// Patients of a clinic that are looked through for a plan.
const PATIENTS_MAX: i32 = 100;

/// Plans that are named where there is a choice.
const CHOICES_TOLD: usize = 10;

/// The plan that is asked about.
#[derive(Debug, Args)]
pub struct Place {
    /// The plan's name, clinics/.../treatmentPlans/...; with --clinic its id is enough, or nothing where it is the only one
    #[arg(value_name = "PLAN", required_unless_present = "clinic")]
    plan: Option<String>,

    /// The clinic that the plan is looked for in, by its slug
    #[arg(long, value_name = "CLINIC")]
    clinic: Option<String>,

    #[command(flatten)]
    server: Server,
}

/// A plan that was found, with the connection to its server.
pub struct Found {
    /// The connection.
    pub channel: Connection,
    /// The plan's whole name.
    pub name: name::Plan,
}

impl Place {
    /// Connects, and finds the plan.
    pub async fn find(&self) -> anyhow::Result<Found> {
        let whole = self.plan.as_ref().filter(|plan| plan.contains('/'));
        if let Some(text) = whole {
            let name: name::Plan = text.parse().map_err(|fault| anyhow::anyhow!("the plan's name {fault}"))?;
            return Ok(Found { channel: self.server.connect().await?, name });
        }
        let clinic = self.clinic.as_ref().context("an id alone needs --clinic; or give the plan's whole name")?;
        let clinic = format!("clinics/{}", clinic.trim_start_matches("clinics/"));
        let channel = self.server.connect().await?;
        let mut plans = plans_of(channel.clone(), &clinic).await?;
        if let Some(id) = &self.plan {
            plans.retain(|plan| words::last_part(&plan.name) == id);
        }
        let name = only(&clinic, &plans)?.parse().map_err(|fault| anyhow::anyhow!("the plan's name {fault}"))?;
        Ok(Found { channel, name })
    }
}

async fn plans_of(channel: Connection, clinic: &str) -> anyhow::Result<Vec<v1::TreatmentPlan>> {
    let mut patients = PatientServiceClient::new(channel.clone());
    let mut service = TreatmentPlanServiceClient::new(channel);
    let request = v1::ListPatientsRequest { parent: clinic.to_owned(), page_size: PATIENTS_MAX, ..Default::default() };
    let page = answered("ListPatients", patients.list_patients(asked(request)).await)?;
    if !page.next_page_token.is_empty() {
        bail!(
            "{clinic} has more than {PATIENTS_MAX} patients: give the plan's whole name; `taper caseload` prints them"
        );
    }
    let mut plans = Vec::new();
    for patient in page.patients {
        let request = v1::ListInjuriesRequest { parent: patient.name, page_size: 1000, ..Default::default() };
        for injury in answered("ListInjuries", patients.list_injuries(asked(request)).await)?.injuries {
            let request = v1::ListTreatmentPlansRequest { parent: injury.name, page_size: 1000, ..Default::default() };
            let listed = answered("ListTreatmentPlans", service.list_treatment_plans(asked(request)).await)?;
            plans.extend(listed.treatment_plans);
        }
    }
    Ok(plans)
}

fn only<'p>(clinic: &str, plans: &'p [v1::TreatmentPlan]) -> anyhow::Result<&'p str> {
    match plans {
        [] => bail!("{clinic} has no such plan"),
        [one] => Ok(&one.name),
        several => {
            let names = several.iter().take(CHOICES_TOLD).map(|plan| {
                let state = words::value_name(plan.state().as_str_name(), "PLAN_STATE_");
                format!("\n  {} ({state})", plan.name)
            });
            let names: String = names.collect();
            bail!("{clinic} has {} plans; name one of them:{names}", several.len())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_plans_none_is_guessed() {
        let plan = |name: &str| v1::TreatmentPlan { name: name.to_owned(), ..Default::default() };
        assert_eq!(only("clinics/default", &[plan("a")]).unwrap(), "a");
        assert!(only("clinics/default", &[]).is_err());
        let told = only("clinics/default", &[plan("a"), plan("b")]).unwrap_err().to_string();
        assert!(told.contains("has 2 plans") && told.contains("\n  a (unspecified)\n  b"), "{told}");
    }
}
