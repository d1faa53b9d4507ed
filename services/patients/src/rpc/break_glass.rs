//! BreakGlass.

use jiff::SignedDuration;
use taper_api::v1;
use taper_core::access::Grant;
use taper_core::refusal::{Reason, Refusal};
use taper_core::text::Note;
use taper_kit::fields::{Fields, timestamp};
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::{Store, glass};
use taper_wire::begin;
use taper_wire::mutation::{answered_before, commit};

/// Fewer characters say nothing.
const REASON_CHARACTERS_MIN: usize = 10;

/// Broken glass holds so long at most.
const MINUTES_MAX: i32 = 60;

/// Lets the caller do for a while what its role may do in an emergency only.
pub async fn break_glass(
    store: &Store,
    call: Call,
    request: v1::BreakGlassRequest,
) -> Result<v1::BreakGlassResponse, Refusal> {
    let mut fields = Fields::new();
    let method = "taper.v1.AdminService/BreakGlass";
    let mutation = Mutation::read(method, &request, &request.request_id, &mut fields);
    let parent = fields.name::<name::Clinic>("parent", &request.parent);
    let reason = reason(&mut fields, &request.reason);
    let minutes = match request.minutes {
        0 => Some(MINUTES_MAX),
        minutes if (1..=MINUTES_MAX).contains(&minutes) => Some(minutes),
        _ => fields.take("minutes", Err(format!("must be 1 to {MINUTES_MAX}, or 0 for {MINUTES_MAX}"))),
    };
    let (parent, (reason, minutes)) = fields.finish(parent.zip(reason.zip(minutes)))?;

    let tx = begin::write(store, &call, &parent).await?;
    if let Some(answer) = answered_before(&tx, &mutation, &call).await? {
        return Ok(answer);
    }
    let until = call.now.checked_add(SignedDuration::from_mins(i64::from(minutes)));
    let until = until.map_err(|_| Refusal::new(Reason::Internal, "the clock is at its end"))?;
    let subject = call.principal().subject();
    glass::create(&tx, call.new_id(), subject, &reason, call.now, &Grant { until }).await?;
    tracing::warn!(request_id = &*call.id, subject, "the glass was broken");
    commit(tx, &call, &mutation, v1::BreakGlassResponse { expire_time: Some(timestamp(until)) }).await
}

fn reason(fields: &mut Fields, text: &str) -> Option<Note> {
    let reason = fields.required_note("reason", text)?;
    if reason.as_str().trim().chars().count() < REASON_CHARACTERS_MIN {
        fields.fault("reason", format!("must say why in at least {REASON_CHARACTERS_MIN} characters"));
        return None;
    }
    Some(reason)
}
