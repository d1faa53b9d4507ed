//! GetTrends: the course of every measure within a plan, what did not respond to what, and what came of overrides.

use taper_api::v1::{GetTrendsRequest, Trends};
use taper_core::measure::MeasureCode;
use taper_core::refusal::Refusal;
use taper_core::trends::trends;
use taper_kit::fields::{Fields, latest_date};
use taper_kit::{Call, name};
use taper_store::{At, PlanKey, clinics, plans, protocols, records};
use taper_wire::{at, date};

use crate::context::Context;
use crate::wire;

/// Follows every measure of a plan up to a day.
pub async fn get_trends(context: &Context, call: Call, request: GetTrendsRequest) -> Result<Trends, Refusal> {
    let mut fields = Fields::new();
    let plan: Option<name::Plan> = fields.name("treatment_plan", &request.treatment_plan);
    let as_of = date::optional("as_of", request.as_of.as_ref(), &mut fields);
    let known_at = at::known_at(request.known_at.as_ref(), call.now, &mut fields);
    check_measures(&request.measures, &mut fields);
    let Some(plan) = plan else {
        return fields.finish(None);
    };

    let key = PlanKey { patient: plan.patient, injury: plan.injury, plan: plan.plan };
    let tx = context.read(&call, &plan.clinic).await?;
    let zone = clinics::get(&tx).await?.content.time_zone;
    let stored = plans::get(&tx, key, At { as_of: None, known_at }).await?.content;
    let last_known = zone.date_at(known_at.map_or(call.now, |known_at| known_at.min(call.now)));
    let as_of = as_of.unwrap_or(last_known.max(stored.start_date));
    if as_of > latest_date(&zone, call.now) {
        fields.fault("as_of", "is in the future");
    }
    fields.check_not_before("as_of", Some(as_of), stored.start_date, "the plan's first day");
    fields.finish(Some(()))?;
    let record = records::load(&tx, key, known_at).await?;
    let protocol = protocols::pinned(&tx, &stored.protocol).await?;
    drop(tx);
    Ok(wire::trends::answer(&plan, as_of, &trends(&protocol, &record, as_of), &request.measures))
}

fn check_measures(measures: &[String], fields: &mut Fields) {
    if !fields.within_items_max("measures", measures.len()) {
        return;
    }
    for (place, code) in measures.iter().enumerate() {
        fields.take(format!("measures[{place}]"), MeasureCode::parse(code));
    }
}
