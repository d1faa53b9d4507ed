//! CreateSession: a session that is planned or was attended.

use taper_api::v1;
use taper_core::ids::SessionId;
use taper_core::record::codes::{PlanState, SessionState};
use taper_core::record::plan::Plan;
use taper_core::refusal::{Reason, Refusal};
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::{At, Store, injuries, plans, sessions};
use taper_wire::begin;
use taper_wire::mutation::{answered_before, commit};

use crate::place::{Present, plan_key, therapist};
use crate::wire;

pub(crate) async fn create_session(
    store: &Store,
    call: Call,
    request: v1::CreateSessionRequest,
) -> Result<v1::Session, Refusal> {
    let mut fields = Fields::new();
    let method = "taper.v1.SessionService/CreateSession";
    let mutation = Mutation::read(method, &request, &request.request_id, &mut fields);
    let parent: Option<name::Plan> = fields.name("parent", &request.parent);
    let asked = fields.required("session", request.session.as_ref());
    let draft = asked.map(|session| wire::session::draft(session, &mut fields));
    wire::session::check_seen(call.view(), request.session.as_ref(), &mut fields);
    wire::session::check_first_state(draft.as_ref().and_then(wire::session::Draft::state), &mut fields);
    let Some((parent, draft)) = parent.zip(draft) else {
        return fields.finish(None);
    };

    let key = plan_key(&parent);
    let tx = begin::write(store, &call, &parent).await?;
    let present = Present::of(&tx, &call).await?;
    if let Some(done) = answered_before(&tx, &mutation, &call).await? {
        return Ok(done);
    }
    let plan = plans::get(&tx, key, At::NOW).await?.content;
    let injury = injuries::get(&tx, key.injury_key(), At::NOW).await?.content;
    draft.check_start(&present, injury.onset_date, &mut fields);
    let field = "session.therapist";
    let therapist = therapist(&tx, &parent.clinic, field, draft.therapist.as_ref(), &mut fields).await?;
    let session = fields.finish(draft.build(&present, therapist))?;
    check_plan(&plan, session.state)?;

    let stored = sessions::create(&tx, key, SessionId(call.new_id()), &session, call.now).await?;
    commit(tx, &call, &mutation, wire::session::session(&parent, stored)).await
}

/// Nothing more is planned on a plan that has ended; what took place can still be recorded late.
fn check_plan(plan: &Plan, state: SessionState) -> Result<(), Refusal> {
    match plan.state {
        PlanState::Draft | PlanState::Active | PlanState::Suspended => Ok(()),
        PlanState::Completed | PlanState::Cancelled if state == SessionState::Planned => {
            let message = format!("The plan is {}; no session can be planned on it. Create a new plan.", plan.state);
            Err(Refusal::new(Reason::WrongState, message).with("state", plan.state.code()))
        }
        PlanState::Completed | PlanState::Cancelled => Ok(()),
    }
}
