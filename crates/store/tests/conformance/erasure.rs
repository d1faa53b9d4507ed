//! Who a patient was is erased for good when its key is destroyed, and the clinical values stay, of nobody.

use serde_json::to_string;
use taper_core::audit::Head;
use taper_core::ids::PatientId;
use taper_core::refusal::{Reason, Refusal};
use taper_core::text::Note;
use taper_store::{
    At, Claim, Error, MasterKey, Options, Store, Version, audit, patients, plans, records, requests, sessions,
};

use crate::confidential::{Whole, record};
use crate::deletion::{changes, listed, reads_below};
use crate::harness::{Home, Kind, clinic, instant, master_key, on_both, soon};
use crate::samples::*;
use crate::schema::{all_rows, copy, restore};

on_both! {
    a_purged_patient_looks_like_one_that_never_existed;
    after_a_purge_the_clinical_values_the_other_patients_and_the_chain_are_as_they_were;
    a_purged_patients_numbers_are_free_and_its_requests_forgotten;
    what_was_encrypted_does_not_open_again_without_the_key;
    a_patient_from_before_encryption_reads_and_is_not_erasable;
    a_database_keeps_to_the_master_key_that_it_was_first_used_with;
    without_the_master_key_nothing_that_identifies_is_read_or_written;
}

async fn purge(home: &Home, of: &Whole) {
    let tx = home.write("here").await;
    let version = patients::get(&tx, of.key.patient, At::NOW).await.unwrap().version;
    assert_eq!(patients::purge(&tx, of.key.patient, version, instant(70)).await, Ok(()));
    tx.commit().await.unwrap();
}

async fn two(home: &Home) -> (Whole, Whole) {
    let tx = home.write("here").await;
    let both = (record(&tx, "ann").await, record(&tx, "bob").await);
    tx.commit().await.unwrap();
    both
}

/// Every read and every change of a patient.
async fn answers(home: &Home, of: &Whole) -> Vec<(&'static str, Result<String, Error>)> {
    fn said<T: std::fmt::Debug>(read: Result<T, Error>) -> Result<String, Error> {
        read.map(|read| format!("{read:?}"))
    }
    let tx = home.read("here").await;
    let (key, then) = (of.key, At { as_of: None, known_at: Some(instant(40)) });
    let mut answers = Vec::new();
    for at in [At::NOW, then] {
        answers.push(("patients::get", said(patients::get(&tx, key.patient, at).await)));
        answers.extend(reads_below(&tx, of, at).await);
        answers.push(("records::load", said(records::load(&tx, key, at.known_at).await)));
        answers.push(("records::load_as_stored", said(records::load_as_stored(&tx, key, at.known_at).await)));
        answers.push(("records::load_many", said(records::load_many(&tx, &[key], at.known_at).await)));
    }
    answers.push(("records::evidence", said(records::evidence(&tx, key, instant(30)).await)));
    answers.push(("records::evidence_as_stored", said(records::evidence_as_stored(&tx, key, instant(30)).await)));
    drop(tx);
    let tx = home.write("here").await;
    answers.extend(changes(&tx, of).await.into_iter().map(|(name, done)| (name, said(done))));
    for (name, is_deleted) in [("delete", true), ("undelete", false)] {
        let set = patients::set_deleted(&tx, key.patient, Version(1), is_deleted, instant(80)).await;
        answers.push((name, said(set)));
    }
    answers.push(("purge", said(patients::purge(&tx, key.patient, Version(1), instant(80)).await)));
    answers
}

async fn a_purged_patient_looks_like_one_that_never_existed(home: &Home) {
    let (of, other) = two(home).await;
    for (name, answer) in answers(home, &of).await.into_iter().filter(|(name, _)| name.contains("::")) {
        assert!(!matches!(answer, Err(Error::NotFound { .. })), "{name} finds nothing before: {answer:?}");
    }
    purge(home, &of).await;
    let never = Whole::never();
    let ids = |of: &Whole| -> [String; 6] {
        let (key, facts) = (of.key, [of.assessment.0, of.activity.0, of.session.0, of.decision.0]);
        let [assessment, activity, session, decision] = facts.map(|id| id.to_string());
        let below = [assessment, activity, session, decision].join(" ");
        let [one, two, three] = [key.patient.0, key.injury.0, key.plan.0].map(|id| id.to_string());
        [one, two, three, of.receipt.to_string(), of.request.to_string(), below]
    };
    let renamed = |said: String| -> String {
        let pairs = ids(&of).into_iter().zip(ids(&never));
        pairs.fold(said, |said, (of, never)| {
            of.split(' ').zip(never.split(' ')).fold(said, |said, (of, never)| said.replace(of, never))
        })
    };
    let expected = answers(home, &never).await;
    for ((name, answer), (_, expected)) in answers(home, &of).await.into_iter().zip(expected) {
        assert!(matches!(&answer, Err(Error::NotFound { .. })), "{name}: {answer:?}");
        assert_eq!(renamed(format!("{answer:?}")), format!("{expected:?}"), "{name}");
        assert_eq!(answer.map_err(Refusal::from).unwrap_err().reason, Reason::ResourceNotFound);
    }
    let (patient, plan) = (vec![other.key.patient.0], vec![other.key.plan.0]);
    assert_eq!(listed(&home.read("here").await).await, [patient.clone(), patient, plan.clone(), plan]);
}

/// What a table says of clinical values, past the store.
async fn clinical(home: &Home) -> Vec<String> {
    let mut rows = Vec::new();
    for table in ["assessments", "activities", "sessions", "decisions"] {
        let sql = format!("SELECT effective_date || ' ' || CAST(body AS text) FROM {table} ORDER BY 1");
        rows.extend(home.raw(sql).await);
    }
    for table in ["patient_revisions", "injury_revisions", "plan_revisions"] {
        rows.extend(home.raw(format!("SELECT CAST(body AS text) FROM {table} ORDER BY 1")).await);
    }
    rows
}

async fn after_a_purge_the_clinical_values_the_other_patients_and_the_chain_are_as_they_were(home: &Home) {
    let (of, other) = two(home).await;
    let reads = async || {
        let tx = home.read("here").await;
        let patient = patients::get(&tx, other.key.patient, At::NOW).await.unwrap();
        let record = records::load(&tx, other.key, None).await.unwrap();
        (patient, record, reads_below(&tx, &other, At::NOW).await)
    };
    let chain = async || audit::verify(&home.read("here").await, Head::default(), Vec::new()).await.unwrap().unwrap();
    let (before, head, rows) = (reads().await, chain().await, clinical(home).await);
    assert_eq!(head.number, 2);
    assert!(before.2.iter().all(|(_, read)| read.is_ok()));
    assert_eq!(
        rows.iter().filter(|row| row.starts_with("2026-03-03 ") && row.contains("\"pain_before\":10")).count(),
        4
    );
    purge(home, &of).await;
    assert_eq!((reads().await, chain().await, clinical(home).await), (before, head, rows));
}

async fn a_purged_patients_numbers_are_free_and_its_requests_forgotten(home: &Home) {
    let (of, other) = two(home).await;
    let taken = taper_core::record::patient::Patient { external_ids: of.patient.external_ids.clone(), ..patient(&[]) };
    let create = async || {
        let tx = home.write("here").await;
        let created = patients::create(&tx, PatientId(new_id()), &taken, instant(80)).await.map(|_| ());
        if created.is_ok() {
            tx.commit().await.unwrap();
        }
        created
    };
    let claim = async |of: &Whole| {
        let tx = home.write("here").await;
        requests::claim(&tx, of.request, "UpdatePatient", b"hash", instant(80)).await
    };
    assert_eq!(create().await, Err(Error::AlreadyExists { what: "one of the external ids" }));
    assert_eq!(claim(&of).await, Ok(Claim::Done(of.answer.clone())));
    purge(home, &of).await;
    assert_eq!(claim(&of).await, Ok(Claim::New));
    assert_eq!(claim(&other).await, Ok(Claim::Done(other.answer.clone())));
    assert_eq!(create().await, Ok(()));
    assert_eq!(create().await, Err(Error::AlreadyExists { what: "one of the external ids" }));
}

/// How an id stands in a statement.
fn literal(home: &Home, patient: PatientId) -> String {
    match home.kind {
        Kind::Sqlite => format!("X'{}'", patient.0.simple()),
        Kind::Postgres => format!("'{patient}'"),
    }
}

async fn what_was_encrypted_does_not_open_again_without_the_key(home: &Home) {
    let (of, other) = two(home).await;
    let rows = home.raw("SELECT CAST(COUNT(*) AS text) FROM patient_keys").await;
    assert_eq!(rows, ["2"]);
    for table in ["requests", "patient_external_ids"] {
        copy(home, table).await;
    }
    purge(home, &of).await;
    let keys = async |of: &Whole| {
        let patient = literal(home, of.key.patient);
        home.raw(format!("SELECT CAST(COUNT(*) AS text) FROM patient_keys WHERE patient_id = {patient}"))
            .await
            .remove(0)
    };
    assert_eq!((keys(&of).await.as_str(), keys(&other).await.as_str()), ("0", "1"));
    // Whoever brings back all the rest, from a copy of the database, brings back nobody.
    for table in ["requests", "patient_external_ids"] {
        restore(home, table).await;
    }
    home.tamper("UPDATE patients SET purged_at = NULL".to_owned()).await.unwrap();
    let damaged = |what: &str| Err(Error::Damaged { what: what.to_owned() });
    let tx = home.write("here").await;
    let opened = patients::get(&tx, of.key.patient, At::NOW).await.map(|_| ());
    assert_eq!(opened, damaged("patient_revisions.ciphertext"));
    let opened = sessions::get(&tx, of.key, of.session, At::NOW).await.map(|_| ());
    assert_eq!(opened, damaged("sessions.ciphertext"));
    let answer = requests::claim(&tx, of.request, "UpdatePatient", b"hash", instant(80)).await.map(|_| ());
    assert_eq!(answer, damaged("requests.response"));
    // Nor does a new key open what another one closed.
    sessions::create(&tx, of.key, session_id(), &session(), instant(80)).await.unwrap();
    let opened = patients::get(&tx, of.key.patient, At::NOW).await.map(|_| ());
    assert_eq!(opened, damaged("patient_revisions.ciphertext"));
    assert!(patients::get(&tx, other.key.patient, At::NOW).await.is_ok());
}

async fn a_patient_from_before_encryption_reads_and_is_not_erasable(home: &Home) {
    let (of, other) = two(home).await;
    let quoted = |json: String| json.replace('\'', "''");
    let patient = quoted(to_string(&of.patient).unwrap());
    let mut visit = session();
    visit.note = Note::parse("seen at Zürich's track").unwrap();
    let visit_body = quoted(to_string(&visit).unwrap());
    let (id, plan) = (literal(home, of.key.patient), literal(home, PatientId(of.key.plan.0)));
    let in_the_clear = "ciphertext = NULL, digest = NULL";
    home.tamper(format!(
        "UPDATE patient_revisions SET body = '{patient}', {in_the_clear} WHERE patient_id = {id} AND revision = 1;
         UPDATE sessions SET body = '{visit_body}', amend_reason = 'typed long ago', {in_the_clear}
         WHERE plan_id = {plan} AND revision = 2"
    ))
    .await
    .unwrap();
    let tx = home.read("here").await;
    let then = At { as_of: None, known_at: Some(instant(20)) };
    assert_eq!(patients::get(&tx, of.key.patient, then).await.unwrap().content, of.patient);
    let read = sessions::get(&tx, of.key, of.session, At::NOW).await.unwrap();
    assert_eq!((read.content, read.amend_reason), (visit.clone(), Note::parse("typed long ago").ok()));
    assert_eq!(records::load(&tx, of.key, None).await.unwrap().sessions[0].content, visit);
    drop(tx);
    let before = all_rows(home).await;
    let tx = home.write("here").await;
    // One revision in the clear is enough, and the one after it is encrypted.
    let refused = patients::purge(&tx, of.key.patient, Version(2), instant(70)).await;
    assert_eq!(refused, Err(Error::NotErasable));
    tx.commit().await.unwrap();
    assert_eq!(all_rows(home).await, before);
    assert_eq!(Refusal::from(Error::NotErasable).reason, Reason::WrongState);
    purge(home, &other).await;
}

/// The database of a home, opened again with another master key, or with none.
async fn reopened(mut home: Home, master_key: Option<MasterKey>) -> Home {
    home.store.close().await;
    drop(home.store);
    home.store = Store::open(&home.url, Options { master_key, ..Options::default() }).await.unwrap();
    home
}

async fn migrated(kind: Kind) -> Home {
    let home = Home::empty(kind, Options::default()).await;
    home.store.migrate().up().await.unwrap();
    let tx = home.store.begin_write(&clinic("here"), soon()).await.unwrap();
    let content = taper_core::record::clinic::Clinic {
        id: clinic("here"),
        display_name: line("Taper Clinic"),
        time_zone: taper_core::record::clinic::TimeZoneName::parse("America/New_York").unwrap(),
    };
    taper_store::clinics::create(&tx, &content, instant(1)).await.unwrap();
    tx.commit().await.unwrap();
    home
}

async fn a_database_keeps_to_the_master_key_that_it_was_first_used_with(on: &Home) {
    let home = migrated(on.kind).await;
    let noted = "SELECT CAST(COUNT(*) AS text) || ' ' || CAST(MAX(created_at) AS text) FROM master_keys";
    assert_eq!(home.store.check_master_key(instant(10), soon()).await, Ok(()));
    assert_eq!(home.store.check_master_key(instant(20), soon()).await, Ok(()));
    assert_eq!(home.raw(noted).await, ["1 10000000"]);
    let home = reopened(home, MasterKey::parse(&"1f".repeat(32))).await;
    for second in [30, 40] {
        let refused = home.store.check_master_key(instant(second), soon()).await;
        assert!(matches!(&refused, Err(Error::Open(why)) if why.contains("another one")), "{refused:?}");
    }
    let home = reopened(home, None).await;
    assert_eq!(home.store.check_master_key(instant(50), soon()).await, Err(Error::Internal));
    let home = reopened(home, Some(master_key())).await;
    assert_eq!(home.store.check_master_key(instant(60), soon()).await, Ok(()));
    assert_eq!(home.raw(noted).await, ["1 10000000"]);
    home.remove().await;
}

async fn without_the_master_key_nothing_that_identifies_is_read_or_written(on: &Home) {
    let home = migrated(on.kind).await;
    let tx = home.write("here").await;
    let of = record(&tx, "ann").await;
    tx.commit().await.unwrap();
    let before = all_rows(&home).await;
    let home = reopened(home, None).await;
    let tx = home.read("here").await;
    assert_eq!(patients::get(&tx, of.key.patient, At::NOW).await, Err(Error::Internal));
    assert_eq!(patients::list(&tx, None, 9, true).await, Err(Error::Internal));
    assert_eq!(sessions::get(&tx, of.key, of.session, At::NOW).await, Err(Error::Internal));
    assert_eq!(records::load(&tx, of.key, None).await, Err(Error::Internal));
    assert!(plans::get(&tx, of.key, At::NOW).await.is_ok(), "nothing of a plan identifies");
    drop(tx);
    let tx = home.write("here").await;
    let answer = requests::claim(&tx, of.request, "UpdatePatient", b"hash", instant(80)).await;
    assert_eq!(answer, Err(Error::Internal));
    drop(tx);
    for number in [&[][..], &[("acme", "1")]] {
        let tx = home.write("here").await;
        let refused = patients::create(&tx, PatientId(new_id()), &patient(number), instant(80)).await;
        assert_eq!(refused, Err(Error::Internal));
    }
    let tx = home.write("here").await;
    for (change, done) in changes(&tx, &of).await.into_iter().filter(|(change, _)| !change.starts_with("plans::")) {
        // An activity without a note says nothing that identifies.
        let expected = if change == "activities::create" { Ok(()) } else { Err(Error::Internal) };
        assert_eq!(done, expected, "{change}");
    }
    drop(tx);
    assert_eq!(all_rows(&home).await, before);
    // Another master key than the right one opens nothing either.
    let home = reopened(home, MasterKey::parse(&"1f".repeat(32))).await;
    let damaged = Err(Error::Damaged { what: "patient_keys.wrapped_key".to_owned() });
    let tx = home.read("here").await;
    assert_eq!(patients::get(&tx, of.key.patient, At::NOW).await.map(|_| ()), damaged);
    assert_eq!(records::load(&tx, of.key, None).await.map(|_| ()), damaged);
    drop(tx);
    home.remove().await;
}
