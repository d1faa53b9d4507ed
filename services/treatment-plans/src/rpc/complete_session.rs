//! CompleteSession: a planned session took place, with what was done in it.

use taper_api::v1;
use taper_core::ids::TherapistId;
use taper_core::record::codes::SessionState;
use taper_core::record::session::Session;
use taper_core::refusal::{Reason, Refusal};
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::{At, Store, sessions};
use taper_wire::begin;
use taper_wire::mutation::{answered_before, commit};

use crate::place::{Present, plan_key, plan_of, therapist};
use crate::planned;
use crate::wire;
use crate::wire::session::Done;

pub(crate) async fn complete_session(
    store: &Store,
    call: Call,
    request: v1::CompleteSessionRequest,
) -> Result<v1::Session, Refusal> {
    let mut fields = Fields::new();
    let method = "taper.v1.SessionService/CompleteSession";
    let mutation = Mutation::read(method, &request, &request.request_id, &mut fields);
    let name: Option<name::Session> = fields.name("name", &request.name);
    let by: Option<name::Therapist> = wire::optional_name("therapist", &request.therapist, &mut fields);
    let done = wire::session::done(&request, &mut fields);
    let Some(name) = name else {
        return fields.finish(None);
    };

    let tx = begin::write(store, &call, &name).await?;
    let present = Present::of(&tx, &call).await?;
    if let Some(answered) = answered_before(&tx, &mutation, &call).await? {
        return Ok(answered);
    }
    let plan = plan_of(&name);
    let stored = sessions::get(&tx, plan_key(&plan), name.session, At::NOW).await?;
    let by = therapist(&tx, &name.clinic, "therapist", by.as_ref(), &mut fields).await?;
    let completed = completed(stored.content.clone(), done, by);
    wire::session::check_focus_minutes("focus", &completed.focus, completed.minutes, &mut fields);
    fields.finish(Some(()))?;
    wire::check_etag(&request.etag, stored.version)?;
    planned::check(&stored)?;
    check_started(&stored.content, &present)?;
    let amended = planned::replace(&tx, &plan, &stored, &completed, None, &request.etag, call.now).await?;
    commit(tx, &call, &mutation, wire::session::session(&plan, amended)).await
}

/// The planned session with what was done; what is not given stays as planned.
fn completed(planned: Session, done: Done, by: Option<TherapistId>) -> Session {
    let or_planned = |note: taper_core::text::Note, planned| if note.is_empty() { planned } else { note };
    Session {
        state: SessionState::Attended,
        minutes: done.minutes.unwrap_or(planned.minutes),
        therapist: by.or(planned.therapist),
        focus: if done.focus.is_empty() { planned.focus } else { done.focus },
        treatments: if done.treatments.is_empty() { planned.treatments } else { done.treatments },
        pain_before: done.pain_before.or(planned.pain_before),
        pain_after: done.pain_after.or(planned.pain_after),
        pain_next_morning: done.pain_next_morning.or(planned.pain_next_morning),
        adverse_events: if done.adverse_events.is_empty() { planned.adverse_events } else { done.adverse_events },
        note: or_planned(done.note, planned.note),
        charge: done.charge.or(planned.charge),
        ..planned
    }
}

fn check_started(planned: &Session, present: &Present) -> Result<(), Refusal> {
    if planned.start <= present.latest {
        return Ok(());
    }
    let message = "The session starts in the future, so it cannot have been attended. Amend its start_time first.";
    Err(Refusal::new(Reason::WrongState, message).with("state", planned.state.code()))
}
