//! A planned session, which is completed or cancelled once and no more.

use jiff::Timestamp;
use taper_core::ids::SessionId;
use taper_core::record::codes::SessionState;
use taper_core::record::session::Session;
use taper_core::refusal::{Reason, Refusal};
use taper_core::text::Note;
use taper_kit::name;
use taper_store::{Amendment, Error, Stored, Write, sessions};

use crate::place::plan_key;

/// Refuses a session that is not planned any more.
pub(crate) fn check(stored: &Stored<SessionId, Session>) -> Result<(), Refusal> {
    let state = stored.content.state;
    if state == SessionState::Planned && !stored.entered_in_error {
        return Ok(());
    }
    let state = if stored.entered_in_error { "entered_in_error" } else { state.code() };
    let message =
        format!("The session is {state}; only a planned one can be completed or cancelled. Amend it instead.");
    Err(Refusal::new(Reason::WrongState, message).with("state", state))
}

/// Replaces the planned session, unless another call was faster.
pub(crate) async fn replace(
    tx: &Write,
    plan: &name::Plan,
    planned: &Stored<SessionId, Session>,
    content: &Session,
    reason: Option<Note>,
    etag: &str,
    now: Timestamp,
) -> Result<Stored<SessionId, Session>, Refusal> {
    let amendment = Amendment { expected: Some(planned.version), reason, entered_in_error: false, now };
    let amended = sessions::amend(tx, plan_key(plan), planned.id, content, amendment).await;
    let lost = |error| match error {
        // A caller who sent no etag would not know what to do about one.
        Error::EtagMismatch { .. } if etag.is_empty() => Error::Conflict,
        other => other,
    };
    Ok(amended.map_err(lost)?)
}
