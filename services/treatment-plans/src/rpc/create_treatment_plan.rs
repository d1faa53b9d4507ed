//! CreateTreatmentPlan: a draft, pinned to one version of a protocol.

use std::sync::Arc;

use taper_api::v1;
use taper_core::ids::{ClinicId, PlanId};
use taper_core::protocol::{self, Protocol};
use taper_core::record::codes::Presentation;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::{At, PlanKey, Read, Store, clinic_policies, injuries, plans, protocols};
use taper_wire::begin;
use taper_wire::mutation::{answered_before, commit};

use crate::place::{Present, injury_key};
use crate::standing::Standing;
use crate::wire;
use crate::wire::protocol::Named;

pub(crate) async fn create_treatment_plan(
    store: &Store,
    call: Call,
    request: v1::CreateTreatmentPlanRequest,
) -> Result<v1::TreatmentPlan, Refusal> {
    let mut fields = Fields::new();
    let method = "taper.v1.TreatmentPlanService/CreateTreatmentPlan";
    let mutation = Mutation::read(method, &request, &request.request_id, &mut fields);
    let parent: Option<name::Injury> = fields.name("parent", &request.parent);
    let asked = fields.required("treatment_plan", request.treatment_plan.as_ref());
    let draft = asked.map(|plan| wire::plan::draft(plan, &mut fields));
    let Some((parent, draft)) = parent.zip(draft) else {
        return fields.finish(None);
    };

    let tx = begin::write(store, &call, &parent).await?;
    let present = Present::of(&tx, &call).await?;
    if let Some(done) = answered_before(&tx, &mutation, &call).await? {
        return Ok(done);
    }
    let injury = injuries::get(&tx, injury_key(&parent), At::NOW).await?.content;
    let start = draft.start_date.unwrap_or(present.today.max(injury.onset_date));
    let since = "the injury's onset";
    present.check_date("treatment_plan.start_date", start, injury.onset_date, since, &mut fields);
    let named = draft.protocol.as_ref();
    let protocol = pinned(&tx, &parent.clinic, named, injury.presentation, &mut fields).await?;
    let default =
        clinic_policies::current(&tx, At::NOW).await?.map(|revision| revision.content.plans).unwrap_or_default();
    let plan = protocol.map(|protocol| draft.build(&protocol, &default, start, &mut fields));
    let plan = fields.finish(plan)?;

    let key = PlanKey { patient: parent.patient, injury: parent.injury, plan: PlanId(call.new_id()) };
    let stored = plans::create(&tx, key, &plan, call.now).await?;
    commit(tx, &call, &mutation, wire::plan::plan(&parent, stored, Standing::default())).await
}

/// The protocol that was named, or the newest for the presentation. One that this clinic does not have is noted.
async fn pinned(
    tx: &Read,
    clinic: &ClinicId,
    named: Option<&Named>,
    presentation: Presentation,
    fields: &mut Fields,
) -> Result<Option<Arc<Protocol>>, Refusal> {
    let reference = match named {
        Some(named) if named.is_visible_to(clinic) => Some(named.reference.clone()),
        Some(_) => None,
        None => newest(presentation).map(|protocol| protocol.reference.clone()),
    };
    let found = match &reference {
        Some(reference) => protocols::find(tx, reference).await?,
        None => None,
    };
    if found.is_none() {
        let built_in = protocol::builtin().iter();
        let known: Vec<String> = built_in.map(|p| wire::protocol::built_in_name(&p.reference)).collect();
        let message = format!("is not a protocol of this server or clinic; built in are {}", known.join(", "));
        fields.fault("treatment_plan.protocol", message);
    }
    Ok(found)
}

/// The newest version that is meant for the presentation, or for any.
fn newest(presentation: Presentation) -> Option<&'static Protocol> {
    let meant = |protocol: &&Protocol| protocol.presentation == Some(presentation);
    let for_any = |protocol: &&Protocol| protocol.presentation.is_none();
    let all = protocol::builtin();
    let latest = |left: &&Protocol, right: &&Protocol| version_order(left).cmp(&version_order(right));
    let of_presentation = all.iter().filter(meant).max_by(latest);
    of_presentation.or_else(|| all.iter().filter(for_any).max_by(latest))
}

/// Versions are compared number by number, so that 10 comes after 9.
fn version_order(protocol: &Protocol) -> Vec<u64> {
    let parts = protocol.reference.version.split(['.', '-']);
    parts.map(|part| part.parse().unwrap_or_default()).collect()
}
