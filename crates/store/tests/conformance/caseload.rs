//! The active plans of a clinic, by therapist, and many records at once.

use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::civil::date;
use taper_core::ids::{InjuryId, PlanId, SessionId, TherapistId};
use taper_core::record::codes::{PlanState, SessionState};
use taper_core::record::session::Session;
use taper_store::{
    Amendment, At, Error, PlanKey, Version, Write, activities, assessments, caseload, decisions, injuries, plans,
    records, sessions,
};

use crate::harness::{Home, instant, on_both};
use crate::samples::*;

on_both! {
    the_caseload_is_the_active_plans_page_by_page;
    a_plan_is_its_latest_sessions_therapists;
    the_keys_of_all_plans_come_page_by_page;
    many_records_are_what_each_is_alone;
    records_that_share_rows_are_read_by_many_threads_at_once;
    many_records_take_one_statement_for_500;
}

async fn an_active_plan(tx: &Write) -> PlanKey {
    let key = a_plan(tx).await;
    plans::revise(tx, key, None, &plan(PlanState::Active), instant(13)).await.unwrap();
    key
}

async fn the_caseload_is_the_active_plans_page_by_page(home: &Home) {
    let there = home.write("there").await;
    an_active_plan(&there).await;
    there.commit().await.unwrap();
    let tx = home.write("here").await;
    assert_eq!(caseload::page(&tx, None, None, 9).await, Ok(vec![]));
    let mut active = Vec::new();
    for _ in 0..5 {
        a_plan(&tx).await;
        active.push(an_active_plan(&tx).await);
    }
    let ended = active.remove(2);
    plans::revise(&tx, ended, None, &plan(PlanState::Completed), instant(14)).await.unwrap();
    let first = caseload::page(&tx, None, None, 3).await.unwrap();
    let rest = caseload::page(&tx, Some(first[2].plan), None, 3).await.unwrap();
    assert_eq!([first, rest].concat(), active);
}

fn visit(day: i8, state: SessionState, therapist: Option<TherapistId>) -> Session {
    Session { date: date(2026, 3, day), state, therapist, ..small_session() }
}

async fn record(tx: &Write, key: PlanKey, visit: &Session) -> SessionId {
    sessions::create(tx, key, session_id(), visit, instant(20)).await.unwrap().id
}

async fn a_plan_is_its_latest_sessions_therapists(home: &Home) {
    let tx = home.write("here").await;
    let (ann, bob) = (TherapistId(new_id()), TherapistId(new_id()));
    let of = async |therapist: TherapistId| {
        let of = caseload::Of { therapist, as_of: date(2026, 3, 9) };
        let page = caseload::page(&tx, None, Some(of), 9).await.unwrap();
        page.iter().map(|key| key.plan).collect::<Vec<PlanId>>()
    };
    let (first, second) = (an_active_plan(&tx).await, an_active_plan(&tx).await);
    record(&tx, first, &visit(1, SessionState::Attended, Some(ann))).await;
    record(&tx, second, &visit(1, SessionState::Planned, Some(ann))).await;
    assert_eq!(of(ann).await, [first.plan, second.plan]);
    // A later session that did not take place, or was a mistake, says nothing.
    record(&tx, first, &visit(2, SessionState::Cancelled, Some(bob))).await;
    record(&tx, first, &visit(3, SessionState::NoShow, Some(bob))).await;
    let mistake = record(&tx, first, &visit(4, SessionState::Attended, Some(bob))).await;
    let amendment = Amendment { expected: None, reason: None, entered_in_error: true, now: instant(21) };
    sessions::amend(&tx, first, mistake, &visit(4, SessionState::Attended, Some(bob)), amendment).await.unwrap();
    assert_eq!((of(ann).await, of(bob).await), (vec![first.plan, second.plan], vec![]));
    // Recorded first, but for a later day.
    record(&tx, second, &visit(5, SessionState::Planned, Some(bob))).await;
    record(&tx, second, &visit(4, SessionState::Planned, Some(ann))).await;
    assert_eq!((of(ann).await, of(bob).await), (vec![first.plan], vec![second.plan]));
    // One that names nobody, or was attended after the day, says nothing.
    record(&tx, first, &visit(6, SessionState::Attended, None)).await;
    record(&tx, first, &visit(10, SessionState::Attended, Some(bob))).await;
    assert_eq!(of(ann).await, [first.plan]);
    // Of two on one day the later one counts, whichever was recorded first.
    let at = |hour: i64, therapist: TherapistId| Session {
        start: instant(3_600 * hour),
        ..visit(7, SessionState::Attended, Some(therapist))
    };
    record(&tx, first, &at(11, bob)).await;
    record(&tx, first, &at(9, ann)).await;
    assert_eq!((of(ann).await, of(bob).await), (vec![], vec![first.plan, second.plan]));
}

async fn the_keys_of_all_plans_come_page_by_page(home: &Home) {
    let tx = home.write("here").await;
    let mut keys = Vec::new();
    for _ in 0..5 {
        keys.push(a_plan(&tx).await);
    }
    let later = PlanKey { plan: PlanId(new_id()), ..keys[0] };
    plans::create(&tx, later, &plan(PlanState::Cancelled), instant(50)).await.unwrap();
    assert_eq!(plans::keys(&tx, None, 9, Some(instant(49))).await, Ok(keys.clone()));
    keys.push(later);
    let first = plans::keys(&tx, None, 4, None).await.unwrap();
    let rest = plans::keys(&tx, Some(first[3].plan), 4, None).await.unwrap();
    assert_eq!([first, rest].concat(), keys);
    tx.commit().await.unwrap();
    let tx = home.read("there").await;
    assert_eq!(plans::keys(&tx, None, 9, None).await, Ok(vec![]));
}

async fn many_records_are_what_each_is_alone(home: &Home) {
    let tx = home.write("here").await;
    let mut keys = Vec::new();
    for count in 0..4 {
        let key = a_plan(&tx).await;
        for _ in 0..count {
            sessions::create(&tx, key, session_id(), &small_session(), instant(20)).await.unwrap();
            assessments::create(&tx, key.injury_key(), assessment_id(), &small_assessment(), instant(25))
                .await
                .unwrap();
            activities::create(&tx, key.injury_key(), activity_id(), &activity(), instant(25)).await.unwrap();
        }
        let decided = small_decision(taper_core::record::decision::Decided::Discharge);
        decisions::create(&tx, key, Version(1), decision_id(), &decided, instant(25)).await.unwrap();
        keys.push(key);
    }
    // A second plan of one injury, and an injury that came back.
    let second = PlanKey { plan: PlanId(new_id()), ..keys[2] };
    plans::create(&tx, second, &plan(PlanState::Draft), instant(20)).await.unwrap();
    let again = PlanKey { injury: InjuryId(new_id()), plan: PlanId(new_id()), ..keys[1] };
    injuries::create(&tx, again.injury_key(), &injury(Some(keys[1].injury)), instant(20)).await.unwrap();
    plans::create(&tx, again, &plan(PlanState::Draft), instant(20)).await.unwrap();
    keys.extend([second, again, keys[0]]);
    keys.reverse();
    for known_at in [None, Some(instant(22))] {
        let many = records::load_many(&tx, &keys, known_at).await.unwrap();
        for (key, record) in keys.iter().zip(&many) {
            assert_eq!(*record, records::load(&tx, *key, known_at).await.unwrap());
        }
    }
    // Rows that were fetched are read without the transaction, in another thread.
    let fetched = records::fetch(&tx, &keys, None).await.unwrap();
    let (key, alone) = (keys[0], records::load(&tx, keys[0], None).await.unwrap());
    assert_eq!(fetched.protocol(key), Ok(alone.plan.content.protocol.clone()));
    let stranger = PlanKey { plan: PlanId(new_id()), ..key };
    let read = std::thread::spawn(move || (fetched.record(key), fetched.record(stranger), fetched.protocol(stranger)));
    let (known, unknown, unknown_too) = read.join().unwrap();
    assert_eq!(known, Ok(alone));
    let name =
        |refused: Error| matches!(refused, Error::NotFound { name } if name.ends_with(&stranger.plan.to_string()));
    assert!(unknown.is_err_and(name) && unknown_too.is_err_and(name));
    assert_eq!(records::load_many(&tx, &[], None).await, Ok(vec![]));
    let mixed = PlanKey { plan: keys[0].plan, ..keys[1] };
    for wrong in [mixed, PlanKey { patient: keys[1].patient, ..keys[0] }] {
        let refused = records::load_many(&tx, &[keys[0], wrong], None).await;
        assert!(matches!(refused, Err(Error::NotFound { .. })), "{refused:?}");
    }
    assert_eq!(plans::get(&tx, keys[0], At::NOW).await.unwrap().id, keys[0].plan);
}

async fn records_that_share_rows_are_read_by_many_threads_at_once(home: &Home) {
    let tx = home.write("here").await;
    let key = a_plan(&tx).await;
    for _ in 0..20 {
        let other = PlanKey { injury: InjuryId(new_id()), ..key };
        injuries::create(&tx, other.injury_key(), &injury(None), instant(20)).await.unwrap();
    }
    let alone = records::load(&tx, key, None).await.unwrap();
    // The first reading of a row is the one that changes it, so that each round fetches anew.
    for _ in 0..100 {
        let fetched = records::fetch(&tx, &[key], None).await.unwrap();
        let ready = AtomicUsize::new(0);
        std::thread::scope(|threads| {
            for _ in 0..2 {
                threads.spawn(|| {
                    ready.fetch_add(1, Ordering::SeqCst);
                    while ready.load(Ordering::SeqCst) < 2 {
                        std::hint::spin_loop();
                    }
                    assert_eq!(fetched.record(key).as_ref(), Ok(&alone));
                });
            }
        });
    }
}

async fn many_records_take_one_statement_for_500(home: &Home) {
    let tx = home.write("here").await;
    let key = a_plan(&tx).await;
    let mut counts = Vec::new();
    for wanted in [1, 500, 501] {
        let before = tx.statements();
        let records = records::load_many(&tx, &vec![key; wanted], None).await.unwrap();
        counts.push(tx.statements() - before);
        assert_eq!(records.len(), wanted);
    }
    assert_eq!(counts, [1, 1, 2]);
}
