//! `taper plans simulate`: what would be advised if something else were on record.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{ArgGroup, Args};
use jiff::civil::Date;
use taper_api::v1;
use taper_api::v1::assessment_service_client::AssessmentServiceClient;
use taper_api::v1::patient_service_client::PatientServiceClient;
use taper_api::v1::treatment_plan_service_client::TreatmentPlanServiceClient;
use taper_core::record::clinic::TimeZoneName;
use taper_core::record::plan::FrequencyStep;
use taper_core::value::{VisitMinutes, VisitsPerWeek};
use taper_kit::Clock;

use crate::command::arguments::{Sheet, date};
use crate::connection::{answered, asked};
use crate::paper::say;
use crate::play::wire;
use crate::suppose;
use crate::suppose::facts::{self, Supposed, Surroundings};

use super::place::{Found, Place};

/// Prints what is advised now beside what would be advised with some more facts; nothing is stored.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("supposed").args(["facts", "measures"]).required(true).multiple(true)))]
pub struct Simulate {
    #[command(flatten)]
    place: Place,

    /// A file of facts (TOML): [[assess]], [[session]], [[activity]], [[decide]], each with a date or a day since the
    /// onset, written as in a golden case
    #[arg(long, value_name = "FILE")]
    facts: Option<PathBuf>,

    /// One result of one measure, for example palpation_length_cm=3 or pain_running=1@tie_in; may be given more than once.
    /// `taper measures` lists the codes
    #[arg(long = "measure", value_name = "CODE=VALUE[@SITE]")]
    measures: Vec<String>,

    /// The day of facts without one, and the day that is asked for; today when absent
    #[arg(long, value_name = "DATE", value_parser = date)]
    on: Option<Date>,

    /// Who measured and decides, clinics/.../therapists/...; whoever made the latest assessment when absent
    #[arg(long, value_name = "THERAPIST")]
    therapist: Option<String>,

    #[command(flatten)]
    sheet: Sheet,
}

impl Simulate {
    /// Asks and prints.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let text = match &self.facts {
            Some(file) => {
                Some(std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?)
            }
            None => None,
        };
        let found = self.place.find().await?;
        let around = self.surroundings(&found).await?;
        let mut supposed: Vec<Supposed> = facts::measured(&self.measures, &around)?;
        if let (Some(text), Some(file)) = (&text, &self.facts) {
            supposed.extend(facts::read(text, &around).with_context(|| file.display().to_string())?);
        }
        let latest = supposed.iter().map(|one| one.date).max().unwrap_or(around.on);
        let request = v1::SimulateRecommendationRequest {
            name: found.name.to_string(),
            as_of: Some(wire::date(latest.max(around.on))),
            facts: supposed.iter().map(|one| one.fact.clone()).collect(),
            include_text: true,
            include_counterfactuals: false,
        };
        let mut plans = TreatmentPlanServiceClient::new(found.channel);
        let answer = answered("SimulateRecommendation", plans.simulate_recommendation(asked(request)).await)?;
        let sentences: Vec<String> = supposed.into_iter().map(|one| one.sentence).collect();
        say(suppose::compared(self.sheet.paper(), &sentences, &answer, self.sheet.all))?;
        Ok(ExitCode::SUCCESS)
    }

    /// What the facts need to be read: onset, today, therapist, ladder, time zone.
    async fn surroundings(&self, found: &Found) -> anyhow::Result<Surroundings> {
        let mut patients = PatientServiceClient::new(found.channel.clone());
        let mut plans = TreatmentPlanServiceClient::new(found.channel.clone());
        let name = found.name.injury().patient().clinic().to_string();
        let request = v1::GetClinicRequest { name };
        let clinic = answered("GetClinic", patients.get_clinic(asked(request)).await)?;
        let time_zone = TimeZoneName::parse(&clinic.time_zone)?;
        let request = v1::GetInjuryRequest { name: found.name.injury().to_string(), ..Default::default() };
        let injury = answered("GetInjury", patients.get_injury(asked(request)).await)?;
        let onset = wire::civil(injury.onset_date.as_ref())?.context("the injury has no onset")?;
        let request = v1::GetTreatmentPlanRequest { name: found.name.to_string(), ..Default::default() };
        let plan = answered("GetTreatmentPlan", plans.get_treatment_plan(asked(request)).await)?;
        let on = match self.on {
            Some(on) => on,
            None => Clock::system().now().in_tz(time_zone.as_str())?.date(),
        };
        let therapist = match &self.therapist {
            Some(therapist) => therapist.clone(),
            None => latest_tester(found).await?,
        };
        Ok(Surroundings { onset, on, therapist, ladder: ladder(&plan)?, time_zone })
    }
}

/// The plan's own rungs, or its protocol's.
fn ladder(plan: &v1::TreatmentPlan) -> anyhow::Result<Vec<FrequencyStep>> {
    let mut ladder = Vec::new();
    for step in &plan.frequency_steps {
        ladder.push(FrequencyStep {
            visits_per_week: VisitsPerWeek::new(step.session_count_per_week.into())?,
            minutes: VisitMinutes::new(step.minutes.into())?,
        });
    }
    if ladder.is_empty() {
        let name = |protocol: &taper_core::protocol::Protocol| {
            format!("protocols/{}/versions/{}", protocol.reference.protocol, protocol.reference.version)
        };
        let found = taper_core::protocol::builtin().iter().find(|protocol| name(protocol) == plan.protocol);
        ladder.extend(found.into_iter().flat_map(|protocol| protocol.ladder.steps.clone()));
    }
    Ok(ladder)
}

/// Who made the latest assessment with a name: values of two testers are not compared, so that another would tell nothing.
async fn latest_tester(found: &Found) -> anyhow::Result<String> {
    let mut assessments = AssessmentServiceClient::new(found.channel.clone());
    let mut latest: Option<(Option<Date>, String)> = None;
    let mut page_token = String::new();
    loop {
        let parent = found.name.injury().to_string();
        let request = v1::ListAssessmentsRequest { parent, page_size: 1000, page_token, ..Default::default() };
        let page = answered("ListAssessments", assessments.list_assessments(asked(request)).await)?;
        for one in page.assessments.into_iter().filter(|one| !one.therapist.is_empty() && !one.entered_in_error) {
            let date = wire::civil(one.date.as_ref())?;
            if latest.as_ref().is_none_or(|(known, _)| *known <= date) {
                latest = Some((date, one.therapist));
            }
        }
        if page.next_page_token.is_empty() {
            break;
        }
        page_token = page.next_page_token;
    }
    match latest {
        Some((_, therapist)) => Ok(therapist),
        None => bail!("no assessment names its therapist; name one with --therapist"),
    }
}
