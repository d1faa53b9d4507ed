//! Every version of everything reads back as it was written, however much was recorded after it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::date;
use serde::Serialize;
use serde_json::to_string;
use taper_core::ids::{ActivityId, AssessmentId, DecisionId, InjuryId, PatientId, PlanId, SessionId};
use taper_core::record::codes::PlanState;
use taper_core::record::decision::Decided;
use taper_core::record::{
    activity::Activity, assessment::Assessment, decision::Decision, injury::Injury, patient::Patient, plan::Plan,
    session::Session,
};
use taper_core::text::Note;
use taper_store::clinic_policies::Change;
use taper_store::{
    Amendment, At, Error, PlanKey, Read, Stored, Version, Write, activities, assessments, clinic_policies, decisions,
    injuries, patients, plans, records, sessions,
};
use uuid::Uuid;

use crate::harness::{Home, Kind, instant, on_both};
use crate::samples::*;
use crate::time::Dice;

on_both! {
    after_10_000_operations_every_version_reads_back_as_it_was_written;
}

const OPERATIONS: u32 = 10_000;
const CASES: usize = 20;

/// What the model keeps of a version: where it is, and exactly what was written.
struct Kept {
    key: PlanKey,
    table: &'static str,
    id: Uuid,
    revision: u32,
    recorded_at: Timestamp,
    body: String,
    /// What of that stands in the clear.
    clinical: String,
}

#[derive(Default)]
struct Model {
    kept: Vec<Kept>,
    /// The revisions of each so far, and the decisions on each plan.
    revisions: BTreeMap<Uuid, u32>,
    decisions: BTreeMap<Uuid, u32>,
    /// The facts of each plan that can be amended.
    facts: BTreeMap<Uuid, Vec<(&'static str, Uuid)>>,
}

impl Model {
    fn keep(&mut self, key: PlanKey, table: &'static str, id: Uuid, number: u32, content: &impl Serialize) {
        let revision = self.revisions.entry(id).and_modify(|revision| *revision += 1).or_insert(1);
        let (revision, recorded_at, body) = (*revision, at(number), to_string(content).unwrap());
        let clinical = clinical(table, number, &body);
        self.kept.push(Kept { key, table, id, revision, recorded_at, body, clinical });
    }
}

/// Each operation at a second of its own.
fn at(number: u32) -> Timestamp {
    instant(100 + i64::from(number))
}

fn note(number: u32) -> Note {
    Note::parse(&format!("it's \"no. {number}\" 🦵\r\n\\ é")).unwrap()
}

/// A body without what identifies: the one note in it, and all that stands before the cautions of a patient.
fn clinical(table: &str, number: u32, body: &str) -> String {
    match table {
        "patient_revisions" => format!("{{{}", &body[body.find("\"cautions\":").unwrap()..]),
        _ => body.replace(&to_string(&note(number)).unwrap(), "\"\""),
    }
}

fn patient_of(number: u32) -> Patient {
    Patient { family_name: line(&format!("Ünïcödé {number}")), ..patient(&[]) }
}

fn injury_of(number: u32) -> Injury {
    Injury { note: note(number), earlier_treatments: Vec::new(), ..injury(None) }
}

fn plan_of(number: u32) -> Plan {
    let state = if number.is_multiple_of(2) { PlanState::Active } else { PlanState::Suspended };
    Plan { start_date: date(2026, 3, 1 + i8::try_from(number % 28).unwrap()), ..plan(state) }
}

fn assessment_of(number: u32) -> Assessment {
    Assessment { note: note(number), ..small_assessment() }
}

fn activity_of(number: u32) -> Activity {
    Activity { note: note(number), ..activity() }
}

fn session_of(number: u32) -> Session {
    Session { note: note(number), ..small_session() }
}

fn decision_of(number: u32) -> Decision {
    Decision { note: note(number), ..small_decision(Decided::Discharge) }
}

async fn begin(tx: &Write, number: u32, model: &mut Model) -> PlanKey {
    let key = PlanKey { patient: PatientId(new_id()), injury: InjuryId(new_id()), plan: PlanId(new_id()) };
    let (patient, injury, plan) = (patient_of(number), injury_of(number), plan_of(number));
    patients::create(tx, key.patient, &patient, at(number)).await.unwrap();
    injuries::create(tx, key.injury_key(), &injury, at(number)).await.unwrap();
    plans::create(tx, key, &plan, at(number)).await.unwrap();
    model.keep(key, "patient_revisions", key.patient.0, number, &patient);
    model.keep(key, "injury_revisions", key.injury.0, number, &injury);
    model.keep(key, "plan_revisions", key.plan.0, number, &plan);
    key
}

/// One random operation, done on the database and in the model alike.
async fn step(tx: &Write, key: PlanKey, number: u32, dice: &mut Dice, model: &mut Model) {
    let (now, injury_key, id) = (at(number), key.injury_key(), new_id());
    match dice.below(16) {
        0 => {
            let content = patient_of(number);
            patients::update(tx, key.patient, None, &content, now).await.unwrap();
            model.keep(key, "patient_revisions", key.patient.0, number, &content);
        }
        1 => {
            let content = injury_of(number);
            injuries::revise(tx, injury_key, None, &content, now).await.unwrap();
            model.keep(key, "injury_revisions", key.injury.0, number, &content);
        }
        2 => {
            let content = plan_of(number);
            plans::revise(tx, key, None, &content, now).await.unwrap();
            model.keep(key, "plan_revisions", key.plan.0, number, &content);
        }
        3 => {
            let content = decision_of(number);
            let decided = model.decisions.entry(key.plan.0).or_default();
            let expected = Version(model.revisions[&key.plan.0] + *decided);
            *decided += 1;
            decisions::create(tx, key, expected, DecisionId(id), &content, now).await.unwrap();
            model.keep(key, "decisions", id, number, &content);
        }
        4 => {
            let content = plan_of(number).policy;
            let change = Change { expected: None, reason: note(number), therapist: None, now };
            clinic_policies::revise(tx, &content.clone().into(), change).await.unwrap();
            model.keep(key, "clinic_policies", Uuid::nil(), number, &content);
        }
        5..9 => {
            let facts = model.facts.entry(key.plan.0).or_default();
            let table = match dice.below(3) {
                0 => {
                    let content = assessment_of(number);
                    assessments::create(tx, injury_key, AssessmentId(id), &content, now).await.unwrap();
                    facts.push(("assessments", id));
                    return model.keep(key, "assessments", id, number, &content);
                }
                1 => "activities",
                _ => "sessions",
            };
            facts.push((table, id));
            if table == "activities" {
                let content = activity_of(number);
                activities::create(tx, injury_key, ActivityId(id), &content, now).await.unwrap();
                return model.keep(key, table, id, number, &content);
            }
            let content = session_of(number);
            sessions::create(tx, key, SessionId(id), &content, now).await.unwrap();
            model.keep(key, table, id, number, &content);
        }
        _ => amend(tx, key, number, dice, model).await,
    }
}

async fn amend(tx: &Write, key: PlanKey, number: u32, dice: &mut Dice, model: &mut Model) {
    let Some(facts) = model.facts.get(&key.plan.0) else { return };
    let (table, id) = facts[usize::try_from(dice.below(facts.len() as u64)).unwrap()];
    let entered_in_error = dice.below(9) == 0;
    let amendment = Amendment { expected: None, reason: Some(note(number)), entered_in_error, now: at(number) };
    let injury_key = key.injury_key();
    match table {
        "assessments" => {
            let content = assessment_of(number);
            assessments::amend(tx, injury_key, AssessmentId(id), &content, amendment).await.unwrap();
            model.keep(key, table, id, number, &content);
        }
        "activities" => {
            let content = activity_of(number);
            activities::amend(tx, injury_key, ActivityId(id), &content, amendment).await.unwrap();
            model.keep(key, table, id, number, &content);
        }
        _ => {
            let content = session_of(number);
            sessions::amend(tx, key, SessionId(id), &content, amendment).await.unwrap();
            model.keep(key, table, id, number, &content);
        }
    }
}

/// The version as the store gives it at the instant at which it was recorded.
async fn read(tx: &Read, kept: &Kept) -> (u32, Timestamp, String) {
    fn said<I, T: Serialize>(read: Result<Stored<I, T>, Error>) -> (u32, Timestamp, String) {
        let read = read.unwrap();
        (read.revision, read.update_time, to_string(&read.content).unwrap())
    }
    let Kept { key, id, .. } = *kept;
    let (injury_key, then) = (key.injury_key(), At { as_of: None, known_at: Some(kept.recorded_at) });
    match kept.table {
        "patient_revisions" => said(patients::get(tx, key.patient, then).await),
        "injury_revisions" => said(injuries::get(tx, injury_key, then).await),
        "plan_revisions" => said(plans::get(tx, key, then).await),
        "assessments" => said(assessments::get(tx, injury_key, AssessmentId(id), then).await),
        "activities" => said(activities::get(tx, injury_key, ActivityId(id), then).await),
        "sessions" => said(sessions::get(tx, key, SessionId(id), then).await),
        "decisions" => said(decisions::get(tx, key, DecisionId(id), then).await),
        _ => {
            let policy = clinic_policies::current(tx, then).await.unwrap().unwrap();
            (policy.version.0, policy.recorded_at, to_string(&policy.content).unwrap())
        }
    }
}

/// Every body of a table as it is stored, by the instant at which it was recorded.
async fn bodies(home: &Home, table: &str) -> Vec<String> {
    let body = match home.kind {
        Kind::Sqlite => "body",
        Kind::Postgres => "body::text",
    };
    home.raw(format!("SELECT CAST(recorded_at AS text) || ' ' || {body} FROM {table} ORDER BY recorded_at, {body}"))
        .await
}

async fn after_10_000_operations_every_version_reads_back_as_it_was_written(home: &Home) {
    let (mut dice, mut model, mut keys) = (Dice(10), Model::default(), Vec::new());
    let mut number = 0;
    while number < OPERATIONS {
        let tx = home.write("here").await;
        for _ in 0..500 {
            number += 1;
            if keys.len() < CASES {
                keys.push(begin(&tx, number, &mut model).await);
            } else {
                let key = keys[usize::try_from(dice.below(keys.len() as u64)).unwrap()];
                step(&tx, key, number, &mut dice, &mut model).await;
            }
        }
        tx.commit().await.unwrap();
    }
    assert!(model.kept.len() >= 9_900, "{} versions", model.kept.len());
    let tables: std::collections::BTreeSet<&str> = model.kept.iter().map(|kept| kept.table).collect();
    assert_eq!(tables.len(), 8);
    for table in tables {
        let of_table = model.kept.iter().filter(|kept| kept.table == table);
        let line = |kept: &Kept| format!("{} {}", kept.recorded_at.as_microsecond(), kept.clinical);
        let mut written: Vec<String> = of_table.map(line).collect();
        let mut stored = bodies(home, table).await;
        written.sort_unstable();
        stored.sort_unstable();
        assert!(
            stored == written,
            "{table}: what is stored in the clear is not what was written but for what identifies"
        );
    }
    // Every revision is read with its digest here, and one in four at its own instant below: all would take a minute.
    let tx = home.read("here").await;
    for key in keys {
        records::evidence(&tx, key, at(OPERATIONS)).await.unwrap();
    }
    for kept in model.kept.iter().step_by(4) {
        let expected = (kept.revision, kept.recorded_at, kept.body.clone());
        assert_eq!(read(&tx, kept).await, expected, "{} of {}", kept.revision, kept.table);
    }
}
