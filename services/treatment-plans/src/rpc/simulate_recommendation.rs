//! SimulateRecommendation: what would be advised if more were on record; nothing is stored.

use jiff::ToSpan;
use jiff::civil::Date;
use taper_api::v1;
use taper_core::difference::differences;
use taper_core::limits;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name};
use taper_store::{At, Store, plans, protocols, records};
use taper_wire::begin;

use crate::answer::{Answer, With};
use crate::hypothetical::{self, Bounds};
use crate::place::{Present, plan_key};
use crate::wire;

pub(crate) async fn simulate_recommendation(
    store: &Store,
    call: Call,
    request: v1::SimulateRecommendationRequest,
) -> Result<v1::SimulateRecommendationResponse, Refusal> {
    let mut fields = Fields::new();
    let name: Option<name::Plan> = fields.name("name", &request.name);
    let as_of = wire::optional_date("as_of", request.as_of.as_ref(), &mut fields);
    let Some(name) = name else {
        return fields.finish(None);
    };

    let tx = begin::read(store, &call, &name).await?;
    let present = Present::of(&tx, &call).await?;
    let plan = plans::get(&tx, plan_key(&name), At::NOW).await?;
    let start = plan.content.start_date;
    let as_of = possible_day(as_of.unwrap_or(present.today.max(start)), start, &present, &mut fields);
    let record = records::load(&tx, plan_key(&name), None).await?;
    let protocol = protocols::pinned(&tx, &plan.content.protocol).await?;
    drop(tx);
    let from = Answer { plan: &name, etag: plan.version, protocol: &protocol, record: &record };
    let (advice, on_record) = from.on(as_of, With { text: request.include_text, counterfactuals: false });
    let bounds = Bounds { record: &record, present: &present, as_of, plan_state: advice.plan_state };
    let facts = hypothetical::read(&request.facts, &call, &bounds, &mut fields);
    fields.finish(Some(()))?;

    let supposed = hypothetical::with(&record, facts, &call);
    let with = With { text: request.include_text, counterfactuals: request.include_counterfactuals };
    let (would_be, simulated) = Answer { record: &supposed, ..from }.on(as_of, with);
    Ok(v1::SimulateRecommendationResponse {
        present: Some(on_record),
        simulated: Some(simulated),
        differences: wire::difference::differences(&differences(&advice, &would_be)),
    })
}

/// A simulation may ask for days to come, but not for ever. A day that it may not ask for is noted, and the nearest one
/// taken in its place, so that the facts can be looked at all the same.
fn possible_day(asked: Date, start: Date, present: &Present, fields: &mut Fields) -> Date {
    let days_max = i64::try_from(limits::SIMULATION_DAYS_AHEAD_MAX).unwrap_or_default();
    let last = present.today.checked_add(days_max.days()).unwrap_or(present.today);
    if asked > last {
        fields.fault("as_of", format!("is more than {days_max} days ahead"));
    }
    if asked < start {
        fields.fault("as_of", "is before the plan's first day");
    }
    asked.min(last).max(start)
}
