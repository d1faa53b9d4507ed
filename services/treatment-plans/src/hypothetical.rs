//! Hypothetical facts: read as a real one would be, and added to a copy of the record; nothing is stored.

use jiff::civil::Date;
use taper_api::v1;
use taper_api::v1::hypothetical_fact::Fact as Wire;
use taper_core::ids::{ActivityId, AssessmentId, DecisionId, SessionId};
use taper_core::limits;
use taper_core::record::activity::Activity;
use taper_core::record::assessment::Assessment;
use taper_core::record::codes::PlanState;
use taper_core::record::decision::{Decided, Decision};
use taper_core::record::session::Session;
use taper_core::record::{self, Record};
use taper_kit::Call;
use taper_kit::fields::Fields;

use crate::advice::can_be_decided;
use crate::place::Present;
use crate::wire;

/// One fact that is not on record.
pub(crate) enum Fact {
    Assessment(Assessment),
    Activity(Activity),
    Session(Session),
    Decision(Decision),
}

/// From when to when hypothetical facts may be dated, and what they are about.
pub(crate) struct Bounds<'a> {
    pub record: &'a Record,
    pub present: &'a Present,
    pub as_of: Date,
    /// The plan's state on that day: one that was completed later can still be decided on.
    pub plan_state: PlanState,
}

/// Reads the facts of a request; every fault is noted under `facts[i]`.
pub(crate) fn read(given: &[v1::HypotheticalFact], call: &Call, bounds: &Bounds<'_>, fields: &mut Fields) -> Vec<Fact> {
    let max = limits::HYPOTHETICAL_FACTS_MAX;
    if given.len() as u64 > max {
        fields.fault("facts", format!("has {} items; at most {max} are possible", given.len()));
        return Vec::new();
    }
    let mut facts = Vec::new();
    for (place, given) in given.iter().enumerate() {
        let read = |fields: &mut Fields| one(given.fact.as_ref(), call, bounds, fields);
        facts.extend(fields.nested(&format!("facts[{place}]."), read));
    }
    facts
}

fn one(given: Option<&Wire>, call: &Call, bounds: &Bounds<'_>, fields: &mut Fields) -> Option<Fact> {
    let (fact, field, date) = match given {
        None => {
            fields.fault("fact", "is required; exactly one of: assessment, activity, session, decision");
            return None;
        }
        Some(Wire::Assessment(given)) => {
            let content = taper_wire::assessment::Draft::read(fields, "assessment", Some(given))?.into_assessment()?;
            let date = content.date;
            (Fact::Assessment(content), "assessment.date", date)
        }
        Some(Wire::Activity(given)) => {
            let content = taper_wire::activity::Draft::read(fields, "activity", Some(given))?.into_activity()?;
            let date = content.date;
            (Fact::Activity(content), "activity.date", date)
        }
        Some(Wire::Session(given)) => {
            let draft = wire::session::draft(given, fields);
            wire::session::check_first_state(draft.state(), fields);
            let therapist = draft.therapist.as_ref().map(|therapist| therapist.therapist);
            let content = draft.build(bounds.present, therapist)?;
            let date = content.date;
            (Fact::Session(content), "session.start_time", date)
        }
        Some(Wire::Decision(given)) => {
            let content = decision(given, call, bounds, fields)?;
            let date = content.date;
            (Fact::Decision(content), "decision.date", date)
        }
    };
    check_date(field, date, bounds, fields);
    Some(fact)
}

fn decision(given: &v1::Decision, call: &Call, bounds: &Bounds<'_>, fields: &mut Fields) -> Option<Decision> {
    let draft = wire::decision::draft(given, fields);
    let plan = &bounds.record.plan.content;
    let decided = draft.decided(plan, fields);
    if decided.as_ref().is_some_and(|decided| !can_be_decided(bounds.plan_state, decided)) {
        let (state, day) = (bounds.plan_state, bounds.as_of);
        fields.fault("decision", format!("supposes a decision, but the plan is {state} on {day}"));
    }
    let therapist = draft.therapist.as_ref().map(|therapist| therapist.therapist);
    let date = draft.date.unwrap_or(bounds.as_of);
    draft.into_decision(decided, therapist, date, call.now)
}

fn check_date(field: &str, date: Date, bounds: &Bounds<'_>, fields: &mut Fields) {
    if date > bounds.as_of {
        fields.fault(field, format!("is after {}, the day that is asked for", bounds.as_of));
    }
    if date < bounds.record.injury.content.onset_date {
        fields.fault(field, "is before the injury's onset");
    }
}

/// The record as it would be with the facts, each newer than all that is recorded.
pub(crate) fn with(record: &Record, facts: Vec<Fact>, call: &Call) -> Record {
    let mut supposed = record.clone();
    for fact in facts {
        match fact {
            Fact::Assessment(content) => {
                supposed.assessments.push(recorded(AssessmentId(call.new_id()), content, call));
            }
            Fact::Activity(content) => supposed.activities.push(recorded(ActivityId(call.new_id()), content, call)),
            Fact::Session(content) => supposed.sessions.push(recorded(SessionId(call.new_id()), content, call)),
            Fact::Decision(content) => decide(&mut supposed, content, call),
        }
    }
    supposed
}

fn recorded<I, T>(id: I, content: T, call: &Call) -> record::Fact<I, T> {
    record::Fact { id, revision: 1, recorded_at: call.now, entered_in_error: false, content }
}

/// A later decision of a day is in force; a discharge ends the plan.
fn decide(supposed: &mut Record, decision: Decision, call: &Call) {
    let latest = supposed.decisions.iter().map(|earlier| earlier.content.decided_at).max();
    let decided_at = crate::advice::after(latest, decision.decided_at);
    if decision.decided == Decided::Discharge {
        supposed.plan.content.state = PlanState::Completed;
    }
    let decision = Decision { decided_at, ..decision };
    supposed.decisions.push(recorded(DecisionId(call.new_id()), decision, call));
}
