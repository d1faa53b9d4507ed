//! A row that changed past the store is found wherever it is read, and is never an answer.

use taper_core::ids::{ActivityId, AssessmentId, DecisionId, InjuryId, PatientId, PlanId, SessionId};
use taper_core::record::codes::PlanState;
use taper_core::record::decision::Decided;
use taper_core::refusal::{Reason, Refusal};
use taper_core::text::Note;
use taper_store::clinic_policies::Change;
use taper_store::{
    Amendment, At, Error, PlanKey, Read, Version, activities, assessments, clinic_policies, decisions, injuries,
    patients, plans, records, sessions,
};
use uuid::Uuid;

use crate::harness::{Home, Kind, instant, on, on_both};
use crate::samples::*;
use crate::schema::{columns, copy, other, restore};
use crate::time::Dice;

on_both! {
    a_changed_column_of_any_row_is_found_wherever_it_is_read;
    a_row_under_another_id_or_in_another_clinic_is_found;
    a_flipped_bit_of_a_body_is_found;
    a_damaged_revision_is_not_replaced;
    a_row_that_was_written_before_there_were_digests_reads_as_it_is;
}

/// The tables with a body, whether they have revisions, and the column of the row's own id.
const TABLES: [(&str, bool, &str); 8] = [
    ("patient_revisions", true, "patient_id"),
    ("injury_revisions", true, "injury_id"),
    ("plan_revisions", true, "plan_id"),
    ("assessments", true, "assessment_id"),
    ("activities", true, "activity_id"),
    ("sessions", true, "session_id"),
    ("decisions", false, "decision_id"),
    ("clinic_policies", true, "revision"),
];

/// One of everything, each with a revision of second 20 and the current one of second 30.
#[derive(Clone, Copy)]
struct Made {
    key: PlanKey,
    assessment: AssessmentId,
    activity: ActivityId,
    session: SessionId,
    decision: DecisionId,
}

fn amendment() -> Amendment {
    let reason = Some(Note::parse("wrong day").unwrap());
    Amendment { expected: None, reason, entered_in_error: false, now: instant(30) }
}

async fn make(home: &Home) -> Made {
    let tx = home.write("here").await;
    let (patient_id, injury_id, plan_id) = (PatientId(new_id()), InjuryId(new_id()), PlanId(new_id()));
    let key = PlanKey { patient: patient_id, injury: injury_id, plan: plan_id };
    let injury_key = key.injury_key();
    patients::create(&tx, key.patient, &patient(&[]), instant(20)).await.unwrap();
    patients::update(&tx, key.patient, None, &patient(&[]), instant(30)).await.unwrap();
    let earlier = taper_core::record::injury::Injury { note: Note::default(), ..injury(None) };
    injuries::create(&tx, injury_key, &earlier, instant(20)).await.unwrap();
    injuries::revise(&tx, injury_key, None, &earlier, instant(30)).await.unwrap();
    plans::create(&tx, key, &plan(PlanState::Draft), instant(20)).await.unwrap();
    plans::revise(&tx, key, None, &plan(PlanState::Active), instant(30)).await.unwrap();
    let made = Made {
        key,
        assessment: assessment_id(),
        activity: activity_id(),
        session: session_id(),
        decision: decision_id(),
    };
    assessments::create(&tx, injury_key, made.assessment, &small_assessment(), instant(20)).await.unwrap();
    assessments::amend(&tx, injury_key, made.assessment, &small_assessment(), amendment()).await.unwrap();
    activities::create(&tx, injury_key, made.activity, &activity(), instant(20)).await.unwrap();
    activities::amend(&tx, injury_key, made.activity, &activity(), amendment()).await.unwrap();
    sessions::create(&tx, key, made.session, &small_session(), instant(20)).await.unwrap();
    sessions::amend(&tx, key, made.session, &small_session(), amendment()).await.unwrap();
    let decided = small_decision(Decided::Discharge);
    decisions::create(&tx, key, Version(2), made.decision, &decided, instant(20)).await.unwrap();
    for second in [20, 30] {
        let reason = Note::parse("new machines").unwrap();
        let change = Change { expected: None, reason, therapist: Some(therapist().id), now: instant(second) };
        clinic_policies::revise(&tx, &plan(PlanState::Draft).policy.into(), change).await.unwrap();
    }
    tx.commit().await.unwrap();
    made
}

/// What every read gives that meets the rows of a table at those times: its name, and what it says.
async fn reads(tx: &Read, table: &str, made: Made, at: At) -> Vec<(&'static str, Result<String, Error>)> {
    fn said<T: std::fmt::Debug>(read: Result<T, Error>) -> Result<String, Error> {
        read.map(|read| format!("{read:?}"))
    }
    let (key, injury_key) = (made.key, made.key.injury_key());
    let now = At { known_at: None, ..at };
    let (get, list) = match table {
        "patient_revisions" => (
            said(patients::get(tx, key.patient, at).await),
            // There is no list of what was.
            if at == now {
                said(patients::list(tx, None, 9, false).await)
            } else {
                said(patients::get(tx, key.patient, at).await)
            },
        ),
        "injury_revisions" => (
            said(injuries::get(tx, injury_key, at).await),
            if at == now {
                said(injuries::list(tx, key.patient, None, 9).await)
            } else {
                said(injuries::get(tx, injury_key, at).await)
            },
        ),
        "plan_revisions" => (said(plans::get(tx, key, at).await), said(plans::list(tx, injury_key, None, 9, at).await)),
        "assessments" => (
            said(assessments::get(tx, injury_key, made.assessment, at).await),
            said(assessments::list(tx, injury_key, None, 9, at).await),
        ),
        "activities" => (
            said(activities::get(tx, injury_key, made.activity, at).await),
            said(activities::list(tx, injury_key, None, 9, at).await),
        ),
        "sessions" => {
            (said(sessions::get(tx, key, made.session, at).await), said(sessions::list(tx, key, None, 9, at).await))
        }
        "decisions" => {
            (said(decisions::get(tx, key, made.decision, at).await), said(decisions::list(tx, key, None, 9, at).await))
        }
        "clinic_policies" => {
            (said(clinic_policies::current(tx, at).await), said(clinic_policies::list(tx, None, 9).await))
        }
        other => panic!("{other} is not read"),
    };
    let mut reads = vec![("get", get), ("list", list)];
    if table != "clinic_policies" {
        let known_at = at.known_at.unwrap_or(instant(90));
        reads.push(("load", said(records::load(tx, key, at.known_at).await)));
        reads.push(("load_many", said(records::load_many(tx, &[key], at.known_at).await)));
        reads.push(("evidence", said(records::evidence(tx, key, known_at).await)));
    }
    if table == "plan_revisions" {
        let fetched = records::fetch(tx, &[key], at.known_at).await.unwrap();
        reads.push(("protocol", said(fetched.protocol(key))));
    }
    reads
}

async fn all_are_damaged(home: &Home, clinic: &str, table: &str, made: Made, at: At, change: &str) {
    let tx = home.read(clinic).await;
    for (name, read) in reads(&tx, table, made, at).await {
        assert!(matches!(read, Err(Error::Damaged { .. })), "{change}: {name} gives {read:?}");
    }
}

async fn none_is_damaged(home: &Home, table: &str, made: Made, at: At) -> Vec<String> {
    let tx = home.read("here").await;
    reads(&tx, table, made, at).await.into_iter().map(|(name, read)| read.expect(name)).collect()
}

async fn a_changed_column_of_any_row_is_found_wherever_it_is_read(home: &Home) {
    let made = make(home).await;
    let all = columns(home).await;
    let then = At { as_of: None, known_at: Some(instant(25)) };
    let mut found = 0;
    for (table, has_revisions, own) in TABLES {
        copy(home, table).await;
        let is_id = |column: &str| column.ends_with("_id") || column == own && column != "revision";
        let of_table = all.iter().filter(|(of, ..)| of == table).map(|(_, column, _)| column.as_str());
        for column in of_table.filter(|column| *column != "superseded_at" && !is_id(column)) {
            let which = [(At::NOW, "superseded_at IS NULL"), (then, "superseded_at IS NOT NULL")];
            for (at, rows) in which.into_iter().take(if has_revisions { 2 } else { 1 }) {
                let rows = if has_revisions { rows } else { "TRUE" };
                let change = format!("UPDATE {table} SET {column} = {} WHERE {rows}", other(home.kind, column));
                none_is_damaged(home, table, made, at).await;
                home.tamper(change.clone()).await.unwrap();
                all_are_damaged(home, "here", table, made, at, &change).await;
                restore(home, table).await;
                found += 1;
            }
        }
    }
    // Five columns of the revisions of heads, nine of facts, five of decisions, six of policies; all but decisions twice.
    assert_eq!(found, 2 * (3 * 5 + 3 * 9 + 6) + 5);
    let refusal = Refusal::from(Error::Damaged { what: "sessions.digest".to_owned() });
    assert_eq!(refusal.reason, Reason::StoredRecordDamaged);
}

async fn a_row_under_another_id_or_in_another_clinic_is_found(home: &Home) {
    let made = make(home).await;
    let other_id = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);
    let literal = match home.kind {
        Kind::Sqlite => format!("X'{}'", other_id.simple()),
        Kind::Postgres => format!("'{other_id}'"),
    };
    let all = columns(home).await;
    let key = made.key;
    let moved: [(&str, Made); 7] = [
        ("patient_id", Made { key: PlanKey { patient: PatientId(other_id), ..key }, ..made }),
        ("injury_id", Made { key: PlanKey { injury: InjuryId(other_id), ..key }, ..made }),
        ("plan_id", Made { key: PlanKey { plan: PlanId(other_id), ..key }, ..made }),
        ("assessment_id", Made { assessment: AssessmentId(other_id), ..made }),
        ("activity_id", Made { activity: ActivityId(other_id), ..made }),
        ("session_id", Made { session: SessionId(other_id), ..made }),
        ("decision_id", Made { decision: DecisionId(other_id), ..made }),
    ];
    let has = |table: &str, column: &str| all.iter().any(|(of, name, _)| of == table && name == column);
    // Wherever the id stands it is replaced, so that the row is found below its parents again.
    for (column, there) in moved {
        let tables: Vec<&String> = all.iter().filter(|(_, name, _)| name == column).map(|(table, ..)| table).collect();
        let replace = |to: &str| -> String {
            tables.iter().map(|table| format!("UPDATE {table} SET {column} = {to};")).collect()
        };
        home.tamper(replace(&literal)).await.unwrap();
        for (table, ..) in TABLES.iter().filter(|(table, ..)| has(table, column)) {
            all_are_damaged(home, "here", table, there, At::NOW, column).await;
        }
        let id = |there: Made| match column {
            "patient_id" => there.key.patient.0,
            "injury_id" => there.key.injury.0,
            "plan_id" => there.key.plan.0,
            "assessment_id" => there.assessment.0,
            "activity_id" => there.activity.0,
            "session_id" => there.session.0,
            _ => there.decision.0,
        };
        let back = match home.kind {
            Kind::Sqlite => format!("X'{}'", id(made).simple()),
            Kind::Postgres => format!("'{}'", id(made)),
        };
        home.tamper(replace(&back)).await.unwrap();
        for (table, ..) in TABLES {
            none_is_damaged(home, table, made, At::NOW).await;
        }
    }
    let of_clinic = ["patients", "injuries", "plans"].into_iter().chain(TABLES.map(|(table, ..)| table));
    home.tamper(of_clinic.map(|table| format!("UPDATE {table} SET clinic_id = 'there';")).collect()).await.unwrap();
    for (table, ..) in TABLES {
        all_are_damaged(home, "there", table, made, At::NOW, "clinic_id").await;
    }
}

/// 504 bits, one of each table at a time; Postgres keeps only what is still JSON.
async fn a_flipped_bit_of_a_body_is_found(home: &Home) {
    let made = make(home).await;
    let mut dice = Dice(500);
    let mut bodies = Vec::new();
    for (table, has_revisions, _) in TABLES {
        let current = if has_revisions { "superseded_at IS NULL" } else { "TRUE" };
        let text = format!("SELECT CAST(body AS text) FROM {table} WHERE {current}");
        bodies.push((table, current, home.raw(text).await.remove(0).into_bytes()));
    }
    let stored = |table: &str, current: &str, bytes: &[u8]| -> String {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let value = match home.kind {
            Kind::Sqlite => format!("CAST(X'{hex}' AS TEXT)"),
            Kind::Postgres => format!("convert_from('\\x{hex}', 'UTF8')::json"),
        };
        format!("UPDATE {table} SET body = {value} WHERE {current};")
    };
    for _ in 0..63 {
        let mut change = String::new();
        for (table, current, body) in &bodies {
            let flipped = loop {
                let mut flipped = body.clone();
                flipped[usize::try_from(dice.below(body.len() as u64)).unwrap()] ^= 1 << dice.below(8);
                let is_json = serde_json::from_slice::<serde_json::Value>(&flipped).is_ok();
                if home.kind == Kind::Sqlite || is_json {
                    break flipped;
                }
            };
            change += &stored(table, current, &flipped);
        }
        home.tamper(change).await.unwrap();
        for (table, ..) in TABLES {
            all_are_damaged(home, "here", table, made, At::NOW, "a bit").await;
        }
    }
    let restore = bodies.iter().map(|(table, current, body)| stored(table, current, body));
    home.tamper(restore.collect()).await.unwrap();
    for (table, ..) in TABLES {
        none_is_damaged(home, table, made, At::NOW).await;
    }
}

async fn a_damaged_revision_is_not_replaced(home: &Home) {
    let made = make(home).await;
    for (table, change) in [
        ("sessions", "created_at = created_at - 1"),
        ("assessments", "created_at = created_at - 1"),
        ("activities", "created_at = created_at - 1"),
        ("patient_revisions", "recorded_at = recorded_at + 1"),
        ("injury_revisions", "recorded_at = recorded_at + 1"),
        ("plan_revisions", "recorded_at = recorded_at + 1"),
    ] {
        home.tamper(format!("UPDATE {table} SET {change} WHERE superseded_at IS NULL")).await.unwrap();
    }
    let tx = home.write("here").await;
    let (key, injury_key) = (made.key, made.key.injury_key());
    let answers = [
        sessions::amend(&tx, key, made.session, &small_session(), amendment()).await.err(),
        assessments::amend(&tx, injury_key, made.assessment, &small_assessment(), amendment()).await.err(),
        activities::amend(&tx, injury_key, made.activity, &activity(), amendment()).await.err(),
        patients::update(&tx, key.patient, None, &patient(&[]), instant(40)).await.err(),
        injuries::revise(&tx, injury_key, None, &injury(None), instant(40)).await.err(),
        plans::revise(&tx, key, None, &plan(PlanState::Active), instant(40)).await.err(),
    ];
    for answer in answers {
        assert!(matches!(answer, Some(Error::Damaged { .. })), "{answer:?}");
    }
}

async fn a_row_that_was_written_before_there_were_digests_reads_as_it_is(home: &Home) {
    let made = make(home).await;
    let mut before = Vec::new();
    for (table, ..) in TABLES {
        let mut read = none_is_damaged(home, table, made, At::NOW).await;
        // The lines of the evidence have the digests.
        if table != "clinic_policies" {
            read.remove(4);
        }
        before.push(read);
        home.tamper(format!("UPDATE {table} SET digest = NULL")).await.unwrap();
    }
    for ((table, ..), before) in TABLES.iter().zip(before) {
        let mut read = none_is_damaged(home, table, made, At::NOW).await;
        if *table != "clinic_policies" {
            assert!(!read.remove(4).contains("digest"), "{table}");
        }
        assert_eq!(read, before);
    }
    let tx = home.write("here").await;
    sessions::amend(&tx, made.key, made.session, &small_session(), amendment()).await.unwrap();
    plans::revise(&tx, made.key, None, &plan(PlanState::Suspended), instant(40)).await.unwrap();
    tx.commit().await.unwrap();
    for table in ["sessions", "plan_revisions"] {
        let with = format!("SELECT CAST(COUNT(digest) AS text) || ' of ' || CAST(COUNT(*) AS text) FROM {table}");
        assert_eq!(home.raw(with).await, ["1 of 3"], "{table}");
        none_is_damaged(home, table, made, At::NOW).await;
    }
}

/// The digest again, by Postgres itself and from what the module says of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_computes_the_same_digests() {
    on(Kind::Postgres, async |home: &Home| {
        make(home).await;
        let all = columns(home).await;
        let part = |bytes: &str| format!("int4send(octet_length({bytes})) || {bytes}");
        let text = |text: &str| format!("convert_to({text}, 'UTF8')");
        for (table, has_revisions, _) in TABLES {
            let order = format!(
                "SELECT column_name::text FROM information_schema.columns WHERE table_name = '{table}'
                 ORDER BY ordinal_position"
            );
            let mut bytes = vec![part(&text(&format!("'{table}'")))];
            for column in home.raw(order).await {
                let (_, _, kind) = all.iter().find(|(of, name, _)| of == table && *name == column).unwrap();
                let value = match kind.as_str() {
                    _ if column == "superseded_at" || column == "digest" => continue,
                    "text" | "json" => text(&format!("{column}::text")),
                    "uuid" => format!("uuid_send({column})"),
                    "bigint" => format!("int8send({column})"),
                    "boolean" => format!("boolsend({column})"),
                    "bytea" => column.clone(),
                    other => panic!("{table}.{column} is of type {other}"),
                };
                bytes.push(format!("COALESCE({} || {}, '')", part(&text(&format!("'{column}'"))), part(&value)));
            }
            let same = format!("SELECT (digest = sha256({}))::text FROM {table}", bytes.join(" || "));
            let rows = if has_revisions { 2 } else { 1 };
            assert_eq!(home.raw(same).await, vec!["true"; rows], "{table}");
        }
    })
    .await;
}
