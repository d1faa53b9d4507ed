//! A change of any stored part of an issued recommendation is found, whichever column it is in.

use taper_core::ids::{InjuryId, PlanId, ReceiptId};
use taper_core::receipt::sha256_of_lines;
use taper_core::record::codes::PlanState;
use taper_core::record::decision::Decided;
use taper_store::{
    Amendment, Error, InjuryKey, PlanKey, Version, activities, assessments, decisions, injuries, patients, plans,
    receipts, records, sessions,
};

use crate::harness::{Home, Kind, instant, on, on_both};
use crate::receipts::receipt;
use crate::samples::*;
use crate::schema::{columns, copy, restore};

on_both! {
    a_change_of_any_column_of_any_row_is_found;
    every_key_of_every_body_counts;
    of_a_patient_from_before_encryption_what_the_rules_read_counts_and_no_name;
    a_row_that_goes_or_comes_is_found;
    what_is_recorded_later_changes_nothing;
    a_gap_between_revisions_is_found_even_after_the_instant;
    another_injury_of_the_patient_does_not_count;
}

/// The tables that a receipt stands on, with the column that names each row.
const TABLES: [&str; 11] = [
    "patients",
    "patient_revisions",
    "injuries",
    "injury_revisions",
    "assessments",
    "activities",
    "plans",
    "plan_revisions",
    "sessions",
    "decisions",
    "receipts",
];

/// Tables that a receipt does not stand on, with the reason.
const OTHER_TABLES: [(&str, &str); 15] = [
    ("clinics", "the rules do not read the clinic; its slug is in every row"),
    ("therapists", "the rules know a therapist by the id only, which is in the bodies"),
    ("patient_external_ids", "numbers in other systems; the rules do not read them"),
    ("patient_keys", "without the key what is encrypted is not read at all; see the tests of erasure"),
    ("master_keys", "tells which master key the keys of patients are wrapped with"),
    ("requests", "answers kept for retries"),
    ("protocols", "held by protocol_sha256; see the tests of protocols"),
    ("protocol_cases", "what a version was tested with when it was published; no advice follows from it"),
    ("clinic_policies", "a plan has its own policy, in its body"),
    ("api_keys", "who may come in"),
    ("members", "who may come in"),
    ("glass", "who may come in"),
    ("audit_events", "what happened; its own chain holds it"),
    ("audit_heads", "what happened; its own chain holds it"),
    ("seaql_migrations", "the list of migrations"),
];

/// Columns that legitimately do not count, with the reason.
const EXEMPT: [(&str, &str, &str); 2] = [
    ("patients", "sealed_at", "only guards what is recorded later; nothing that was issued follows from it"),
    ("patients", "deleted_at", "only says whether the patient is shown and changed; what was issued stays as it was"),
];

/// Keys of a patient's body that legitimately do not count, with the reason. Only rows from before encryption have them.
const EXEMPT_KEYS: [(&str, &str); 3] = [
    ("given_name", "the rules read no names"),
    ("family_name", "the rules read no names"),
    ("external_ids", "the rules read no numbers of other systems"),
];

/// A plan of an injury that came back, with at least two revisions of everything, some of them later than the receipt.
struct Issued {
    key: PlanKey,
    id: ReceiptId,
    facts_sha256: String,
}

fn amendment(second: i64) -> Amendment {
    let reason = Some(taper_core::text::Note::parse("wrong day").unwrap());
    Amendment { expected: None, reason, entered_in_error: false, now: instant(second) }
}

/// Records and issues in one go; `later` adds what is recorded after the receipt.
async fn issue(home: &Home, later: bool) -> Issued {
    let tx = home.write("here").await;
    let earlier = an_injury(&tx).await;
    injuries::revise(&tx, earlier, None, &injury(None), instant(13)).await.unwrap();
    let injury_key = InjuryKey { injury: InjuryId(new_id()), ..earlier };
    injuries::create(&tx, injury_key, &injury(None), instant(14)).await.unwrap();
    injuries::revise(&tx, injury_key, None, &injury(Some(earlier.injury)), instant(15)).await.unwrap();
    patients::update(&tx, earlier.patient, None, &patient(&[("acme", "1")]), instant(16)).await.unwrap();
    let key = PlanKey { patient: earlier.patient, injury: injury_key.injury, plan: PlanId(new_id()) };
    plans::create(&tx, key, &plan(PlanState::Draft), instant(17)).await.unwrap();
    plans::revise(&tx, key, None, &plan(PlanState::Active), instant(18)).await.unwrap();
    let assessment = assessments::create(&tx, injury_key, assessment_id(), &small_assessment(), instant(20)).await;
    let assessment = assessment.unwrap().id;
    assessments::amend(&tx, injury_key, assessment, &small_assessment(), amendment(21)).await.unwrap();
    let activity_id = activities::create(&tx, injury_key, activity_id(), &activity(), instant(20)).await.unwrap().id;
    activities::amend(&tx, injury_key, activity_id, &activity(), amendment(21)).await.unwrap();
    let session_id = sessions::create(&tx, key, session_id(), &small_session(), instant(20)).await.unwrap().id;
    sessions::amend(&tx, key, session_id, &small_session(), amendment(21)).await.unwrap();
    let decided = small_decision(Decided::Discharge);
    decisions::create(&tx, key, Version(2), decision_id(), &decided, instant(22)).await.unwrap();
    let known_at = records::hold(&tx, key, instant(30)).await.unwrap();
    let facts_sha256 = facts_sha256(&records::evidence(&tx, key, known_at).await.unwrap());
    let content = receipt(key, known_at, &facts_sha256);
    let id = receipts::create(&tx, key, ReceiptId(new_id()), &content).await.unwrap().id;
    if later {
        add_later(&tx, key).await;
        sessions::amend(&tx, key, session_id, &small_session(), amendment(40)).await.unwrap();
    }
    tx.commit().await.unwrap();
    Issued { key, id, facts_sha256 }
}

async fn add_later(tx: &taper_store::Write, key: PlanKey) {
    patients::update(tx, key.patient, None, &patient(&[]), instant(40)).await.unwrap();
    injuries::revise(tx, key.injury_key(), None, &injury(None), instant(40)).await.unwrap();
    plans::revise(tx, key, None, &plan(PlanState::Completed), instant(40)).await.unwrap();
    assessments::create(tx, key.injury_key(), assessment_id(), &small_assessment(), instant(40)).await.unwrap();
    let decided = small_decision(Decided::ResumeStretching);
    decisions::create(tx, key, Version(4), decision_id(), &decided, instant(41)).await.unwrap();
}

fn facts_sha256(lines: &[String]) -> String {
    sha256_of_lines(lines.iter().map(String::as_str))
}

/// Whether the receipt no longer fits what is stored, or cannot be read at all. The rows are read as they are stored, so
/// that their digests do not answer for the receipt: each part is found by the receipt alone.
async fn found(home: &Home, issued: &Issued) -> bool {
    let tx = home.read("here").await;
    let Ok(stored) = receipts::get(&tx, issued.key, issued.id).await else { return true };
    let Ok(lines) = records::evidence_as_stored(&tx, issued.key, stored.receipt.known_at).await else { return true };
    facts_sha256(&lines) != stored.receipt.facts_sha256 || stored.receipt.seal() != stored.seal
}

/// An expression that gives another value of the column's type.
fn other_value(column: &str, kind: &str) -> String {
    match kind {
        "text" if matches!(column, "effective_date" | "as_of") => {
            format!("CASE WHEN {column} = '2001-01-01' THEN '2002-02-02' ELSE '2001-01-01' END")
        }
        "text" => format!("COALESCE({column}, '') || 'x'"),
        "bigint" | "integer" => format!("COALESCE({column}, 9000000000000000) + 1"),
        "boolean" => format!("NOT {column}"),
        "uuid" => "'01900000-0000-7000-8000-000000000001'".to_owned(),
        "bytea" => "'\\x01'".to_owned(),
        "blob" => "X'01900000000070008000000000000001'".to_owned(),
        "json" => "'{}'".to_owned(),
        other => panic!("no other value of the type {other}: say how a column of it is changed"),
    }
}

async fn a_change_of_any_column_of_any_row_is_found(home: &Home) {
    let issued = issue(home, true).await;
    assert!(!found(home, &issued).await);
    let columns = columns(home).await;
    for (table, ..) in &columns {
        let known = TABLES.contains(&table.as_str()) || OTHER_TABLES.iter().any(|(other, _)| other == table);
        assert!(known, "{table}: does a receipt stand on it?");
    }
    let mut refused = 0;
    for table in TABLES {
        copy(home, table).await;
        let time = if table == "receipts" { "known_at" } else { "created_at" };
        let time = if table.ends_with("_revisions") || table == "decisions" { "recorded_at" } else { time };
        // Rows by their order in time, those that the receipt stands on only.
        let rows = home.raw(format!("SELECT CAST({time} AS text) FROM {table} WHERE {time} <= 30000000")).await;
        assert!(!rows.is_empty(), "{table}");
        for (_, column, kind) in columns.iter().filter(|(of, ..)| of == table) {
            let exempt = EXEMPT.iter().any(|(of, exempt, _)| of == &table && exempt == column);
            let change = format!("UPDATE {table} SET {column} = {}", other_value(column, kind));
            if home.tamper(format!("{change} WHERE {time} <= 30000000")).await.is_err() {
                // The database itself keeps the keys unique and the times in order.
                refused += 1;
                continue;
            }
            assert_eq!(found(home, &issued).await, !exempt, "{table}.{column}");
            restore(home, table).await;
            assert!(!found(home, &issued).await, "{table} is not restored");
        }
    }
    assert!(refused <= 12, "{refused} changes were refused, so that they showed nothing");
}

async fn keys(home: &Home, table: &str) -> Vec<String> {
    let keys = match home.kind {
        Kind::Sqlite => format!("SELECT DISTINCT j.key FROM {table} t, json_each(t.body) j ORDER BY 1"),
        Kind::Postgres => format!("SELECT DISTINCT json_object_keys(body) FROM {table} ORDER BY 1"),
    };
    home.raw(keys).await
}

/// The change that takes a key out of every body of a table.
fn without(kind: Kind, table: &str, key: &str) -> String {
    match kind {
        Kind::Sqlite => format!("UPDATE {table} SET body = json_remove(body, '$.{key}')"),
        Kind::Postgres => format!("UPDATE {table} SET body = (body::jsonb - '{key}')::json"),
    }
}

async fn every_key_of_every_body_counts(home: &Home) {
    let issued = issue(home, false).await;
    for table in TABLES.into_iter().filter(|table| table.ends_with('s')) {
        let has_body = columns(home).await.iter().any(|(of, column, _)| of == table && column == "body");
        if !has_body {
            continue;
        }
        copy(home, table).await;
        let keys = keys(home, table).await;
        if table == "patient_revisions" {
            assert_eq!(keys, ["cautions", "cautions_reviewed_date"], "the rest is encrypted, and counts as a column");
        } else {
            assert!(keys.len() >= 5, "{table}: {keys:?}");
        }
        for key in keys {
            home.tamper(without(home.kind, table, &key)).await.unwrap();
            assert!(found(home, &issued).await, "{table}.body.{key}");
            restore(home, table).await;
        }
        assert!(!found(home, &issued).await, "{table} is not restored");
    }
}

async fn of_a_patient_from_before_encryption_what_the_rules_read_counts_and_no_name(home: &Home) {
    let issued = issue(home, false).await;
    let body = serde_json::to_string(&patient(&[("acme", "1")])).unwrap().replace('\'', "''");
    let in_the_clear = format!("UPDATE patient_revisions SET body = '{body}', ciphertext = NULL, digest = NULL");
    home.tamper(in_the_clear).await.unwrap();
    let table = "patient_revisions";
    copy(home, table).await;
    let lines = async || records::evidence(&home.read("here").await, issued.key, instant(30)).await.unwrap();
    let whole = lines().await;
    assert!(!whole.iter().any(|line| line.contains("family_name")), "a name is in the lines");
    let keys = keys(home, table).await;
    assert_eq!(keys.len(), 6, "{keys:?}");
    for key in keys {
        home.tamper(without(home.kind, table, &key)).await.unwrap();
        let exempt = EXEMPT_KEYS.iter().any(|(exempt, _)| *exempt == key);
        assert_eq!(lines().await == whole, exempt, "{key}");
        restore(home, table).await;
    }
    assert_eq!(lines().await, whole, "{table} is not restored");
}

async fn a_row_that_goes_or_comes_is_found(home: &Home) {
    let issued = issue(home, false).await;
    for (table, id) in [
        ("injury_revisions", "revision"),
        ("assessments", "assessment_id"),
        ("activities", "activity_id"),
        ("plan_revisions", "revision"),
        ("sessions", "session_id"),
        ("decisions", "decision_id"),
    ] {
        copy(home, table).await;
        let one = format!("(SELECT {id} FROM {table} ORDER BY {id} DESC LIMIT 1)");
        home.tamper(format!("DELETE FROM {table} WHERE {id} = {one}")).await.unwrap();
        assert!(found(home, &issued).await, "{table}: a row less");
        restore(home, table).await;
        if id != "revision" {
            let other = match home.kind {
                Kind::Sqlite => "X'01900000000070008000000000000001'",
                Kind::Postgres => "'01900000-0000-7000-8000-000000000001'::uuid",
            };
            let columns = columns(home).await;
            let columns: Vec<&str> =
                columns.iter().filter(|(of, ..)| of == table).map(|(_, c, _)| c.as_str()).collect();
            let values: Vec<&str> = columns.iter().map(|column| if *column == id { other } else { *column }).collect();
            let (columns, values) = (columns.join(", "), values.join(", "));
            home.tamper(format!("INSERT INTO {table} ({columns}) SELECT {values} FROM {table}")).await.unwrap();
            assert!(found(home, &issued).await, "{table}: a row more");
            restore(home, table).await;
        }
        assert!(!found(home, &issued).await, "{table} is not restored");
    }
}

async fn what_is_recorded_later_changes_nothing(home: &Home) {
    let issued = issue(home, false).await;
    let tx = home.write("here").await;
    // Clocks go backwards, and still nothing comes before what was issued.
    patients::update(&tx, issued.key.patient, None, &patient(&[]), instant(1)).await.unwrap();
    injuries::revise(&tx, issued.key.injury_key(), None, &injury(None), instant(1)).await.unwrap();
    plans::revise(&tx, issued.key, None, &plan(PlanState::Suspended), instant(1)).await.unwrap();
    sessions::create(&tx, issued.key, session_id(), &small_session(), instant(1)).await.unwrap();
    let made = assessments::list(&tx, issued.key.injury_key(), None, 9, taper_store::At::NOW).await.unwrap();
    assessments::amend(&tx, issued.key.injury_key(), made[0].id, &small_assessment(), amendment(1)).await.unwrap();
    let decided = small_decision(Decided::ResumeStretching);
    decisions::create(&tx, issued.key, Version(4), decision_id(), &decided, instant(1)).await.unwrap();
    tx.commit().await.unwrap();
    assert!(!found(home, &issued).await);
}

async fn a_gap_between_revisions_is_found_even_after_the_instant(home: &Home) {
    let issued = issue(home, true).await;
    for table in ["patient_revisions", "injury_revisions", "plan_revisions", "sessions"] {
        copy(home, table).await;
        let later = "superseded_at > 30000000";
        home.tamper(format!("UPDATE {table} SET superseded_at = superseded_at + 1 WHERE {later}")).await.unwrap();
        let tx = home.read("here").await;
        let damaged = records::evidence(&tx, issued.key, instant(30)).await;
        assert_eq!(damaged, Err(Error::Damaged { what: table.to_owned() }));
        drop(tx);
        restore(home, table).await;
    }
    assert!(!found(home, &issued).await);
}

async fn another_injury_of_the_patient_does_not_count(home: &Home) {
    let issued = issue(home, false).await;
    let tx = home.read("here").await;
    let lines = records::evidence(&tx, issued.key, instant(30)).await.unwrap();
    // The injury and the earlier one that it recurs from, each with two revisions.
    assert_eq!(lines.iter().filter(|line| line.starts_with("injuries ")).count(), 2);
    assert_eq!(lines.iter().filter(|line| line.starts_with("injury_revisions ")).count(), 4);
    assert!(!lines.iter().any(|line| line.contains("family_name")), "a name is in the lines");
    drop(tx);
    let tx = home.write("here").await;
    let other = InjuryKey { injury: InjuryId(new_id()), patient: issued.key.patient };
    injuries::create(&tx, other, &injury(None), instant(1)).await.unwrap();
    tx.commit().await.unwrap();
    assert!(!found(home, &issued).await);
    let tx = home.read("here").await;
    let missing = PlanKey { plan: PlanId(new_id()), ..issued.key };
    assert!(matches!(records::evidence(&tx, missing, instant(30)).await, Err(Error::NotFound { .. })));
    assert_eq!(facts_sha256(&lines), issued.facts_sha256);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_byte_of_a_body_is_found() {
    on(Kind::Sqlite, async |home: &Home| {
        let issued = issue(home, false).await;
        for (table, stride) in [("decisions", 1), ("plan_revisions", 7), ("activities", 7), ("sessions", 11)] {
            copy(home, table).await;
            let body = home.raw(format!("SELECT hex(body) FROM {table} ORDER BY body LIMIT 1")).await.remove(0);
            for place in (0..body.len() / 2).step_by(stride) {
                let byte = u8::from_str_radix(&body[2 * place..2 * place + 2], 16).unwrap();
                let (before, after) = (&body[..2 * place], &body[2 * place + 2..]);
                let flipped = format!("CAST(X'{before}{:02X}{after}' AS TEXT)", byte ^ 1);
                home.tamper(format!("UPDATE {table} SET body = {flipped} WHERE hex(body) = '{body}'")).await.unwrap();
                assert!(found(home, &issued).await, "{table}: byte {place}");
            }
            restore(home, table).await;
        }
        assert!(!found(home, &issued).await);
    })
    .await;
}

/// A line as far as two databases can agree: what is encrypted has a random nonce, and the digest covers it.
fn comparable(line: &str) -> String {
    let (table, columns) = line.split_once(' ').unwrap();
    let mut columns: serde_json::Map<String, serde_json::Value> = serde_json::from_str(columns).unwrap();
    if columns.remove("ciphertext").is_some() {
        columns.remove("digest").unwrap();
    }
    format!("{table} {}", serde_json::Value::Object(columns))
}

/// The same record on both databases; the bodies and ids are the same, the rest follows.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_databases_give_the_same_lines() {
    let key =
        PlanKey { patient: taper_core::ids::PatientId(new_id()), injury: InjuryId(new_id()), plan: PlanId(new_id()) };
    let (assessed, visited) = (assessment(), session());
    let (assessment_id, session_id) = (assessment_id(), session_id());
    let mut lines = Vec::new();
    for kind in [Kind::Sqlite, Kind::Postgres] {
        on(kind, async |home: &Home| {
            let tx = home.write("here").await;
            patients::create(&tx, key.patient, &patient(&[("acme", "1")]), instant(10)).await.unwrap();
            injuries::create(&tx, key.injury_key(), &injury(None), instant(11)).await.unwrap();
            plans::create(&tx, key, &plan(PlanState::Active), instant(12)).await.unwrap();
            assessments::create(&tx, key.injury_key(), assessment_id, &assessed, instant(13)).await.unwrap();
            sessions::create(&tx, key, session_id, &visited, instant(14)).await.unwrap();
            sessions::amend(&tx, key, session_id, &visited, amendment(15)).await.unwrap();
            lines.push(records::evidence(&tx, key, instant(20)).await.unwrap());
        })
        .await;
    }
    assert_eq!(lines[0].len(), 9);
    let encrypted = lines[0].iter().filter(|line| line.contains("\"ciphertext\":")).count();
    assert_eq!(encrypted, 5, "patient, injury, assessment and two of the session");
    let [mut one, mut other] =
        [&lines[0], &lines[1]].map(|of| of.iter().map(|line| comparable(line)).collect::<Vec<String>>());
    one.sort_unstable();
    other.sort_unstable();
    assert_eq!(one, other);
    // A nullable column of a later migration must not change the lines of older rows.
    assert!(!lines[0].iter().any(|line| line.contains("_at\":null") || line.contains("amend_reason\":null")));
}
