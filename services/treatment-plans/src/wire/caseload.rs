//! The caseload on the wire: where each active plan stands, and what it needs.

use taper_api::v1;
use taper_core::caseload::{Attention, Standing};
use taper_kit::fields::Fields;
use taper_kit::name;

use super::{advice, date, number};
use crate::wire::decision::phase_number;

/// Every need with its number on the wire.
const ATTENTIONS: [(Attention, v1::Attention); 9] = [
    (Attention::Stopped, v1::Attention::Stopped),
    (Attention::ReferralOpen, v1::Attention::ReferralOpen),
    (Attention::SetBack, v1::Attention::SetBack),
    (Attention::NotResponding, v1::Attention::NotResponding),
    (Attention::ReviewDue, v1::Attention::ReviewDue),
    (Attention::ReadyToStepDown, v1::Attention::ReadyToStepDown),
    (Attention::BehindOnVisits, v1::Attention::BehindOnVisits),
    (Attention::ReadyToAdvance, v1::Attention::ReadyToAdvance),
    (Attention::ReadyForDischarge, v1::Attention::ReadyForDischarge),
];

/// The needs of a filter; each number that is none is noted.
pub(crate) fn attentions(given: &[i32], fields: &mut Fields) -> Vec<Attention> {
    let mut wanted = Vec::new();
    if !fields.within_items_max("attentions", given.len()) {
        return wanted;
    }
    for (place, given) in given.iter().enumerate() {
        match ATTENTIONS.iter().find(|(_, wire)| i32::from(*wire) == *given) {
            Some((attention, _)) => wanted.push(*attention),
            None => {
                let known: Vec<&str> = ATTENTIONS.iter().map(|(_, wire)| wire.as_str_name()).collect();
                let message = format!("is {given}, which is none of the codes; one of: {}", known.join(", "));
                fields.fault(format!("attentions[{place}]"), message);
            }
        }
    }
    wanted
}

/// One active plan.
pub(crate) fn entry(plan: &name::Plan, standing: &Standing) -> v1::CaseloadEntry {
    let therapist = |therapist| name::Therapist { clinic: plan.clinic.clone(), therapist }.to_string();
    v1::CaseloadEntry {
        treatment_plan: plan.to_string(),
        therapist: standing.therapist.map(therapist).unwrap_or_default(),
        phase: standing.phase.map(phase_number).unwrap_or_default(),
        rung: standing.step.map(advice::rung),
        attentions: standing.attention.iter().map(|attention| attention_number(*attention)).collect(),
        last_visit_date: standing.last_visit.map(date),
        next_review_date: standing.next_review.map(date),
        days_on_rung: standing.days_on_step.map(number).unwrap_or_default(),
    }
}

fn attention_number(attention: Attention) -> i32 {
    let found = ATTENTIONS.iter().find(|(known, _)| *known == attention);
    found.map(|(_, wire)| i32::from(*wire)).unwrap_or_default()
}
