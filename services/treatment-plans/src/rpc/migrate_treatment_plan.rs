//! MigrateTreatmentPlan: a plan goes to another version of a protocol, with the difference shown first.

use std::sync::Arc;

use jiff::civil::Date;
use taper_api::v1;
use taper_core::difference::{Difference, differences};
use taper_core::protocol::Protocol;
use taper_core::recommend::recommend;
use taper_core::record::Record;
use taper_core::record::codes::PlanState;
use taper_core::record::plan::Plan;
use taper_core::refusal::{Reason, Refusal};
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, Caller, name};
use taper_store::{At, Read, Store, plans, protocols, records};
use taper_wire::mutation::{answered_before, check_etag, commit};

use crate::place::{Present, plan_key};
use crate::wire::protocol::Named;
use crate::{standing, wire};

pub(crate) async fn migrate_treatment_plan(
    store: &Store,
    call: Call,
    request: v1::MigrateTreatmentPlanRequest,
) -> Result<v1::MigrateTreatmentPlanResponse, Refusal> {
    let mut fields = Fields::new();
    let method = "taper.v1.TreatmentPlanService/MigrateTreatmentPlan";
    let mutation = Mutation::read(method, &request, &request.request_id, &mut fields);
    let name: Option<name::Plan> = fields.name("name", &request.name);
    let named = Named::read("protocol", &request.protocol, &mut fields);
    if request.etag.is_empty() && !request.validate_only {
        fields.fault("etag", "is required: the plan's etag, as read with the difference");
    }
    let Some((name, named)) = name.zip(named) else {
        return fields.finish(None);
    };

    let caller = Caller::on(&call, &name.clinic)?;
    let key = plan_key(&name);
    let tx = store.begin_write(&caller.clinic, call.deadline).await?;
    let present = Present::of(&tx, &call).await?;
    if !request.validate_only
        && let Some(done) = answered_before(&tx, &mutation, &call).await?
    {
        return Ok(done);
    }
    let stored = plans::get(&tx, key, At::NOW).await?;
    let target = version(&tx, &named, &name, &mut fields).await?;
    let plan = target.as_ref().map(|target| moved(&stored.content, target, &mut fields));
    let (target, plan) = fields.finish(target.zip(plan))?;
    check_etag(&request.etag, stored.version)?;
    check_state(&stored.content)?;

    let pinned = protocols::pinned(&tx, &stored.content.protocol).await?;
    let record = records::load(&tx, key, None).await?;
    let differences = between(&pinned, &target, record, &plan, present.today.max(plan.start_date));
    let standing = standing::read(&tx, key, &plan, At::NOW).await?;
    let revised = match request.validate_only {
        true => taper_store::Stored { content: plan, ..stored },
        false => plans::revise(&tx, key, Some(stored.version), &plan, call.now).await?,
    };
    let answer = v1::MigrateTreatmentPlanResponse {
        treatment_plan: Some(wire::plan::plan(&name.injury(), revised, standing)),
        differences: wire::difference::differences(&differences),
    };
    if request.validate_only { Ok(answer) } else { commit(tx, &mutation, answer).await }
}

/// The version to go to. One that this clinic does not have is noted.
async fn version(
    tx: &Read,
    named: &Named,
    plan: &name::Plan,
    fields: &mut Fields,
) -> Result<Option<Arc<Protocol>>, Refusal> {
    let found = match named.is_visible_to(&plan.clinic) {
        true => protocols::find(tx, &named.reference).await?,
        false => None,
    };
    if found.is_none() {
        fields.fault("protocol", "is not a protocol of this server or clinic; ListProtocols shows them");
    }
    Ok(found)
}

/// In what the advice of a day differs once the plan follows the other version.
fn between(pinned: &Protocol, target: &Protocol, record: Record, plan: &Plan, as_of: Date) -> Vec<Difference> {
    let mut moved = record.clone();
    moved.plan.content = plan.clone();
    differences(&recommend(pinned, &record, as_of), &recommend(target, &moved, as_of))
}

/// The plan under the other version. Its ladder and shares stay; its policy must be possible there.
fn moved(plan: &Plan, target: &Protocol, fields: &mut Fields) -> Plan {
    for (field, message) in target.policy_faults(&plan.policy) {
        fields.fault("protocol", format!("does not allow the plan's policy: {field} {message}"));
    }
    Plan { protocol: target.reference.clone(), ..plan.clone() }
}

fn check_state(plan: &Plan) -> Result<(), Refusal> {
    match plan.state {
        PlanState::Draft | PlanState::Active | PlanState::Suspended => Ok(()),
        PlanState::Completed | PlanState::Cancelled => {
            let message = format!("The plan is {}; what has ended keeps the version it was treated by.", plan.state);
            Err(Refusal::new(Reason::WrongState, message).with("state", plan.state.code()))
        }
    }
}
