//! The record with hypothetical facts: each change becomes one fact of its own, with ids that are always the same.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::ids::{ActivityId, AssessmentId, DecisionId, SessionId, TherapistId};
use crate::measure::{Measure, MeasureCode, Shape, Value, Worse};
use crate::protocol::criterion::Comparator;
use crate::recommend::days;
use crate::recommendation::Seen;
use crate::record::activity::Activity;
use crate::record::assessment::{Assessment, Observed};
use crate::record::codes::{ActivityKind, ClearanceOutcome, ClearedBy, Reporter, SessionKind, SessionState};
use crate::record::decision::{Decided, Decision};
use crate::record::session::Session;
use crate::record::{Fact, Record};
use crate::text::Note;
use crate::value::{Minutes, Nprs, Percent, SessionMinutes, Thousandths};

use super::{Change, ChangeKind, Path};

/// The first half of the ids of hypothetical facts.
const HYPOTHETICAL: u64 = 0x7461_7065_7200_4cff;
/// An adult's age, which the age-bound rules do not look for.
const ADULT_DAYS: i64 = 40 * 365;
const VISIT_MINUTES: i64 = 30;

/// The code of the change that completes the birth date.
pub(super) const BIRTH_DATE: &str = "birth_date";
/// The code of the change that completes the review of the cautions.
pub(super) const CAUTIONS_REVIEWED: &str = "cautions_reviewed_date";

/// The record with the changes of a path made, each with the least that counts: the last valid value of a measure, an
/// adult's birth date, no caution found. Ids follow from the record and the order of the changes.
pub fn apply(record: &Record, path: &Path) -> Record {
    let mut changed = record.clone();
    add(&mut changed, &path.changes);
    changed
}

/// The record as it was known on a day: without the facts that are dated later.
pub fn known_on(record: &Record, as_of: Date) -> Record {
    let kept = |date: Date| date <= as_of;
    Record {
        patient: record.patient.clone(),
        injury: record.injury.clone(),
        recurrence: record.recurrence.clone(),
        assessments: record.assessments.iter().filter(|fact| kept(fact.content.date)).cloned().collect(),
        activities: record.activities.iter().filter(|fact| kept(fact.content.date)).cloned().collect(),
        plan: record.plan.clone(),
        sessions: record.sessions.iter().filter(|fact| kept(fact.content.date)).cloned().collect(),
        decisions: record.decisions.iter().filter(|fact| kept(fact.content.date)).cloned().collect(),
    }
}

/// Whether a fact is one of ours.
pub(super) fn is_hypothetical(id: Uuid) -> bool {
    id.as_u64_pair().0 == HYPOTHETICAL
}

/// Adds one fact for each change.
pub(super) fn add(record: &mut Record, changes: &[Change]) {
    for change in changes {
        add_one(record, change);
    }
}

fn add_one(record: &mut Record, change: &Change) {
    let id = next_id(record);
    let date = change.date;
    match &change.kind {
        ChangeKind::Measure { measure, site, tester, .. } => {
            let value = least_that_counts(*measure, &change.kind);
            let tester = Some(tester.unwrap_or(therapist()));
            let observed = Observed { measure: *measure, value, site: *site, tester, device: None };
            let results = vec![observed];
            let assessment =
                Assessment { date, therapist: tester, results, run_stages: Vec::new(), note: Note::default() };
            record.assessments.push(fact(AssessmentId(id), date, assessment));
        }
        ChangeKind::Activity { activity, minutes, effort_percent, pain_during_max, pain_next_morning_max } => {
            let activity = Activity {
                date,
                kind: *activity,
                minutes: minutes.and_then(|minutes| Minutes::new(i64::from(minutes)).ok()),
                speed_kmh: None,
                load_kg: None,
                effort_percent: effort_percent.and_then(|effort| Percent::new(i64::from(effort)).ok()),
                pain_during: Nprs::new(i64::from(*pain_during_max)).ok(),
                pain_next_morning: Nprs::new(i64::from(*pain_next_morning_max)).ok(),
                reported_by: Reporter::Patient,
                note: Note::default(),
            };
            record.activities.push(fact(ActivityId(id), date, activity));
        }
        ChangeKind::Visit => {
            if let Some(session) = visit(date) {
                record.sessions.push(fact(SessionId(id), date, session));
            }
        }
        ChangeKind::ClearReferral { rule_id } => {
            let (outcome, cleared_by) = (ClearanceOutcome::ExcludedByPhysician, ClearedBy::Physician);
            let rule_id = rule_id.clone();
            decide(record, id, date, Decided::ClearReferral { rule_id, outcome, cleared_by, note: Note::default() });
        }
        ChangeKind::DecidePhase(phase) => decide(record, id, date, Decided::Phase(*phase)),
        ChangeKind::DecideStep(step) => decide(record, id, date, Decided::TaperStep(*step)),
        ChangeKind::ResumeStretching => decide(record, id, date, Decided::ResumeStretching),
        ChangeKind::Complete { fact } if fact == BIRTH_DATE => {
            record.patient.birth_date = Some(days::after(record.injury.content.onset_date, -ADULT_DAYS));
        }
        ChangeKind::Complete { .. } => record.patient.cautions_reviewed_date = Some(date),
    }
}

/// The number of the facts so far makes the next id.
fn next_id(record: &Record) -> Uuid {
    let facts = [record.assessments.len(), record.activities.len(), record.sessions.len(), record.decisions.len()];
    let number = facts.iter().fold(1_usize, |sum, facts| sum.saturating_add(*facts));
    Uuid::from_u64_pair(HYPOTHETICAL, u64::try_from(number).unwrap_or(u64::MAX))
}

/// Who measures and decides where nobody in particular must.
fn therapist() -> TherapistId {
    TherapistId(Uuid::from_u64_pair(HYPOTHETICAL, 0))
}

fn fact<I, T>(id: I, date: Date, content: T) -> Fact<I, T> {
    Fact { id, revision: 1, recorded_at: noon(date), entered_in_error: false, content }
}

fn noon(date: Date) -> Timestamp {
    let noon = date.at(12, 0, 0, 0).to_zoned(TimeZone::UTC);
    noon.map_or(Timestamp::UNIX_EPOCH, |noon| noon.timestamp())
}

fn visit(date: Date) -> Option<Session> {
    Some(Session {
        kind: SessionKind::Physio,
        state: SessionState::Attended,
        start: noon(date),
        date,
        minutes: SessionMinutes::new(VISIT_MINUTES).ok()?,
        therapist: None,
        focus: Vec::new(),
        treatments: Vec::new(),
        pain_before: None,
        pain_after: Nprs::new(0).ok(),
        pain_next_morning: None,
        adverse_events: Vec::new(),
        note: Note::default(),
        charge: None,
    })
}

/// Decided after every other decision of the day.
fn decide(record: &mut Record, id: Uuid, date: Date, decided: Decided) {
    let of_day = record.decisions.iter().filter(|decision| decision.content.date == date);
    let last = of_day.map(|decision| decision.content.decided_at).max().unwrap_or(noon(date));
    let decided_at = last.checked_add(SignedDuration::from_secs(1)).unwrap_or(last);
    let decision = Decision {
        date,
        decided_at,
        therapist: therapist(),
        decided,
        override_reason: None,
        note: Note::default(),
        receipt: None,
    };
    record.decisions.push(fact(DecisionId(id), date, decision));
}

/// The value furthest from good that still satisfies the change.
fn least_that_counts(measure: MeasureCode, kind: &ChangeKind) -> Value {
    let level = level_of(measure.measure(), kind).unwrap_or_default();
    match measure.measure().shape {
        Shape::Number { .. } => Value::Number(Thousandths(level)),
        Shape::Finding => Value::Finding(level != 0),
        Shape::Code(codes) => {
            let code = usize::try_from(level).ok().and_then(|place| codes.get(place));
            code.map_or(Value::NotMeasured, |code| Value::Code((*code).to_owned()))
        }
    }
}

/// The level of that value: thousandths, 0 or 1, or the place of the code; none when it is no change of a measure.
pub(super) fn level_of(measure: &Measure, kind: &ChangeKind) -> Option<i64> {
    let ChangeKind::Measure { comparator, needed, .. } = kind else { return None };
    let (level, step) = match (measure.shape, needed) {
        (Shape::Number { step, .. }, Seen::Number(number)) => (number.0, step.0.max(1)),
        (Shape::Finding, Seen::Finding(is)) => (i64::from(*is), 1),
        (Shape::Code(codes), Seen::Code(code)) => {
            (i64::try_from(codes.iter().position(|known| known == code)?).ok()?, 1)
        }
        _ => return None,
    };
    match comparator {
        Comparator::Less => Some(level.saturating_sub(step)),
        Comparator::Greater => Some(level.saturating_add(step)),
        Comparator::NotEqual => match measure.worse {
            Worse::Higher => Some(level.saturating_sub(step)),
            Worse::Lower => Some(level.saturating_add(step)),
        },
        Comparator::AtMost | Comparator::AtLeast | Comparator::Equal | Comparator::In => Some(level),
    }
}

/// A training session, a loading exercise or cross-training that caused no trouble.
pub(super) fn activity(kind: ActivityKind, minutes: Option<u16>, during: u8, next_morning: u8) -> ChangeKind {
    ChangeKind::Activity {
        activity: kind,
        minutes,
        effort_percent: None,
        pain_during_max: during,
        pain_next_morning_max: next_morning,
    }
}
