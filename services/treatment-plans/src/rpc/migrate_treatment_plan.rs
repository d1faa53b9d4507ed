//! MigrateTreatmentPlan: a plan goes to another version of a protocol, with the difference shown first.

use std::sync::Arc;

use jiff::Timestamp;
use taper_api::v1;
use taper_core::difference::{Difference, differences};
use taper_core::ids::PlanId;
use taper_core::protocol::Protocol;
use taper_core::recommend::recommend;
use taper_core::record::codes::PlanState;
use taper_core::record::plan::Plan;
use taper_core::refusal::{Reason, Refusal};
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::{At, PlanKey, Read, Store, Stored, Write, plans, protocols, records};
use taper_wire::begin;
use taper_wire::mutation::{answered_before, check_etag, commit};

use crate::place::{Present, plan_key};
use crate::standing::{self, Standing};
use crate::wire;
use crate::wire::protocol::Named;

pub(crate) async fn migrate_treatment_plan(
    store: &Store,
    call: Call,
    request: v1::MigrateTreatmentPlanRequest,
) -> Result<v1::MigrateTreatmentPlanResponse, Refusal> {
    let mut fields = Fields::new();
    let method = "taper.v1.TreatmentPlanService/MigrateTreatmentPlan";
    let mutation = Mutation::read(method, &request, &request.request_id, &mut fields);
    let Some((name, named)) = asked(&request, &mut fields) else {
        return fields.finish(None);
    };

    let tx = begin::write(store, &call, &name).await?;
    if !request.validate_only
        && let Some(done) = answered_before(&tx, &mutation, &call).await?
    {
        return Ok(done);
    }
    let migration = Migration::read(&tx, &name, &named, fields).await?;
    check_etag(&request.etag, migration.stored.version)?;
    check_state(&migration.stored.content)?;
    let differences = migration.differences(&tx, &call).await?;
    let (standing, stored) = migration.made(&tx, request.validate_only, call.now).await?;
    let answer = v1::MigrateTreatmentPlanResponse {
        treatment_plan: Some(wire::plan::plan(&name.injury(), stored, standing)),
        differences: wire::difference::differences(&differences),
    };
    if request.validate_only { Ok(answer) } else { commit(tx, &call, &mutation, answer).await }
}

/// The plan, and the version that it shall follow. Only a plan that was read with the difference is moved.
fn asked(request: &v1::MigrateTreatmentPlanRequest, fields: &mut Fields) -> Option<(name::Plan, Named)> {
    let name = fields.name("name", &request.name);
    let named = Named::read("protocol", &request.protocol, fields);
    if request.etag.is_empty() && !request.validate_only {
        fields.fault("etag", "is required: the plan's etag, as read with the difference");
    }
    name.zip(named)
}

/// A plan on its way to another version.
struct Migration {
    key: PlanKey,
    /// As it is stored.
    stored: Stored<PlanId, Plan>,
    target: Arc<Protocol>,
    /// As it would be under the other version. Its ladder and shares stay.
    moved: Plan,
}

impl Migration {
    /// Reads both; the plan's policy must be possible under the other version, which must be another one.
    async fn read(tx: &Read, name: &name::Plan, named: &Named, mut fields: Fields) -> Result<Self, Refusal> {
        let key = plan_key(name);
        let stored = plans::get(tx, key, At::NOW).await?;
        let target = version(tx, named, name, &mut fields).await?;
        let reference = target.as_ref().map(|target| target.reference.clone());
        if reference.as_ref() == Some(&stored.content.protocol) {
            fields.fault("protocol", "is the version that the plan follows already");
        }
        let policy = &stored.content.policy;
        for (field, message) in target.iter().flat_map(|target| target.policy_faults(policy)) {
            fields.fault("protocol", format!("does not allow the plan's policy: {field} {message}"));
        }
        let target = fields.finish(target)?;
        let moved = Plan { protocol: target.reference.clone(), ..stored.content.clone() };
        Ok(Self { key, stored, target, moved })
    }

    /// In what today's advice differs once the plan follows the other version.
    async fn differences(&self, tx: &Read, call: &Call) -> Result<Vec<Difference>, Refusal> {
        let present = Present::of(tx, call).await?;
        let as_of = present.today.max(self.moved.start_date);
        let pinned = protocols::pinned(tx, &self.stored.content.protocol).await?;
        let record = records::load(tx, self.key, None).await?;
        let mut moved = record.clone();
        moved.plan.content = self.moved.clone();
        Ok(differences(&recommend(&pinned, &record, as_of), &recommend(&self.target, &moved, as_of)))
    }

    /// Stores the plan as it is then, or only shows it; with what is in force.
    async fn made(
        self,
        tx: &Write,
        is_only_shown: bool,
        now: Timestamp,
    ) -> Result<(Standing, Stored<PlanId, Plan>), Refusal> {
        let standing = standing::read(tx, self.key, &self.moved, At::NOW).await?;
        let stored = match is_only_shown {
            true => Stored { content: self.moved, ..self.stored },
            false => plans::revise(tx, self.key, Some(self.stored.version), &self.moved, now).await?,
        };
        Ok((standing, stored))
    }
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

fn check_state(plan: &Plan) -> Result<(), Refusal> {
    match plan.state {
        PlanState::Draft | PlanState::Active | PlanState::Suspended => Ok(()),
        PlanState::Completed | PlanState::Cancelled => {
            let message = format!("The plan is {}; what has ended keeps the version it was treated by.", plan.state);
            Err(Refusal::new(Reason::WrongState, message).with("state", plan.state.code()))
        }
    }
}
