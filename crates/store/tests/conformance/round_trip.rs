//! What is written is what is read, at the edges of every type, and lists come page by page.

use jiff::Timestamp;
use taper_core::ids::{InjuryId, PatientId, PlanId};
use taper_core::record::codes::PlanState;
use taper_store::{At, Error, InjuryKey, Version};
use taper_store::{activities, assessments, clinics, decisions, injuries, patients, plans, sessions, therapists};

use crate::harness::{Home, clinic, instant, on_both, soon};
use crate::samples::*;

on_both! {
    every_type_reads_back_as_it_was_written;
    instants_are_cut_to_microseconds_and_keep_their_order;
    a_list_comes_page_by_page_in_the_order_of_ids;
    a_list_below_a_missing_parent_is_not_found;
    clinics_are_listed_across_clinics;
    an_external_id_is_unique_in_its_clinic_and_free_again_after_an_update;
    the_store_says_which_migrations_it_has;
    a_stored_body_that_does_not_read_back_is_damaged;
}

async fn every_type_reads_back_as_it_was_written(home: &Home) {
    let tx = home.write("here").await;
    let therapist = therapists::create(&tx, &therapist(), instant(2)).await.unwrap();
    let patient_id = PatientId(new_id());
    let patient = patients::create(&tx, patient_id, &patient(&[("a", "1"), ("b", "1")]), instant(3)).await.unwrap();
    let injury_key = InjuryKey { patient: patient_id, injury: InjuryId(new_id()) };
    let injury = injuries::create(&tx, injury_key, &injury(Some(InjuryId(new_id()))), instant(4)).await.unwrap();
    let assessment = assessments::create(&tx, injury_key, assessment_id(), &assessment(), instant(5)).await.unwrap();
    let activity = activities::create(&tx, injury_key, activity_id(), &activity(), instant(6)).await.unwrap();
    let plan_key = taper_store::PlanKey { patient: patient_id, injury: injury_key.injury, plan: PlanId(new_id()) };
    let mut plan = plans::create(&tx, plan_key, &plan(PlanState::Active), instant(7)).await.unwrap();
    let session = sessions::create(&tx, plan_key, session_id(), &session(), instant(8)).await.unwrap();
    let mut decided = Vec::new();
    for kind in all_decided() {
        let made = decisions::create(&tx, plan_key, plan.version, decision_id(), &decision(kind), instant(9)).await;
        decided.push(made.unwrap());
        plan.version = plan.version.next();
    }
    tx.commit().await.unwrap();

    let tx = home.read("here").await;
    assert_eq!(clinics::get(&tx).await.unwrap().content.id, clinic("here"));
    assert_eq!(therapists::get(&tx, therapist.id).await, Ok(therapist));
    assert_eq!(patients::get(&tx, patient_id, At::NOW).await, Ok(patient));
    assert_eq!(injuries::get(&tx, injury_key, At::NOW).await, Ok(injury));
    assert_eq!(assessments::get(&tx, injury_key, assessment.id, At::NOW).await, Ok(assessment));
    assert_eq!(activities::get(&tx, injury_key, activity.id, At::NOW).await, Ok(activity));
    assert_eq!(plans::get(&tx, plan_key, At::NOW).await, Ok(plan));
    assert_eq!(sessions::get(&tx, plan_key, session.id, At::NOW).await, Ok(session));
    for one in &decided {
        assert_eq!(decisions::get(&tx, plan_key, one.id, At::NOW).await.as_ref(), Ok(one));
    }
    assert_eq!(decisions::list(&tx, plan_key, None, 100, At::NOW).await, Ok(decided));
}

async fn instants_are_cut_to_microseconds_and_keep_their_order(home: &Home) {
    let tx = home.write("here").await;
    let key = an_injury(&tx).await;
    let offsets = [500_000_999_i64, 0, -1_000_000_000, 999_999_999, 1];
    for nanosecond in offsets {
        let now = Timestamp::from_nanosecond(1_700_000_000_000_000_000 + i128::from(nanosecond)).unwrap();
        let stored = activities::create(&tx, key, activity_id(), &activity(), now).await.unwrap();
        assert_eq!(stored.create_time.as_microsecond(), now.as_microsecond());
        assert_eq!(stored.create_time.subsec_nanosecond() % 1000, 0);
    }
    tx.commit().await.unwrap();
    let sorted = home.raw("SELECT CAST(recorded_at AS text) FROM activities ORDER BY recorded_at").await;
    let expected = ["1699999999000000", "1700000000000000", "1700000000000000", "1700000000500000", "1700000000999999"];
    assert_eq!(sorted, expected);
}

async fn a_list_comes_page_by_page_in_the_order_of_ids(home: &Home) {
    let tx = home.write("here").await;
    let key = a_plan(&tx).await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(sessions::create(&tx, key, session_id(), &session(), instant(20)).await.unwrap());
        a_patient(&tx).await;
    }
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = sessions::list(&tx, key, after, 2, At::NOW).await.unwrap();
        assert!(page.len() <= 2);
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        seen.extend(page);
    }
    made.sort_by_key(|session| session.id);
    assert_eq!(seen, made);
    let first = patients::list(&tx, None, 4, false).await.unwrap();
    let rest = patients::list(&tx, first.last().map(|patient| patient.id), 100, false).await.unwrap();
    assert_eq!((first.len(), rest.len()), (4, 2));
    assert!(first.iter().chain(&rest).is_sorted_by_key(|patient| patient.id));
}

async fn a_list_below_a_missing_parent_is_not_found(home: &Home) {
    let tx = home.write("here").await;
    let key = a_plan(&tx).await;
    let injury = key.injury_key();
    assert_eq!(sessions::list(&tx, key, None, 9, At::NOW).await, Ok(vec![]));
    assert_eq!(decisions::list(&tx, key, None, 9, At::NOW).await, Ok(vec![]));
    assert_eq!(assessments::list(&tx, injury, None, 9, At::NOW).await, Ok(vec![]));
    assert_eq!(therapists::list(&tx, None, 9).await, Ok(vec![]));
    let other = PatientId(new_id());
    let mut wrong = key;
    wrong.patient = other;
    let name = |below: &str| Err(Error::NotFound { name: format!("clinics/here/patients/{other}{below}") });
    let plan_name = format!("/injuries/{}/treatmentPlans/{}", key.injury, key.plan);
    assert_eq!(injuries::list(&tx, other, None, 9).await.map(|_| ()), name(""));
    assert_eq!(
        plans::list(&tx, wrong.injury_key(), None, 9, At::NOW).await.map(|_| ()),
        name(&format!("/injuries/{}", key.injury))
    );
    assert_eq!(sessions::list(&tx, wrong, None, 9, At::NOW).await.map(|_| ()), name(&plan_name));
    assert_eq!(decisions::list(&tx, wrong, None, 9, At::NOW).await.map(|_| ()), name(&plan_name));
}

async fn clinics_are_listed_across_clinics(home: &Home) {
    let all = clinics::list(&home.store, None, 10, soon()).await.unwrap();
    let slugs: Vec<&str> = all.iter().map(|stored| stored.id.as_str()).collect();
    assert_eq!(slugs, ["here", "there"]);
    let rest = clinics::list(&home.store, Some(&clinic("here")), 10, soon()).await.unwrap();
    assert_eq!(rest.len(), 1);
    let tx = home.write("here").await;
    let again = clinics::create(&tx, &all[0].content, instant(2)).await;
    assert_eq!(again.map(|_| ()), Err(Error::AlreadyExists { what: "the slug of the clinic" }));
}

async fn an_external_id_is_unique_in_its_clinic_and_free_again_after_an_update(home: &Home) {
    let (first, second) = (PatientId(new_id()), PatientId(new_id()));
    let tx = home.write("here").await;
    patients::create(&tx, first, &patient(&[("acme", "7")]), instant(1)).await.unwrap();
    tx.commit().await.unwrap();
    let taken = Err(Error::AlreadyExists { what: "one of the external ids" });
    let tx = home.write("here").await;
    assert_eq!(patients::create(&tx, second, &patient(&[("acme", "7")]), instant(2)).await.map(|_| ()), taken);
    drop(tx);
    let tx = home.write("there").await;
    patients::create(&tx, second, &patient(&[("acme", "7")]), instant(2)).await.unwrap();
    tx.commit().await.unwrap();
    let tx = home.write("here").await;
    patients::update(&tx, first, Some(Version(1)), &patient(&[("acme", "8")]), instant(3)).await.unwrap();
    patients::create(&tx, second, &patient(&[("acme", "7")]), instant(4)).await.unwrap();
    tx.commit().await.unwrap();
}

async fn the_store_says_which_migrations_it_has(home: &Home) {
    assert_eq!(home.store.check_schema().await, Ok(()));
    assert_eq!(home.store.migrate().up().await, Ok(vec![]));
    let states = home.store.migrate().status().await.unwrap();
    assert!(!states.is_empty() && states.iter().all(|state| state.applied));
    home.force("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 0)").await.unwrap();
    let refused = home.store.check_schema().await;
    assert!(matches!(&refused, Err(Error::Schema(why)) if why.contains("newer")), "{refused:?}");
    home.force("DELETE FROM seaql_migrations").await.unwrap();
    let refused = home.store.check_schema().await;
    assert!(matches!(&refused, Err(Error::Schema(why)) if why.contains("m0001_records")), "{refused:?}");
}

async fn a_stored_body_that_does_not_read_back_is_damaged(home: &Home) {
    let tx = home.write("here").await;
    let key = a_plan(&tx).await;
    let session = sessions::create(&tx, key, session_id(), &session(), instant(20)).await.unwrap();
    tx.commit().await.unwrap();
    home.force("UPDATE sessions SET body = '{\"kind\": \"massage\"}'").await.unwrap();
    let tx = home.read("here").await;
    let read = sessions::get(&tx, key, session.id, At::NOW).await;
    assert!(matches!(read, Err(Error::Damaged { .. })), "{read:?}");
    let loaded = taper_store::records::load(&tx, key, None).await.map(|_| ());
    assert!(matches!(loaded, Err(Error::Damaged { .. })), "{loaded:?}");
}
