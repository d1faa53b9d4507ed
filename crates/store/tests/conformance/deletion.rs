//! A deleted patient is hidden and closed to changes, and comes back as it was.

use taper_core::ids::{InjuryId, PlanId};
use taper_core::record::activity::Activity;
use taper_core::record::assessment::Assessment;
use taper_core::record::codes::PlanState;
use taper_core::record::decision::{Decided, Decision};
use taper_core::record::injury::Injury;
use taper_core::record::plan::Plan;
use taper_core::record::session::Session;
use taper_core::refusal::{Reason, Refusal};
use taper_store::{
    Amendment, At, Error, InjuryKey, PlanKey, Read, Version, Write, activities, assessments, caseload, decisions,
    injuries, patients, plans, receipts, records, sessions,
};

use crate::confidential::{Whole, record};
use crate::harness::{Home, instant, on_both};
use crate::samples::*;
use crate::schema::all_rows;

on_both! {
    a_deleted_patient_is_hidden_and_closed_to_changes_until_it_is_undeleted;
    what_was_read_of_a_patient_before_it_was_deleted_reads_the_same;
    a_deletion_is_recorded_after_what_was_issued;
    a_stale_version_deletes_and_undeletes_nothing;
    the_last_day_is_the_latest_that_anything_counts_for;
}

/// What a read gave, as one text.
fn said<T: std::fmt::Debug>(read: Result<T, Error>) -> Result<String, Error> {
    read.map(|read| format!("{read:?}"))
}

/// Every read of what belongs to a patient, below the patient itself.
pub async fn reads_below(tx: &Read, of: &Whole, at: At) -> Vec<(&'static str, Result<String, Error>)> {
    let (key, injury_key) = (of.key, of.key.injury_key());
    vec![
        ("injuries::get", said(injuries::get(tx, injury_key, at).await)),
        ("injuries::list", said(injuries::list(tx, key.patient, None, 9).await)),
        ("plans::get", said(plans::get(tx, key, at).await)),
        ("plans::list", said(plans::list(tx, injury_key, None, 9, at).await)),
        ("assessments::get", said(assessments::get(tx, injury_key, of.assessment, at).await)),
        ("assessments::list", said(assessments::list(tx, injury_key, None, 9, at).await)),
        ("activities::get", said(activities::get(tx, injury_key, of.activity, at).await)),
        ("activities::list", said(activities::list(tx, injury_key, None, 9, at).await)),
        ("sessions::get", said(sessions::get(tx, key, of.session, at).await)),
        ("sessions::list", said(sessions::list(tx, key, None, 9, at).await)),
        ("decisions::get", said(decisions::get(tx, key, of.decision, at).await)),
        ("decisions::list", said(decisions::list(tx, key, None, 9, at).await)),
        ("receipts::get", said(receipts::get(tx, key, of.receipt).await)),
        ("receipts::list", said(receipts::list(tx, key, None, 9).await)),
    ]
}

/// Every change of what belongs to a patient, one after the other.
pub async fn changes(tx: &Write, of: &Whole) -> Vec<(&'static str, Result<(), Error>)> {
    let (key, injury_key, at) = (of.key, of.key.injury_key(), instant(60));
    let amendment = || Amendment { expected: None, reason: Some(long_note()), entered_in_error: false, now: at };
    let new_injury = InjuryKey { injury: InjuryId(new_id()), ..injury_key };
    let new_plan = PlanKey { plan: PlanId(new_id()), ..key };
    let decision = decision(Decided::Discharge);
    let version = plans::get(tx, key, At::NOW).await.map_or(Version(1), |plan| plan.version);
    vec![
        ("patients::update", patients::update(tx, key.patient, None, &patient(&[]), at).await.map(|_| ())),
        ("injuries::create", injuries::create(tx, new_injury, &injury(None), at).await.map(|_| ())),
        ("injuries::revise", injuries::revise(tx, injury_key, None, &injury(None), at).await.map(|_| ())),
        ("plans::create", plans::create(tx, new_plan, &plan(PlanState::Draft), at).await.map(|_| ())),
        (
            "assessments::create",
            assessments::create(tx, injury_key, assessment_id(), &assessment(), at).await.map(|_| ()),
        ),
        (
            "assessments::amend",
            assessments::amend(tx, injury_key, of.assessment, &assessment(), amendment()).await.map(|_| ()),
        ),
        ("activities::create", activities::create(tx, injury_key, activity_id(), &activity(), at).await.map(|_| ())),
        (
            "activities::amend",
            activities::amend(tx, injury_key, of.activity, &activity(), amendment()).await.map(|_| ()),
        ),
        ("sessions::create", sessions::create(tx, key, session_id(), &session(), at).await.map(|_| ())),
        ("sessions::amend", sessions::amend(tx, key, of.session, &session(), amendment()).await.map(|_| ())),
        ("decisions::create", decisions::create(tx, key, version, decision_id(), &decision, at).await.map(|_| ())),
        ("plans::revise", plans::revise(tx, key, None, &plan(PlanState::Suspended), at).await.map(|_| ())),
    ]
}

async fn set_deleted(home: &Home, of: &Whole, expected: u32, is_deleted: bool, second: i64) -> Result<(), Error> {
    let tx = home.write("here").await;
    let set = patients::set_deleted(&tx, of.key.patient, Version(expected), is_deleted, instant(second)).await;
    tx.commit().await.unwrap();
    let stored = set?;
    assert_eq!(stored.content.deleted_at, is_deleted.then_some(instant(second)));
    assert_eq!(patients::get(&home.read("here").await, of.key.patient, At::NOW).await, Ok(stored));
    Ok(())
}

/// The patients that are listed without and with the deleted ones, the plans of all and those of the caseload.
pub async fn listed(tx: &Read) -> [Vec<uuid::Uuid>; 4] {
    let patients = async |with_deleted| {
        let listed = patients::list(tx, None, 9, with_deleted).await.unwrap();
        listed.iter().map(|patient| patient.id.0).collect::<Vec<uuid::Uuid>>()
    };
    let plans = |keys: Vec<PlanKey>| keys.iter().map(|key| key.plan.0).collect();
    let now = plans::keys(tx, None, 9, None).await.unwrap();
    assert_eq!(plans::keys(tx, None, 9, Some(instant(40))).await.unwrap(), now);
    let caseload = caseload::page(tx, None, None, 9).await.unwrap();
    [patients(false).await, patients(true).await, plans(now), plans(caseload)]
}

async fn a_deleted_patient_is_hidden_and_closed_to_changes_until_it_is_undeleted(home: &Home) {
    let tx = home.write("here").await;
    let (of, other) = (record(&tx, "ann").await, record(&tx, "bob").await);
    tx.commit().await.unwrap();
    let (both, only) = (vec![of.key.patient.0, other.key.patient.0], vec![other.key.patient.0]);
    let (plans, other_plan) = (vec![of.key.plan.0, other.key.plan.0], vec![other.key.plan.0]);
    let shown = [both.clone(), both.clone(), plans.clone(), plans];
    assert_eq!(listed(&home.read("here").await).await, shown);

    set_deleted(home, &of, 2, true, 50).await.unwrap();
    assert_eq!(listed(&home.read("here").await).await, [only, both, other_plan.clone(), other_plan]);
    let before = all_rows(home).await;
    let name = format!("clinics/here/patients/{}", of.key.patient);
    let tx = home.write("here").await;
    for (change, refused) in changes(&tx, &of).await {
        assert_eq!(refused, Err(Error::PatientDeleted { name: name.clone() }), "{change}");
    }
    drop(tx);
    assert_eq!(all_rows(home).await, before);
    assert_eq!(Refusal::from(Error::PatientDeleted { name }).reason, Reason::PatientDeleted);
    let tx = home.write("here").await;
    for (change, done) in changes(&tx, &other).await {
        assert_eq!(done, Ok(()), "{change} of another patient");
    }
    drop(tx);

    set_deleted(home, &of, 3, false, 55).await.unwrap();
    assert_eq!(listed(&home.read("here").await).await, shown);
    let tx = home.write("here").await;
    for (change, done) in changes(&tx, &of).await {
        assert_eq!(done, Ok(()), "{change}");
    }
}

async fn what_was_read_of_a_patient_before_it_was_deleted_reads_the_same(home: &Home) {
    let tx = home.write("here").await;
    let of = record(&tx, "ann").await;
    tx.commit().await.unwrap();
    let then = |second| At { as_of: None, known_at: Some(instant(second)) };
    let reads = async || {
        let tx = home.read("here").await;
        let mut reads = Vec::new();
        for at in [At::NOW, then(20), then(40)] {
            reads.extend(reads_below(&tx, &of, at).await);
        }
        for second in [20, 40] {
            reads.push(("patients::get", said(patients::get(&tx, of.key.patient, then(second)).await)));
        }
        reads.push(("records::load", said(records::load(&tx, of.key, None).await)));
        reads.push(("records::load", said(records::load(&tx, of.key, Some(instant(40))).await)));
        reads.push(("evidence", said(records::evidence(&tx, of.key, instant(40)).await)));
        reads
    };
    let before = reads().await;
    for (name, read) in &before[3 * 14..] {
        assert!(read.is_ok(), "{name}: {read:?}");
    }
    set_deleted(home, &of, 2, true, 50).await.unwrap();
    assert_eq!(reads().await, before);
    set_deleted(home, &of, 3, false, 55).await.unwrap();
    assert_eq!(reads().await, before);
    // Each is a revision of the patient, so that it is known when it was deleted and when not.
    let tx = home.read("here").await;
    for (second, revision, deleted_at) in [(20, 1, None), (49, 2, None), (50, 3, Some(instant(50))), (55, 4, None)] {
        let read = patients::get(&tx, of.key.patient, then(second)).await.unwrap();
        assert_eq!((read.revision, read.content.deleted_at), (revision, deleted_at));
        assert_eq!(read.content.external_ids.len(), 2);
    }
}

async fn a_deletion_is_recorded_after_what_was_issued(home: &Home) {
    let tx = home.write("here").await;
    let of = record(&tx, "ann").await;
    let evidence = records::evidence(&tx, of.key, instant(30)).await.unwrap();
    // The clock went backwards; the record is sealed up to second 30.
    let stored = patients::set_deleted(&tx, of.key.patient, Version(2), true, instant(25)).await.unwrap();
    assert_eq!(stored.update_time.as_microsecond(), 30_000_001);
    assert_eq!(stored.content.deleted_at, Some(stored.update_time));
    assert_eq!(records::evidence(&tx, of.key, instant(30)).await, Ok(evidence));
}

async fn a_stale_version_deletes_and_undeletes_nothing(home: &Home) {
    let tx = home.write("here").await;
    let of = record(&tx, "ann").await;
    tx.commit().await.unwrap();
    let before = all_rows(home).await;
    for stale in [0, 1, 3] {
        let refused = set_deleted(home, &of, stale, true, 50).await;
        assert_eq!(refused, Err(Error::EtagMismatch { current: Version(2) }));
        let tx = home.write("here").await;
        let refused = patients::purge(&tx, of.key.patient, Version(stale), instant(50)).await;
        assert_eq!(refused, Err(Error::EtagMismatch { current: Version(2) }));
        tx.commit().await.unwrap();
    }
    assert_eq!(all_rows(home).await, before);
    set_deleted(home, &of, 2, true, 50).await.unwrap();
    let before = all_rows(home).await;
    assert_eq!(set_deleted(home, &of, 2, false, 51).await, Err(Error::EtagMismatch { current: Version(3) }));
    assert_eq!(all_rows(home).await, before);
    let tx = home.write("here").await;
    let nobody = Whole::never().key.patient;
    let missing = Err(Error::NotFound { name: format!("clinics/here/patients/{nobody}") });
    assert_eq!(patients::set_deleted(&tx, nobody, Version(1), true, instant(50)).await.map(|_| ()), missing);
    assert_eq!(patients::purge(&tx, nobody, Version(1), instant(50)).await, missing);
}

async fn the_last_day_is_the_latest_that_anything_counts_for(home: &Home) {
    let tx = home.write("here").await;
    let patient = a_patient(&tx).await;
    let last = async || patients::last_day(&tx, patient).await.unwrap();
    assert_eq!(last().await, None);
    record(&tx, "ann").await;
    let day = |day| jiff::civil::date(2026, 3, day);
    let key = PlanKey { patient, injury: InjuryId(new_id()), plan: PlanId(new_id()) };
    let injury_key = key.injury_key();
    let second = InjuryKey { injury: InjuryId(new_id()), ..injury_key };
    let strain = |onset_date, return_date| Injury { onset_date, return_date, ..injury(None) };
    injuries::create(&tx, injury_key, &strain(day(1), None), instant(15)).await.unwrap();
    assert_eq!(last().await, Some(day(1)));
    injuries::create(&tx, second, &strain(day(1), Some(day(2))), instant(15)).await.unwrap();
    assert_eq!(last().await, Some(day(2)));
    let begun = Plan { start_date: day(3), ..plan(PlanState::Draft) };
    plans::create(&tx, key, &begun, instant(16)).await.unwrap();
    assert_eq!(last().await, Some(day(3)));
    let (at, visit) = (instant(20), |date| Session { date, ..small_session() });
    let visited = sessions::create(&tx, key, session_id(), &visit(day(4)), at).await.unwrap().id;
    assert_eq!(last().await, Some(day(4)));
    activities::create(&tx, second, activity_id(), &Activity { date: day(5), ..activity() }, at).await.unwrap();
    assert_eq!(last().await, Some(day(5)));
    let assessed = Assessment { date: day(6), ..small_assessment() };
    assessments::create(&tx, injury_key, assessment_id(), &assessed, at).await.unwrap();
    assert_eq!(last().await, Some(day(6)));
    let decided = Decision { date: day(7), ..small_decision(Decided::Discharge) };
    decisions::create(&tx, key, Version(1), decision_id(), &decided, at).await.unwrap();
    assert_eq!(last().await, Some(day(7)));
    // What is recorded later of an earlier day changes nothing; what was amended counts.
    sessions::create(&tx, key, session_id(), &visit(day(6)), instant(30)).await.unwrap();
    assert_eq!(last().await, Some(day(7)));
    let amendment = |second| Amendment { expected: None, reason: None, entered_in_error: true, now: instant(second) };
    for (second, date) in [(31, day(8)), (32, day(4))] {
        sessions::amend(&tx, key, visited, &visit(date), amendment(second)).await.unwrap();
        assert_eq!(last().await, Some(day(8)));
    }
    tx.commit().await.unwrap();
    assert_eq!(patients::last_day(&home.read("there").await, patient).await, Ok(None));
}
