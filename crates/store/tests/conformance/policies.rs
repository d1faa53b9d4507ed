//! A clinic's policy: none at first, then revisions with reasons, each guarded by the version before.

use taper_core::ids::TherapistId;
use taper_core::record::plan::Policy;
use taper_core::text::Note;
use taper_core::value::Nprs;
use taper_store::clinic_policies::{self, Change};
use taper_store::{At, Error, Version};

use crate::harness::{Home, clinic, instant, on_both, soon};
use crate::samples::*;

on_both! {
    a_clinic_begins_without_a_policy;
    every_change_is_kept_with_its_reason;
    a_stale_change_is_refused_and_of_two_at_once_one_wins;
    a_clinics_policy_is_its_own;
}

fn policy(limit: i64) -> Policy {
    Policy { pain_limit: Some(Nprs::new(limit).unwrap()), ..Policy::default() }
}

fn change(expected: Option<u32>, second: i64) -> Change {
    Change {
        expected: expected.map(Version),
        reason: Note::parse(&format!("reason at {second}")).unwrap(),
        therapist: Some(TherapistId(new_id())),
        now: instant(second),
    }
}

async fn a_clinic_begins_without_a_policy(home: &Home) {
    let tx = home.read("here").await;
    assert_eq!(clinic_policies::current(&tx, At::NOW).await, Ok(None));
    assert_eq!(clinic_policies::list(&tx, None, 9).await, Ok(vec![]));
    drop(tx);
    let tx = home.write("nowhere").await;
    let missing = Error::NotFound { name: "clinics/nowhere".to_owned() };
    assert_eq!(clinic_policies::current(&tx, At::NOW).await, Err(missing.clone()));
    assert_eq!(clinic_policies::list(&tx, None, 9).await, Err(missing.clone()));
    assert_eq!(clinic_policies::revise(&tx, &policy(3).into(), change(None, 20)).await, Err(missing));
}

async fn every_change_is_kept_with_its_reason(home: &Home) {
    let tx = home.write("here").await;
    let whole = plan(taper_core::record::codes::PlanState::Draft).policy;
    let mut made = Vec::new();
    // The clock goes backwards before the third.
    for (expected, second, content) in [(0, 20, policy(2)), (1, 30, policy(3)), (2, 25, whole)] {
        made.push(clinic_policies::revise(&tx, &content.into(), change(Some(expected), second)).await.unwrap());
    }
    tx.commit().await.unwrap();
    assert_eq!(made[2].recorded_at.as_microsecond(), 30_000_001);
    let tx = home.read("here").await;
    let current = clinic_policies::current(&tx, At::NOW).await.unwrap().unwrap();
    assert_eq!(current, made[2]);
    let history = clinic_policies::list(&tx, None, 2).await.unwrap();
    let rest = clinic_policies::list(&tx, Some(Version(2)), 2).await.unwrap();
    for (earlier, later) in [(0, 1), (1, 2)] {
        made[earlier].superseded_at = Some(made[later].recorded_at);
    }
    assert_eq!([history, rest].concat(), made);
    for (second, version) in [(19, None), (20, Some(1)), (29, Some(1)), (30, Some(2)), (31, Some(3))] {
        let at = At { as_of: None, known_at: Some(instant(second)) };
        let then = clinic_policies::current(&tx, at).await.unwrap();
        assert_eq!(then.map(|revision| revision.version), version.map(Version), "{second}");
    }
}

async fn a_stale_change_is_refused_and_of_two_at_once_one_wins(home: &Home) {
    let tx = home.write("here").await;
    let stale = clinic_policies::revise(&tx, &policy(1).into(), change(Some(1), 20)).await;
    assert_eq!(stale, Err(Error::EtagMismatch { current: Version(0) }));
    drop(tx);
    for expected in [0, 1] {
        let mut racers = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let store = home.store.clone();
            racers.spawn(async move {
                let tx = store.begin_write(&clinic("here"), soon()).await?;
                clinic_policies::revise(&tx, &policy(4).into(), change(Some(expected), 21)).await?;
                tx.commit().await
            });
        }
        let answers = racers.join_all().await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
        let lost = |answer: &Result<(), Error>| matches!(answer, Err(Error::EtagMismatch { .. } | Error::Conflict));
        assert_eq!(answers.iter().filter(|answer| lost(answer)).count(), 5, "{answers:?}");
    }
    let tx = home.write("here").await;
    let forced = clinic_policies::revise(&tx, &policy(5).into(), change(None, 22)).await.unwrap();
    assert_eq!(forced.version, Version(3));
}

async fn a_clinics_policy_is_its_own(home: &Home) {
    let tx = home.write("here").await;
    clinic_policies::revise(&tx, &policy(2).into(), change(Some(0), 20)).await.unwrap();
    tx.commit().await.unwrap();
    let tx = home.write("there").await;
    assert_eq!(clinic_policies::current(&tx, At::NOW).await, Ok(None));
    let first = clinic_policies::revise(&tx, &policy(7).into(), change(Some(0), 20)).await.unwrap();
    assert_eq!((first.version, first.content), (Version(1), policy(7).into()));
}
