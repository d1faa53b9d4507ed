//! `taper caseload`: the clinic's active plans, a page at a time, with what each needs next.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, ValueEnum};
use jiff::civil::Date;
use taper_api::v1;
use taper_api::v1::patient_service_client::PatientServiceClient;
use taper_api::v1::treatment_plan_service_client::TreatmentPlanServiceClient;
use tonic::Code;

use crate::caseload;
use crate::command::arguments::date;
use crate::connection::{Connection, Server, answered, asked};
use crate::paper::{Paper, say};
use crate::play::wire;

/// Lists a clinic's active plans with what each needs next: who is due for review, ready for fewer visits, stopped.
#[derive(Debug, Args)]
pub struct Caseload {
    /// The clinic, by its slug
    #[arg(long, value_name = "CLINIC")]
    clinic: String,

    /// Only plans of this therapist, by the id or the whole name
    #[arg(long, value_name = "THERAPIST")]
    therapist: Option<String>,

    /// Only plans that need one of these
    #[arg(long, value_name = "NEED,...", value_delimiter = ',', value_enum)]
    attention: Vec<Need>,

    /// As of this day; today when absent. Plans that have ended since then are not listed
    #[arg(long, value_name = "DATE", value_parser = date)]
    as_of: Option<Date>,

    /// Plans that are looked at for one page
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(i32).range(1..=1000))]
    page_size: i32,

    /// Pages to print
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pages: u32,

    /// Print every page
    #[arg(long, conflicts_with = "pages")]
    all: bool,

    /// Begin with this page, which an earlier answer named
    #[arg(long, value_name = "TOKEN", default_value = "", hide_default_value = true)]
    page_token: String,

    #[command(flatten)]
    server: Server,
}

/// What a plan may need.
#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Need {
    /// A referral stops the treatment
    Stopped,
    /// A referral is open that stops nothing
    ReferralOpen,
    /// Going back a phase or a rung is advised
    SetBack,
    /// The case does not respond
    NotResponding,
    /// A review is due
    ReviewDue,
    /// The next rung is advised
    ReadyToStepDown,
    /// Fewer visits than prescribed
    BehindOnVisits,
    /// The next phase is advised
    ReadyToAdvance,
    /// Discharge is advised
    ReadyForDischarge,
}

impl Need {
    fn attention(self) -> v1::Attention {
        match self {
            Self::Stopped => v1::Attention::Stopped,
            Self::ReferralOpen => v1::Attention::ReferralOpen,
            Self::SetBack => v1::Attention::SetBack,
            Self::NotResponding => v1::Attention::NotResponding,
            Self::ReviewDue => v1::Attention::ReviewDue,
            Self::ReadyToStepDown => v1::Attention::ReadyToStepDown,
            Self::BehindOnVisits => v1::Attention::BehindOnVisits,
            Self::ReadyToAdvance => v1::Attention::ReadyToAdvance,
            Self::ReadyForDischarge => v1::Attention::ReadyForDischarge,
        }
    }
}

/// Wide enough for the needs of a plan beside its dates.
const WIDTH: usize = 140;

impl Caseload {
    /// Asks page after page, and prints each as it comes.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let paper = Paper::of_stdout().as_wide_as(WIDTH);
        let clinic = format!("clinics/{}", self.clinic.trim_start_matches("clinics/"));
        let therapist = match &self.therapist {
            None => String::new(),
            Some(name) if name.contains('/') => name.clone(),
            Some(id) => format!("{clinic}/therapists/{id}"),
        };
        let channel = self.server.connect().await?;
        let mut plans = TreatmentPlanServiceClient::new(channel.clone());
        let mut patients = PatientServiceClient::new(channel);
        let mut therapists: BTreeMap<String, String> = BTreeMap::new();
        let mut page_token = self.page_token.clone();
        let (mut pages, mut told) = (0_u32, 0_usize);
        loop {
            let request = v1::ListCaseloadRequest {
                parent: clinic.clone(),
                therapist: therapist.clone(),
                attentions: self.attention.iter().map(|need| need.attention().into()).collect(),
                as_of: self.as_of.map(wire::date),
                page_size: self.page_size,
                page_token: page_token.clone(),
            };
            let page = answered("ListCaseload", plans.list_caseload(asked(request)).await)?;
            if !page.entries.is_empty() {
                name_therapists(&mut patients, &page.entries, &mut therapists).await?;
                say(caseload::page(paper, &page.entries, &therapists, told == 0))?;
            }
            told = told.saturating_add(page.entries.len());
            pages = pages.saturating_add(1);
            if page.next_page_token == page_token && !page_token.is_empty() {
                bail!("the server gave the same page twice");
            }
            page_token = page.next_page_token;
            if page_token.is_empty() || (!self.all && pages >= self.pages) {
                break;
            }
        }
        say(ending(told, &page_token, self.as_of))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Adds the display names of the therapists of a page that are not known yet. A server without the patients service
/// leaves the ids.
async fn name_therapists(
    patients: &mut PatientServiceClient<Connection>,
    entries: &[v1::CaseloadEntry],
    therapists: &mut BTreeMap<String, String>,
) -> anyhow::Result<()> {
    for name in entries.iter().map(|entry| &entry.therapist).filter(|name| !name.is_empty()) {
        if therapists.contains_key(name) {
            continue;
        }
        let answer = patients.get_therapist(asked(v1::GetTherapistRequest { name: name.clone() })).await;
        if answer.as_ref().is_err_and(|refusal| refusal.code() == Code::Unimplemented) {
            return Ok(());
        }
        therapists.insert(name.clone(), answered("GetTherapist", answer)?.display_name);
    }
    Ok(())
}

/// How many were listed, whether there are more, and of another day which are left out.
fn ending(told: usize, page_token: &str, as_of: Option<Date>) -> String {
    let plans = crate::story::words::counted_items(told, "plan");
    let mut lines = vec![match page_token.is_empty() {
        true => format!("{plans}; that is all."),
        false => format!("{plans}; there are more: --all, or --page-token {page_token}"),
    }];
    let ended = as_of.map(|date| format!("Plans that were active on {date} and have ended since are not listed."));
    lines.extend(ended);
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_says_whether_there_is_more() {
        assert_eq!(ending(1, "", None), "1 plan; that is all.");
        assert_eq!(
            ending(0, "", Some(jiff::civil::date(2026, 3, 23))),
            "0 plans; that is all.\nPlans that were active on 2026-03-23 and have ended since are not listed."
        );
        assert_eq!(ending(50, "abc", None), "50 plans; there are more: --all, or --page-token abc");
    }

    #[test]
    fn every_need_of_the_contract_can_be_asked_for() {
        let mut needs: Vec<i32> = Need::value_variants().iter().map(|need| need.attention().into()).collect();
        needs.sort_unstable();
        assert_eq!(needs, Vec::from_iter(1..=9));
        assert!(v1::Attention::try_from(10).is_err(), "the contract has another need");
    }
}
