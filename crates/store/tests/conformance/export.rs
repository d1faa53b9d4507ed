//! An export leaves out no table that a patient has rows in.

use std::collections::{BTreeMap, BTreeSet};

use taper_core::ids::PatientId;
use taper_core::record::decision::Decided;
use taper_store::{At, Error, PlanKey, Version, Write, activities, assessments, decisions, export, patients, sessions};

use crate::harness::{Home, Kind, instant, on_both};
use crate::samples::*;

on_both! {
    every_table_that_leads_to_a_patient_is_exported_or_says_why_not;
    a_patient_that_is_not_there_or_was_purged_is_not_exported;
}

/// Tables with rows of a patient that are in no export.
const NOT_EXPORTED: [(&str, &str); 3] = [
    ("patient_keys", "the key itself; what it opens is exported"),
    ("patient_external_ids", "an index of the numbers that the patient's revisions hold"),
    ("requests", "answers that repeat what the records hold, forgotten after 30 days"),
];

async fn every_table_that_leads_to_a_patient_is_exported_or_says_why_not(home: &Home) {
    let (references, columns) = match home.kind {
        Kind::Sqlite => (
            "SELECT m.name || ' ' || f.\"table\" FROM sqlite_schema m, pragma_foreign_key_list(m.name) f
             WHERE m.type = 'table'",
            "SELECT m.name FROM sqlite_schema m, pragma_table_info(m.name) c
             WHERE m.type = 'table' AND c.name = 'patient_id'",
        ),
        Kind::Postgres => (
            "SELECT conrelid::regclass::text || ' ' || confrelid::regclass::text FROM pg_constraint
             WHERE contype = 'f'",
            "SELECT table_name::text FROM information_schema.columns
             WHERE table_schema = 'public' AND column_name = 'patient_id'",
        ),
    };
    let mut leads_to: BTreeSet<String> = home.raw(columns).await.into_iter().collect();
    let references = home.raw(references).await;
    // Below an injury of a patient, below a plan of it, and so on, until there is nothing new.
    loop {
        let before = leads_to.len();
        for reference in &references {
            let (table, parent) = reference.split_once(' ').unwrap();
            if leads_to.contains(parent) {
                leads_to.insert(table.to_owned());
            }
        }
        if leads_to.len() == before {
            break;
        }
    }
    let told = export::TABLES.into_iter().chain(NOT_EXPORTED.map(|(table, _)| table));
    assert_eq!(leads_to, told.map(str::to_owned).collect(), "a table is forgotten, or is not there any more");

    let tx = home.write("here").await;
    let key = one_of_each(&tx).await;
    tx.commit().await.unwrap();
    let tx = home.read("here").await;
    let mut exported: BTreeMap<&str, usize> = BTreeMap::new();
    for row in export::patient(&tx, key.patient).await.unwrap() {
        *exported.entry(row.table).or_default() += 1;
    }
    drop(tx);
    for table in export::TABLES {
        let stored = home.raw(format!("SELECT '' || count(*) FROM {table}")).await;
        let count = exported.get(table).copied().unwrap_or_default();
        assert_eq!(stored, [count.to_string()], "{table}");
        assert!(count > 0 || ["receipts", "audit_events"].contains(&table), "{table} has no row to export here");
    }
}

async fn one_of_each(tx: &Write) -> PlanKey {
    let key = a_plan(tx).await;
    let (injury, now) = (key.injury_key(), instant(20));
    assessments::create(tx, injury, assessment_id(), &assessment(), now).await.unwrap();
    activities::create(tx, injury, activity_id(), &activity(), now).await.unwrap();
    sessions::create(tx, key, session_id(), &session(), now).await.unwrap();
    decisions::create(tx, key, Version(1), decision_id(), &decision(Decided::Discharge), now).await.unwrap();
    key
}

async fn a_patient_that_is_not_there_or_was_purged_is_not_exported(home: &Home) {
    let tx = home.write("here").await;
    let id = one_of_each(&tx).await.patient;
    let missing = PatientId(new_id());
    let not_found = |id: PatientId| Error::NotFound { name: format!("clinics/here/patients/{id}") };
    assert_eq!(export::patient(&tx, missing).await, Err(not_found(missing)));
    let version = patients::get(&tx, id, At::NOW).await.unwrap().version;
    patients::purge(&tx, id, version, instant(20)).await.unwrap();
    assert_eq!(export::patient(&tx, id).await, Err(not_found(id)));
}
