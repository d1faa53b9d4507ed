//! AmendSession: a new revision of a session, with a reason; the old one is kept.

use taper_api::v1;
use taper_core::record::session::Session;
use taper_core::refusal::Refusal;
use taper_core::text::{Line, Note};
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::{Amendment, At, Store, Write, injuries, sessions};
use taper_wire::begin;
use taper_wire::mutation::{answered_before, commit};

use crate::place::{Present, plan_key, plan_of, therapist};
use crate::wire;

pub(crate) async fn amend_session(
    store: &Store,
    call: Call,
    request: v1::AmendSessionRequest,
) -> Result<v1::Session, Refusal> {
    let mut fields = Fields::new();
    let method = "taper.v1.SessionService/AmendSession";
    let mutation = Mutation::read(method, &request, &request.request_id, &mut fields);
    let asked = request.session.as_ref();
    let (name, etag) = asked.map(|session| (session.name.as_str(), session.etag.as_str())).unwrap_or_default();
    let name: Option<name::Session> = fields.name("session.name", name);
    let etag = wire::one_etag(&mut fields, &request.etag, etag);
    let reason = reason(&request.reason, &mut fields);
    // What was entered in error keeps its content, so that none needs to be sent.
    let draft = match request.entered_in_error {
        true => None,
        false => fields.required("session", asked).map(|session| wire::session::draft(session, &mut fields)),
    };
    let Some(name) = name else {
        return fields.finish(None);
    };

    let tx = begin::write(store, &call, &name).await?;
    let present = Present::of(&tx, &call).await?;
    if let Some(done) = answered_before(&tx, &mutation, &call).await? {
        return Ok(done);
    }
    let plan = plan_of(&name);
    let stored = sessions::get(&tx, plan_key(&plan), name.session, At::NOW).await?;
    let content = match draft {
        Some(draft) => replacement(&tx, &plan, draft, &present, &mut fields).await?,
        None => Some(stored.content),
    };
    let content = fields.finish(content)?;
    wire::check_etag(etag, stored.version)?;
    let amendment =
        Amendment { expected: wire::version(etag), reason, entered_in_error: request.entered_in_error, now: call.now };
    let stored = sessions::amend(&tx, plan_key(&plan), name.session, &content, amendment).await?;
    commit(tx, &call, &mutation, wire::session::session(&plan, stored)).await
}

/// The whole new content, checked like that of a new session.
async fn replacement(
    tx: &Write,
    plan: &name::Plan,
    draft: wire::session::Draft,
    present: &Present,
    fields: &mut Fields,
) -> Result<Option<Session>, Refusal> {
    let injury = injuries::get(tx, plan_key(plan).injury_key(), At::NOW).await?.content;
    draft.check_start(present, injury.onset_date, fields);
    let therapist = therapist(tx, &plan.clinic, "session.therapist", draft.therapist.as_ref(), fields).await?;
    Ok(draft.build(present, therapist))
}

/// Why: at least one visible character, and not more than a note holds.
fn reason(text: &str, fields: &mut Fields) -> Option<Note> {
    if text.trim().is_empty() {
        fields.take("reason", Line::parse(""));
        return None;
    }
    fields.take("reason", Note::parse(text))
}
