//! `taper plans forecast`: the visits, weeks and dates that are left, and what they cost under several ladders.

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use jiff::civil::Date;
use taper_api::google::r#type::Money;
use taper_api::v1::treatment_plan_service_client::TreatmentPlanServiceClient;
use taper_api::v1::{Coverage, ForecastTaperRequest, GetTreatmentPlanRequest, Ladder, Rung, TreatmentPlan};
use taper_core::currency::minor_digits;

use crate::command::arguments::{Width, date};
use crate::connection::{answered, asked};
use crate::paper::say;
use crate::play::wire;
use crate::{forecast, money};

use super::place::{Found, Place};

/// Prints what is left of the taper as a median with an 80% interval, and with a price what it costs.
#[derive(Debug, Args)]
pub struct Forecast {
    #[command(flatten)]
    place: Place,

    /// From this day on; today when absent
    #[arg(long, value_name = "DATE", value_parser = date)]
    as_of: Option<Date>,

    #[command(flatten)]
    insurance: Insurance,

    /// Another ladder to compare the costs with, by its visits a week, with minutes if they differ: 3,2,1 or 3x45,1x30;
    /// up to three times
    #[arg(long = "ladder", value_name = "VISITS,...", value_parser = rungs, requires = "price")]
    ladders: Vec<Rungs>,

    #[command(flatten)]
    width: Width,
}

/// What the patient's insurance covers; amounts like 120.00, with the decimals of the currency.
#[derive(Debug, Args)]
struct Insurance {
    /// Price of a session; without it no costs are told
    #[arg(long, value_name = "AMOUNT")]
    price: Option<String>,

    /// The currency of every amount, by its three letters
    #[arg(long, value_name = "CODE", default_value = "USD", value_parser = currency)]
    currency: String,

    /// What is left of the deductible
    #[arg(long, value_name = "AMOUNT", requires = "price")]
    deductible: Option<String>,

    /// Fixed part of the patient for each visit after the deductible
    #[arg(long, value_name = "AMOUNT", requires = "price", conflicts_with = "coinsurance")]
    copay: Option<String>,

    /// Part of the patient after the deductible, in percent
    #[arg(long, value_name = "PERCENT", requires = "price", value_parser = clap::value_parser!(i32).range(0..=100))]
    coinsurance: Option<i32>,

    /// Visits that are still covered
    #[arg(long, value_name = "N", requires = "price", value_parser = clap::value_parser!(i32).range(0..))]
    visit_cap: Option<i32>,

    /// Visits that are still authorised
    #[arg(long, value_name = "N", requires = "price", value_parser = clap::value_parser!(i32).range(0..))]
    authorized: Option<i32>,

    /// What is left to the out-of-pocket maximum
    #[arg(long, value_name = "AMOUNT", requires = "price")]
    out_of_pocket: Option<String>,
}

/// Visits a week and, if given, minutes of each rung.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Rungs(Vec<(i32, Option<i32>)>);

impl Forecast {
    /// Asks and prints.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let coverage = self.insurance.coverage()?;
        if self.ladders.len() > 3 {
            bail!("at most three other ladders are compared; there are {}", self.ladders.len());
        }
        let found = self.place.find().await?;
        let mut plans = TreatmentPlanServiceClient::new(found.channel.clone());
        let alternatives = if self.ladders.is_empty() { Vec::new() } else { ladders(&found, &self.ladders).await? };
        let request = ForecastTaperRequest {
            name: found.name.to_string(),
            as_of: self.as_of.map(wire::date),
            coverage,
            alternatives,
        };
        let answer = answered("ForecastTaper", plans.forecast_taper(asked(request)).await)?;
        let on = self.as_of.map(|date| date.to_string()).unwrap_or_default();
        say(forecast::told(self.width.paper(), &found.name.to_string(), &on, &answer))?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Insurance {
    fn coverage(&self) -> anyhow::Result<Option<Coverage>> {
        let Some(price) = &self.price else { return Ok(None) };
        let amount = |text: &str, option: &str| -> anyhow::Result<Money> {
            money::parse(text, &self.currency).map_err(|fault| anyhow::anyhow!("{option}: {fault}"))
        };
        let optional =
            |text: &Option<String>, option: &str| text.as_deref().map(|text| amount(text, option)).transpose();
        Ok(Some(Coverage {
            session_price: Some(amount(price, "--price")?),
            deductible_remaining: optional(&self.deductible, "--deductible")?,
            copay: optional(&self.copay, "--copay")?,
            coinsurance_percent: self.coinsurance,
            visit_count_cap: self.visit_cap,
            authorized_visit_count: self.authorized,
            out_of_pocket_remaining: optional(&self.out_of_pocket, "--out-of-pocket")?,
        }))
    }
}

fn currency(text: &str) -> Result<String, String> {
    match minor_digits(text) {
        Some(_) => Ok(text.to_owned()),
        None => Err("it must be a currency of ISO 4217 in three capital letters, for example USD".to_owned()),
    }
}

/// Reads `3,2,1` or `3x45,2x30`.
fn rungs(text: &str) -> Result<Rungs, String> {
    let mut rungs = Vec::new();
    for part in text.split(',') {
        let (count, minutes) = part.split_once('x').map_or((part, None), |(count, minutes)| (count, Some(minutes)));
        let number = |text: &str| text.trim().parse::<i32>().ok();
        let count = number(count).filter(|count| (1..=7).contains(count));
        let count = count.ok_or_else(|| format!("{part:?} must be 1 to 7 visits a week, for example 3 or 3x45"))?;
        let minutes = match minutes {
            None => None,
            Some(minutes) => Some(number(minutes).ok_or_else(|| format!("{part:?} must name minutes after the x"))?),
        };
        rungs.push((count, minutes));
    }
    Ok(Rungs(rungs))
}

/// Where no minutes are given, those of the plan's own rung of as many visits, or of its first rung.
async fn ladders(found: &Found, ladders: &[Rungs]) -> anyhow::Result<Vec<Ladder>> {
    let mut plans = TreatmentPlanServiceClient::new(found.channel.clone());
    let request = GetTreatmentPlanRequest { name: found.name.to_string(), ..Default::default() };
    let plan = answered("GetTreatmentPlan", plans.get_treatment_plan(asked(request)).await)?;
    ladders.iter().map(|rungs| ladder(&plan, rungs)).collect()
}

fn ladder(plan: &TreatmentPlan, rungs: &Rungs) -> anyhow::Result<Ladder> {
    let mut ladder = Ladder::default();
    for (count, minutes) in &rungs.0 {
        let same = plan.frequency_steps.iter().find(|step| step.session_count_per_week == *count);
        let known = same.or(plan.frequency_steps.first()).or(plan.frequency_step.as_ref());
        let minutes = minutes.or(known.map(|step| step.minutes));
        let minutes = minutes.context("the plan names no minutes of a visit; write them as 3x30,2x30")?;
        ladder.rungs.push(Rung { session_count_per_week: *count, minutes });
    }
    Ok(ladder)
}

#[cfg(test)]
mod tests {
    use taper_api::v1::FrequencyStep;

    use super::*;

    #[test]
    fn a_ladder_reads_visits_and_minutes() {
        assert_eq!(rungs("3,2,1"), Ok(Rungs(vec![(3, None), (2, None), (1, None)])));
        assert_eq!(rungs("3x45,1x30"), Ok(Rungs(vec![(3, Some(45)), (1, Some(30))])));
        for text in ["", "8", "0", "3,,1", "3x", "x30", "three"] {
            assert!(rungs(text).is_err(), "{text}");
        }
    }

    #[test]
    fn minutes_that_are_not_given_are_the_plans() {
        let step = |count, minutes| FrequencyStep { session_count_per_week: count, minutes };
        let plan = TreatmentPlan { frequency_steps: vec![step(3, 45), step(2, 30)], ..Default::default() };
        let ladder = ladder(&plan, &Rungs(vec![(4, None), (2, None), (1, Some(20))])).unwrap();
        let minutes: Vec<i32> = ladder.rungs.iter().map(|rung| rung.minutes).collect();
        assert_eq!(minutes, [45, 30, 20]);
        assert!(super::ladder(&TreatmentPlan::default(), &Rungs(vec![(2, None)])).is_err());
    }
}
