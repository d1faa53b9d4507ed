//! Sessions on the wire: what was asked for as a draft with every fault noted, and a stored session as an answer.

use jiff::Timestamp;
use jiff::civil::Date;
use taper_api::google::r#type::Money as WireMoney;
use taper_api::v1;
use taper_core::access::View;
use taper_core::currency::minor_units_in_one;
use taper_core::ids::SessionId;
use taper_core::ids::TherapistId;
use taper_core::record::codes::{AdverseEventKind, Area, Modality, ModalityResult, SessionKind, SessionState};
use taper_core::record::session::{AdverseEvent, Focus, Session, Treatment};
use taper_core::text::Note;
use taper_core::value::{Minutes, Money, Nprs, SessionMinutes};
use taper_kit::fields::Fields;
use taper_kit::name;
use taper_store::Stored;
use taper_wire::at;

use super::{code_number, note, optional_name, timestamp};
use crate::place::Present;

/// Nanos of one unit of a currency.
const UNIT_NANOS: i64 = 1_000_000_000;

/// A whole session as it was asked for; a part that is missing or faulty was noted.
pub(crate) struct Draft {
    kind: Option<SessionKind>,
    state: Option<SessionState>,
    start: Option<Timestamp>,
    pub therapist: Option<name::Therapist>,
    pub done: Done,
}

/// What was done in a session; every part is optional where a planned session is completed.
pub(crate) struct Done {
    pub minutes: Option<SessionMinutes>,
    pub focus: Vec<Focus>,
    pub treatments: Vec<Treatment>,
    pub pain_before: Option<Nprs>,
    pub pain_after: Option<Nprs>,
    pub pain_next_morning: Option<Nprs>,
    pub adverse_events: Vec<AdverseEvent>,
    pub note: Note,
    pub charge: Option<Money>,
}

/// Reads a session that is to be created or that replaces another; `session` is the path of its field.
pub(crate) fn draft(session: &v1::Session, fields: &mut Fields) -> Draft {
    let kind = fields.code("session.kind", session.kind, "SESSION_KIND", SessionKind::ALL);
    let state = fields.code("session.state", session.state, "SESSION_STATE", SessionState::ALL);
    let start = start(session.start_time.as_ref(), fields);
    let therapist = optional_name("session.therapist", &session.therapist, fields);
    let minutes = fields.take("session.minutes", SessionMinutes::new(i64::from(session.minutes)));
    let done = Done {
        minutes,
        focus: focus("session.focus", &session.focus, fields),
        treatments: treatments("session.treatments", &session.treatments, fields),
        pain_before: pain("session.pain_before_nprs", session.pain_before_nprs, fields),
        pain_after: pain("session.pain_after_nprs", session.pain_after_nprs, fields),
        pain_next_morning: pain("session.pain_next_morning_nprs", session.pain_next_morning_nprs, fields),
        adverse_events: adverse_events("session.adverse_events", &session.adverse_events, fields),
        note: note("session.note", &session.note, fields),
        charge: money("session.charge", session.charge.as_ref(), fields),
    };
    if let Some(minutes) = done.minutes {
        check_focus_minutes("session.focus", &done.focus, minutes, fields);
    }
    Draft { kind, state, start, therapist, done }
}

/// Reads what was done in a planned session that is completed.
pub(crate) fn done(request: &v1::CompleteSessionRequest, fields: &mut Fields) -> Done {
    let minutes = request.minutes.map(|minutes| SessionMinutes::new(i64::from(minutes)));
    Done {
        minutes: minutes.and_then(|minutes| fields.take("minutes", minutes)),
        focus: focus("focus", &request.focus, fields),
        treatments: treatments("treatments", &request.treatments, fields),
        pain_before: pain("pain_before_nprs", request.pain_before_nprs, fields),
        pain_after: pain("pain_after_nprs", request.pain_after_nprs, fields),
        pain_next_morning: pain("pain_next_morning_nprs", request.pain_next_morning_nprs, fields),
        adverse_events: adverse_events("adverse_events", &request.adverse_events, fields),
        note: note("note", &request.note, fields),
        charge: money("charge", request.charge.as_ref(), fields),
    }
}

impl Draft {
    /// Where the session stands, when that could be read.
    pub fn state(&self) -> Option<SessionState> {
        self.state
    }

    /// Checks the start against the clinic's present and the injury's onset.
    pub fn check_start(&self, present: &Present, onset: Date, fields: &mut Fields) {
        let Some(start) = self.start else { return };
        let date = present.date_of(start);
        if date < onset {
            fields.fault("session.start_time", format!("is on {date}, before the injury's onset"));
        }
        if start > present.latest && self.state != Some(SessionState::Planned) {
            fields.fault("session.start_time", "is in the future, which only a planned session may be");
        }
    }

    /// The session, when every part could be read.
    pub fn build(self, present: &Present, therapist: Option<TherapistId>) -> Option<Session> {
        let start = self.start?;
        Some(Session {
            kind: self.kind?,
            state: self.state?,
            start,
            date: present.date_of(start),
            minutes: self.done.minutes?,
            therapist,
            focus: self.done.focus,
            treatments: self.done.treatments,
            pain_before: self.done.pain_before,
            pain_after: self.done.pain_after,
            pain_next_morning: self.done.pain_next_morning,
            adverse_events: self.done.adverse_events,
            note: self.done.note,
            charge: self.done.charge,
        })
    }
}

/// Whoever does not see findings records none: such a session is planned, and nothing stands in it but when, by whom and
/// for how much.
pub(crate) fn check_seen(view: View, given: Option<&v1::Session>, fields: &mut Fields) {
    let (View::Limited, Some(given)) = (view, given) else { return };
    if given.state != i32::from(v1::SessionState::Planned) {
        fields.fault("session.state", "must be PLANNED: your role records no visits that took place");
    }
    let findings = [
        ("focus", !given.focus.is_empty()),
        ("treatments", !given.treatments.is_empty()),
        ("pain_before_nprs", given.pain_before_nprs.is_some()),
        ("pain_after_nprs", given.pain_after_nprs.is_some()),
        ("pain_next_morning_nprs", given.pain_next_morning_nprs.is_some()),
        ("adverse_events", !given.adverse_events.is_empty()),
        ("note", !given.note.is_empty()),
    ];
    for (field, _) in findings.into_iter().filter(|(_, is_given)| *is_given) {
        fields.fault(format!("session.{field}"), "is a finding, which your role neither sees nor sets; leave it out");
    }
}

/// The state of a session that is created: it is in the calendar, or it took place.
pub(crate) fn check_first_state(state: Option<SessionState>, fields: &mut Fields) {
    if let Some(SessionState::Cancelled | SessionState::NoShow) = state {
        fields.fault("session.state", "must be PLANNED or ATTENDED; CancelSession calls a planned session off");
    }
}

/// The hands-on minutes of all areas together fit into the session.
pub(crate) fn check_focus_minutes(field: &str, focus: &[Focus], minutes: SessionMinutes, fields: &mut Fields) {
    let sum: u64 = focus.iter().map(|area| u64::from(area.minutes.get())).sum();
    if sum > u64::from(minutes.get()) {
        let minutes = minutes.get();
        fields.fault(field, format!("sums to {sum} minutes, more than the {minutes} minutes of the session"));
    }
}

fn start(time: Option<&prost_types::Timestamp>, fields: &mut Fields) -> Option<Timestamp> {
    let field = "session.start_time";
    let Some(time) = time else {
        fields.fault(field, "is required");
        return None;
    };
    let start = at::instant(time).filter(|start| {
        let year = start.to_zoned(jiff::tz::TimeZone::UTC).year();
        (1901..=2198).contains(&year)
    });
    if start.is_none() {
        fields.fault(field, "must be an instant between the years 1901 and 2198");
    }
    start
}

fn part_minutes(field: String, minutes: i32, fields: &mut Fields) -> Option<Minutes> {
    let minutes = i64::from(minutes);
    // A part of a session is never longer than the longest session.
    let checked = SessionMinutes::new(minutes).and_then(|_| Minutes::new(minutes));
    fields.take(field, checked)
}

fn focus(field: &str, items: &[v1::Focus], fields: &mut Fields) -> Vec<Focus> {
    let mut read: Vec<Focus> = Vec::new();
    if !fields.within_items_max(field, items.len()) {
        return read;
    }
    for (place, item) in items.iter().enumerate() {
        let path = format!("{field}[{place}]");
        let area = fields.code(&format!("{path}.area"), item.area, "AREA", Area::ALL);
        let minutes = part_minutes(format!("{path}.minutes"), item.minutes, fields);
        if area.is_some_and(|area| read.iter().any(|earlier| earlier.area == area)) {
            fields.fault(format!("{path}.area"), "is listed twice; give each area once, with all its minutes");
        }
        if let (Some(area), Some(minutes)) = (area, minutes) {
            read.push(Focus { area, minutes });
        }
    }
    read
}

fn treatments(field: &str, items: &[v1::Treatment], fields: &mut Fields) -> Vec<Treatment> {
    let mut read = Vec::new();
    if !fields.within_items_max(field, items.len()) {
        return read;
    }
    for (place, item) in items.iter().enumerate() {
        let path = format!("{field}[{place}]");
        let modality = fields.code(&format!("{path}.modality"), item.modality, "MODALITY", Modality::ALL);
        let minutes = item.minutes.and_then(|minutes| part_minutes(format!("{path}.minutes"), minutes, fields));
        let result =
            fields.optional_code(&format!("{path}.result"), item.result, "MODALITY_RESULT", ModalityResult::ALL);
        let note = note(format!("{path}.note"), &item.note, fields);
        if let Some(modality) = modality {
            read.push(Treatment { modality, minutes, result, note });
        }
    }
    read
}

fn adverse_events(field: &str, items: &[v1::AdverseEvent], fields: &mut Fields) -> Vec<AdverseEvent> {
    let mut read = Vec::new();
    if !fields.within_items_max(field, items.len()) {
        return read;
    }
    for (place, item) in items.iter().enumerate() {
        let path = format!("{field}[{place}]");
        let kind = fields.code(&format!("{path}.kind"), item.kind, "ADVERSE_EVENT_KIND", AdverseEventKind::ALL);
        let note = note(format!("{path}.note"), &item.note, fields);
        if let Some(kind) = kind {
            read.push(AdverseEvent { kind, note });
        }
    }
    read
}

fn pain(field: &str, nprs: Option<i32>, fields: &mut Fields) -> Option<Nprs> {
    nprs.and_then(|nprs| fields.take(field, Nprs::new(i64::from(nprs))))
}

/// An amount in whole minor units of its currency: cents of a dollar, none of a yen.
pub(crate) fn money(field: &str, money: Option<&WireMoney>, fields: &mut Fields) -> Option<Money> {
    let money = money?;
    // What is no currency is refused below, whatever the amount.
    let minor_units_in_one = minor_units_in_one(&money.currency_code).unwrap_or(UNIT_NANOS);
    let minor_unit_nanos = UNIT_NANOS / minor_units_in_one;
    let nanos = i64::from(money.nanos);
    if nanos % minor_unit_nanos != 0 || nanos.abs() >= UNIT_NANOS {
        let message = match minor_unit_nanos {
            UNIT_NANOS => "must be 0: the currency has no decimals".to_owned(),
            step => format!("must be a multiple of {step}, from 0 to {}", UNIT_NANOS.saturating_sub(step)),
        };
        fields.fault(format!("{field}.nanos"), message);
        return None;
    }
    let of_units = money.units.checked_mul(minor_units_in_one);
    let minor_units = of_units.and_then(|minor| minor.checked_add(nanos / minor_unit_nanos));
    // Units and nanos have one sign; a negative part is refused even where the other part outweighs it.
    let minor_units = if nanos < 0 { Some(-1) } else { minor_units };
    fields.take(field, Money::new(&money.currency_code, minor_units.unwrap_or(i64::MAX)))
}

/// A session as it is seen: where findings are not, it is an appointment with its price. What is shown then is listed, so
/// that a new field is not.
pub(crate) fn seen(view: View, whole: v1::Session) -> v1::Session {
    match view {
        View::Whole => whole,
        View::Limited => v1::Session {
            name: whole.name,
            kind: whole.kind,
            state: whole.state,
            start_time: whole.start_time,
            minutes: whole.minutes,
            therapist: whole.therapist,
            charge: whole.charge,
            date: whole.date,
            revision: whole.revision,
            entered_in_error: whole.entered_in_error,
            etag: whole.etag,
            create_time: whole.create_time,
            update_time: whole.update_time,
            ..v1::Session::default()
        },
    }
}

/// A stored session as an answer. Times of day are as they were given, in UTC.
pub(crate) fn session(plan: &name::Plan, stored: Stored<SessionId, Session>) -> v1::Session {
    let content = stored.content;
    let name = name::Session {
        clinic: plan.clinic.clone(),
        patient: plan.patient,
        injury: plan.injury,
        plan: plan.plan,
        session: stored.id,
    };
    let therapist = |therapist| name::Therapist { clinic: plan.clinic.clone(), therapist }.to_string();
    v1::Session {
        name: name.to_string(),
        kind: code_number(content.kind, SessionKind::ALL),
        state: code_number(content.state, SessionState::ALL),
        start_time: Some(timestamp(content.start)),
        minutes: i32::from(content.minutes.get()),
        therapist: content.therapist.map(therapist).unwrap_or_default(),
        focus: content.focus.iter().map(wire_focus).collect(),
        treatments: content.treatments.into_iter().map(wire_treatment).collect(),
        pain_before_nprs: content.pain_before.map(|pain| i32::from(pain.get())),
        pain_after_nprs: content.pain_after.map(|pain| i32::from(pain.get())),
        pain_next_morning_nprs: content.pain_next_morning.map(|pain| i32::from(pain.get())),
        adverse_events: content.adverse_events.into_iter().map(wire_event).collect(),
        note: content.note.into(),
        charge: content.charge.map(wire_money),
        date: Some(super::date(content.date)),
        revision: i32::try_from(stored.revision).unwrap_or(i32::MAX),
        amend_reason: stored.amend_reason.map(String::from).unwrap_or_default(),
        entered_in_error: stored.entered_in_error,
        etag: stored.version.to_string(),
        create_time: Some(timestamp(stored.create_time)),
        update_time: Some(timestamp(stored.update_time)),
    }
}

fn wire_focus(focus: &Focus) -> v1::Focus {
    v1::Focus { area: code_number(focus.area, Area::ALL), minutes: i32::from(focus.minutes.get()) }
}

fn wire_treatment(treatment: Treatment) -> v1::Treatment {
    v1::Treatment {
        modality: code_number(treatment.modality, Modality::ALL),
        minutes: treatment.minutes.map(|minutes| i32::from(minutes.get())),
        result: treatment.result.map(|result| code_number(result, ModalityResult::ALL)).unwrap_or_default(),
        note: treatment.note.into(),
    }
}

fn wire_event(event: AdverseEvent) -> v1::AdverseEvent {
    v1::AdverseEvent { kind: code_number(event.kind, AdverseEventKind::ALL), note: event.note.into() }
}

pub(crate) fn wire_money(money: Money) -> WireMoney {
    let minor_units_in_one = minor_units_in_one(&money.currency_code).unwrap_or(1);
    let nanos = money.minor_units % minor_units_in_one * (UNIT_NANOS / minor_units_in_one);
    WireMoney {
        currency_code: money.currency_code,
        units: money.minor_units / minor_units_in_one,
        nanos: i32::try_from(nanos).unwrap_or_default(),
    }
}
