//! Treatment plans on the wire: a plan that is asked for, checked within its protocol, and a stored plan as an answer.

use jiff::civil::Date;
use taper_api::v1;
use taper_core::ids::PlanId;
use taper_core::protocol::Protocol;
use taper_core::record::codes::{Area, PlanState};
use taper_core::record::plan::{FocusShare, FrequencyStep, Plan, Policy};
use taper_core::value::{Percent, ValueFault, VisitMinutes, VisitsPerWeek};
use taper_kit::fields::Fields;
use taper_kit::name;
use taper_store::Stored;
use taper_wire::policy;

use super::protocol::Named;
use super::{code_number, optional_date, timestamp};
use crate::standing::Standing;

/// A plan as it was asked for; a part that is faulty was noted.
pub(crate) struct Draft {
    /// The protocol version by name; none takes the newest for the injury.
    pub protocol: Option<Named>,
    pub policy: Policy,
    steps: Vec<FrequencyStep>,
    focus: Vec<FocusShare>,
    /// The first day; none is today.
    pub start_date: Option<Date>,
}

/// Reads a plan that is to be created.
pub(crate) fn draft(plan: &v1::TreatmentPlan, fields: &mut Fields) -> Draft {
    Draft {
        protocol: named(&plan.protocol, fields),
        policy: policy::read("treatment_plan.policy", plan.policy.as_ref(), fields),
        steps: steps(&plan.frequency_steps, fields),
        focus: focus(&plan.focus, fields),
        start_date: optional_date("treatment_plan.start_date", plan.start_date.as_ref(), fields),
    }
}

fn named(protocol: &str, fields: &mut Fields) -> Option<Named> {
    if protocol.is_empty() { None } else { Named::read("treatment_plan.protocol", protocol, fields) }
}

impl Draft {
    /// The plan under this protocol, with the clinic's default policy, and the protocol's ladder and shares, where
    /// nothing was asked for.
    pub fn build(mut self, protocol: &Protocol, default: &Policy, start_date: Date, fields: &mut Fields) -> Plan {
        check_policy(&self.policy, protocol, fields);
        self.policy = self.policy.or(&protocol.allowed(default));
        let or_default = |given: Vec<FrequencyStep>| {
            if given.is_empty() { protocol.ladder.steps.clone() } else { given }
        };
        let focus = if self.focus.is_empty() { protocol.ladder.focus.clone() } else { self.focus };
        Plan {
            protocol: protocol.reference.clone(),
            policy: self.policy,
            steps: or_default(self.steps),
            focus,
            start_date,
            state: PlanState::Draft,
        }
    }
}

fn steps(items: &[v1::FrequencyStep], fields: &mut Fields) -> Vec<FrequencyStep> {
    let field = "treatment_plan.frequency_steps";
    let mut read: Vec<FrequencyStep> = Vec::new();
    if !fields.within_items_max(field, items.len()) {
        return read;
    }
    for (place, item) in items.iter().enumerate() {
        let path = format!("{field}[{place}]");
        let visits = VisitsPerWeek::new(i64::from(item.session_count_per_week));
        let visits_per_week = fields.take(format!("{path}.session_count_per_week"), visits);
        let minutes = fields.take(format!("{path}.minutes"), VisitMinutes::new(i64::from(item.minutes)));
        let (Some(visits_per_week), Some(minutes)) = (visits_per_week, minutes) else {
            continue;
        };
        if read.last().is_some_and(|above| above.visits_per_week <= visits_per_week) {
            let message = "must be fewer visits a week than the rung before; list the rungs from most visits to fewest";
            fields.fault(format!("{path}.session_count_per_week"), message);
        }
        read.push(FrequencyStep { visits_per_week, minutes });
    }
    read
}

fn focus(items: &[v1::FocusShare], fields: &mut Fields) -> Vec<FocusShare> {
    let field = "treatment_plan.focus";
    let mut read: Vec<FocusShare> = Vec::new();
    if items.is_empty() || !fields.within_items_max(field, items.len()) {
        return read;
    }
    for (place, item) in items.iter().enumerate() {
        let path = format!("{field}[{place}]");
        let area = fields.code(&format!("{path}.area"), item.area, "AREA", Area::ALL);
        let percent = fields.take(format!("{path}.percent"), share(item.percent));
        if area.is_some_and(|area| read.iter().any(|earlier| earlier.area == area)) {
            fields.fault(format!("{path}.area"), "is listed twice; give each area once");
        }
        if let (Some(area), Some(percent)) = (area, percent) {
            read.push(FocusShare { area, percent });
        }
    }
    let sum: i64 = items.iter().map(|item| i64::from(item.percent)).sum();
    if read.len() == items.len() && sum != 100 {
        fields.fault(field, format!("sums to {sum} percent; the shares must sum to 100"));
    }
    read
}

/// A share of nothing is no share.
fn share(percent: i32) -> Result<Percent, ValueFault> {
    if percent == 0 {
        return Err(ValueFault::Other("is 0; allowed is 1 to 100 percent".to_owned()));
    }
    Percent::new(i64::from(percent))
}

/// The clinic chooses only what its protocol leaves open.
fn check_policy(policy: &Policy, protocol: &Protocol, fields: &mut Fields) {
    for (field, message) in protocol.policy_faults(policy) {
        let unit = if field.starts_with("pain_limit") { "_nprs" } else { "" };
        fields.fault(format!("treatment_plan.policy.{field}{unit}"), message);
    }
}

/// The rung with so many visits a week, as its place in the ladder; none when the plan has no such rung.
pub(crate) fn rung(plan: &Plan, visits: i32) -> Option<u8> {
    let of_visits = |step: &FrequencyStep| i32::from(step.visits_per_week.get()) == visits;
    plan.steps.iter().position(of_visits).and_then(|place| u8::try_from(place).ok())
}

/// What to say of a number of visits that is no rung of the plan.
pub(crate) fn not_a_rung(plan: &Plan, visits: i32) -> String {
    let rungs: Vec<String> = plan.steps.iter().map(|step| step.visits_per_week.get().to_string()).collect();
    format!("is {visits}, which is no rung of the plan; its rungs are {} a week", rungs.join(", "))
}

/// A stored plan as an answer, with what is in force by its decisions.
pub(crate) fn plan(injury: &name::Injury, stored: Stored<PlanId, Plan>, standing: Standing) -> v1::TreatmentPlan {
    let content = stored.content;
    let name =
        name::Plan { clinic: injury.clinic.clone(), patient: injury.patient, injury: injury.injury, plan: stored.id };
    v1::TreatmentPlan {
        name: name.to_string(),
        protocol: super::protocol::name(&injury.clinic, &content.protocol),
        policy: Some(policy::answer(&content.policy)),
        frequency_steps: content.steps.iter().copied().map(step).collect(),
        focus: content.focus.iter().map(wire_share).collect(),
        start_date: Some(super::date(content.start_date)),
        state: code_number(content.state, PlanState::ALL),
        phase: standing.phase.map(super::decision::phase_number).unwrap_or_default(),
        frequency_step: standing.step.map(step),
        etag: stored.version.to_string(),
        create_time: Some(timestamp(stored.create_time)),
        update_time: Some(timestamp(stored.update_time)),
    }
}

fn step(step: FrequencyStep) -> v1::FrequencyStep {
    v1::FrequencyStep {
        session_count_per_week: i32::from(step.visits_per_week.get()),
        minutes: i32::from(step.minutes.get()),
    }
}

fn wire_share(share: &FocusShare) -> v1::FocusShare {
    v1::FocusShare { area: code_number(share.area, Area::ALL), percent: i32::from(share.percent.get()) }
}
