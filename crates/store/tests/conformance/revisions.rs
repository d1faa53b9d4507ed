//! Facts are amended, never overwritten; an etag guards each change; at most one plan of an injury is active.

use taper_core::ids::PlanId;
use taper_core::record::codes::{PlanState, SessionState};
use taper_core::record::decision::Decided;
use taper_core::refusal::{Reason, Refusal};
use taper_store::{
    Amendment, At, Error, PlanKey, Version, assessments, decisions, injuries, patients, plans, sessions,
};

use crate::harness::{Home, instant, on_both};
use crate::samples::*;

on_both! {
    an_amendment_keeps_the_old_revision_byte_for_byte;
    an_update_of_a_patient_an_injury_or_a_plan_keeps_the_old_revision;
    a_stale_version_is_refused_with_the_current_one;
    of_many_amendments_of_one_revision_exactly_one_wins;
    a_revision_never_begins_before_the_one_it_replaces;
    a_decision_raises_the_plans_version_and_needs_the_current_one;
    at_most_one_plan_of_an_injury_is_active;
    what_is_not_committed_never_happened;
    amending_what_is_not_there_is_not_found;
}

fn amendment(expected: Option<u32>, second: i64) -> Amendment {
    let reason = Some(long_note());
    Amendment { expected: expected.map(Version), reason, entered_in_error: false, now: instant(second) }
}

const SESSIONS: &str = "SELECT CAST(revision AS text) || ' ' || CAST(created_at AS text) || ' ' || CAST(recorded_at AS text)
    || ' ' || COALESCE(CAST(superseded_at AS text), 'current') || ' ' || CAST(body AS text) FROM sessions ORDER BY revision";

async fn an_amendment_keeps_the_old_revision_byte_for_byte(home: &Home) {
    let tx = home.write("here").await;
    let key = a_plan(&tx).await;
    let id = session_id();
    let first = sessions::create(&tx, key, id, &session(), instant(20)).await.unwrap();
    tx.commit().await.unwrap();
    let before = home.raw(SESSIONS).await;

    let mut changed = session();
    changed.state = SessionState::NoShow;
    changed.date = LAST_DAY;
    let tx = home.write("here").await;
    let mut mistaken = amendment(Some(1), 21);
    mistaken.entered_in_error = true;
    let second = sessions::amend(&tx, key, id, &changed, mistaken).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((second.revision, second.version, second.entered_in_error), (2, Version(2), true));
    assert_eq!((second.create_time, second.update_time), (first.create_time, instant(21)));
    assert_eq!(second.amend_reason, Some(long_note()));

    let tx = home.read("here").await;
    assert_eq!(sessions::get(&tx, key, id, At::NOW).await, Ok(second.clone()));
    assert_eq!(sessions::list(&tx, key, None, 9, At::NOW).await, Ok(vec![second.clone()]));
    let fact = taper_store::records::load(&tx, key, None).await.unwrap().sessions.remove(0);
    assert_eq!(fact, second.fact());
    let after = home.raw(SESSIONS).await;
    assert_eq!(after.len(), 2);
    assert_eq!(after[0], before[0].replace(" current ", " 21000000 "));
}

const REVISIONS: &str = "
    SELECT 'patient ' || CAST(revision AS text) || ' ' || COALESCE(CAST(superseded_at AS text), '-') FROM patient_revisions
    UNION ALL
    SELECT 'injury ' || CAST(revision AS text) || ' ' || COALESCE(CAST(superseded_at AS text), '-') FROM injury_revisions
    UNION ALL
    SELECT 'plan ' || CAST(revision AS text) || ' ' || COALESCE(CAST(superseded_at AS text), '-') FROM plan_revisions
    ORDER BY 1";

async fn an_update_of_a_patient_an_injury_or_a_plan_keeps_the_old_revision(home: &Home) {
    let tx = home.write("here").await;
    let key = a_plan(&tx).await;
    let mut renamed = patient(&[("acme", "1")]);
    renamed.given_name = None;
    let updated = patients::update(&tx, key.patient, Some(Version(1)), &renamed, instant(30)).await.unwrap();
    assert_eq!((updated.version, updated.revision, updated.create_time), (Version(2), 2, instant(10)));
    assert_eq!(patients::get(&tx, key.patient, At::NOW).await, Ok(updated));
    let mut returned = injury(None);
    returned.return_date = None;
    let revised = injuries::revise(&tx, key.injury_key(), None, &returned, instant(31)).await.unwrap();
    assert_eq!(injuries::get(&tx, key.injury_key(), At::NOW).await, Ok(revised));
    let activated = plans::revise(&tx, key, Some(Version(1)), &plan(PlanState::Active), instant(32)).await.unwrap();
    assert_eq!(plans::get(&tx, key, At::NOW).await, Ok(activated));
    tx.commit().await.unwrap();
    let expected =
        ["injury 1 31000000", "injury 2 -", "patient 1 30000000", "patient 2 -", "plan 1 32000000", "plan 2 -"];
    assert_eq!(home.raw(REVISIONS).await, expected);
}

async fn a_stale_version_is_refused_with_the_current_one(home: &Home) {
    let tx = home.write("here").await;
    let key = a_plan(&tx).await;
    let id = session_id();
    sessions::create(&tx, key, id, &session(), instant(20)).await.unwrap();
    sessions::amend(&tx, key, id, &session(), amendment(Some(1), 21)).await.unwrap();
    patients::update(&tx, key.patient, None, &patient(&[]), instant(22)).await.unwrap();
    let stale = Some(Version(1));
    let answers = [
        sessions::amend(&tx, key, id, &session(), amendment(Some(1), 23)).await.map(|_| ()),
        patients::update(&tx, key.patient, stale, &patient(&[]), instant(23)).await.map(|_| ()),
        injuries::revise(&tx, key.injury_key(), Some(Version(9)), &injury(None), instant(23)).await.map(|_| ()),
    ];
    let currents = answers.map(|answer| match answer {
        Err(Error::EtagMismatch { current }) => current.0,
        other => panic!("{other:?}"),
    });
    assert_eq!(currents, [2, 2, 1]);
    let refusal = Refusal::from(Error::EtagMismatch { current: Version(2) });
    assert_eq!((refusal.reason, refusal.metadata.get("etag")), (Reason::EtagMismatch, Some(&"2".to_owned())));
    sessions::amend(&tx, key, id, &session(), amendment(None, 24)).await.unwrap();
    assert_eq!(sessions::get(&tx, key, id, At::NOW).await.unwrap().revision, 3);
}

async fn of_many_amendments_of_one_revision_exactly_one_wins(home: &Home) {
    let tx = home.write("here").await;
    let key = a_plan(&tx).await;
    let id = session_id();
    sessions::create(&tx, key, id, &session(), instant(20)).await.unwrap();
    tx.commit().await.unwrap();
    let mut racers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let tx = home.store.clone();
        racers.spawn(async move {
            let tx = tx.begin_write(&crate::harness::clinic("here"), crate::harness::soon()).await?;
            sessions::amend(&tx, key, id, &session(), amendment(Some(1), 21)).await?;
            tx.commit().await
        });
    }
    let answers = racers.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    let lost = Err(Error::EtagMismatch { current: Version(2) });
    assert_eq!(answers.iter().filter(|answer| **answer == lost).count(), 7, "{answers:?}");
    assert_eq!(home.raw(SESSIONS).await.len(), 2);
}

async fn a_revision_never_begins_before_the_one_it_replaces(home: &Home) {
    let tx = home.write("here").await;
    let key = a_plan(&tx).await;
    let id = session_id();
    sessions::create(&tx, key, id, &session(), instant(20)).await.unwrap();
    let back = sessions::amend(&tx, key, id, &session(), amendment(None, 5)).await.unwrap();
    assert_eq!(back.update_time.as_microsecond(), 20_000_001);
    let back = patients::update(&tx, key.patient, None, &patient(&[]), instant(1)).await.unwrap();
    assert_eq!(back.update_time.as_microsecond(), 10_000_001);
}

async fn a_decision_raises_the_plans_version_and_needs_the_current_one(home: &Home) {
    let tx = home.write("here").await;
    let key = a_plan(&tx).await;
    let decision = decision(Decided::Discharge);
    decisions::create(&tx, key, Version(1), decision_id(), &decision, instant(20)).await.unwrap();
    let current = plans::get(&tx, key, At::NOW).await.unwrap();
    assert_eq!((current.version, current.revision), (Version(2), 1));
    let stale = decisions::create(&tx, key, Version(1), decision_id(), &decision, instant(21)).await;
    assert_eq!(stale.map(|_| ()), Err(Error::EtagMismatch { current: Version(2) }));
    decisions::create(&tx, key, Version(2), decision_id(), &decision, instant(22)).await.unwrap();
    assert_eq!(decisions::list(&tx, key, None, 9, At::NOW).await.unwrap().len(), 2);
    let revised = plans::revise(&tx, key, Some(Version(3)), &plan(PlanState::Active), instant(23)).await.unwrap();
    assert_eq!((revised.version, revised.revision), (Version(4), 2));
}

async fn at_most_one_plan_of_an_injury_is_active(home: &Home) {
    let tx = home.write("here").await;
    let one = a_plan(&tx).await;
    let other = PlanKey { plan: PlanId(new_id()), ..one };
    plans::create(&tx, other, &plan(PlanState::Draft), instant(20)).await.unwrap();
    plans::revise(&tx, one, None, &plan(PlanState::Active), instant(21)).await.unwrap();
    let elsewhere = a_plan(&tx).await;
    plans::revise(&tx, elsewhere, None, &plan(PlanState::Active), instant(21)).await.unwrap();
    tx.commit().await.unwrap();
    let tx = home.write("here").await;
    let second = plans::revise(&tx, other, None, &plan(PlanState::Active), instant(22)).await;
    assert_eq!(second.map(|_| ()), Err(Error::PlanAlreadyActive));
    drop(tx);
    let tx = home.write("here").await;
    let third = PlanKey { plan: PlanId(new_id()), ..one };
    let third = plans::create(&tx, third, &plan(PlanState::Active), instant(22)).await;
    assert_eq!(third.map(|_| ()), Err(Error::PlanAlreadyActive));
    drop(tx);
    let forced = home.force("UPDATE plans SET active = TRUE").await.unwrap_err();
    assert!(forced.to_lowercase().contains("unique"), "{forced}");
    let tx = home.write("here").await;
    plans::revise(&tx, one, None, &plan(PlanState::Suspended), instant(23)).await.unwrap();
    plans::revise(&tx, other, None, &plan(PlanState::Active), instant(24)).await.unwrap();
    tx.commit().await.unwrap();
}

async fn what_is_not_committed_never_happened(home: &Home) {
    let tx = home.write("here").await;
    let key = a_plan(&tx).await;
    drop(tx);
    let tx = home.read("here").await;
    assert!(matches!(plans::get(&tx, key, At::NOW).await, Err(Error::NotFound { .. })));
    assert_eq!(patients::list(&tx, None, 9, false).await, Ok(vec![]));
}

async fn amending_what_is_not_there_is_not_found(home: &Home) {
    let tx = home.write("here").await;
    let key = a_plan(&tx).await;
    let id = assessment_id();
    let name = format!("clinics/here/patients/{}/injuries/{}/assessments/{id}", key.patient, key.injury);
    for expected in [None, Some(1)] {
        let lost = assessments::amend(&tx, key.injury_key(), id, &assessment(), amendment(expected, 30)).await;
        assert_eq!(lost.map(|_| ()), Err(Error::NotFound { name: name.clone() }));
    }
}
