//! The record of an injury: complete, current revisions only, and in a fixed number of statements.

use jiff::civil::date;
use taper_core::ids::InjuryId;
use taper_core::record::decision::Decided;
use taper_core::record::{Recurrence, codes::PlanState};
use taper_store::{
    Amendment, At, InjuryKey, Version, activities, assessments, decisions, injuries, plans, records, sessions,
};

use crate::harness::{Home, instant, on_both};
use crate::samples::*;

on_both! {
    a_record_holds_the_current_revision_of_everything;
    a_record_takes_one_statement_at_1_session_and_at_200;
    evidence_takes_ten_statements_at_1_session_and_at_200;
    earlier_injuries_are_counted_along_the_chain;
    a_snapshot_does_not_see_what_is_committed_after_it;
}

async fn a_record_holds_the_current_revision_of_everything(home: &Home) {
    let tx = home.write("here").await;
    let key = a_plan(&tx).await;
    let injury = key.injury_key();
    let other = a_plan(&tx).await;
    sessions::create(&tx, other, session_id(), &session(), instant(20)).await.unwrap();
    let id = assessment_id();
    assessments::create(&tx, injury, id, &assessment(), instant(20)).await.unwrap();
    let amendment = Amendment { expected: None, reason: None, entered_in_error: true, now: instant(21) };
    let assessment = assessments::amend(&tx, injury, id, &assessment(), amendment).await.unwrap();
    let activity = activities::create(&tx, injury, activity_id(), &activity(), instant(22)).await.unwrap();
    let session = sessions::create(&tx, key, session_id(), &session(), instant(23)).await.unwrap();
    let decided = decision(Decided::Discharge);
    let decision = decisions::create(&tx, key, Version(1), decision_id(), &decided, instant(24)).await.unwrap();
    let plan = plans::revise(&tx, key, None, &plan(PlanState::Active), instant(25)).await.unwrap();
    tx.commit().await.unwrap();

    let tx = home.read("here").await;
    let record = records::load(&tx, key, None).await.unwrap();
    assert_eq!(record.patient.birth_date, Some(FIRST_DAY));
    assert_eq!(record.patient.cautions, taper_core::record::codes::Caution::ALL);
    assert_eq!(record.injury, injuries::get(&tx, injury, At::NOW).await.unwrap().fact());
    assert_eq!(record.recurrence, None);
    assert_eq!(record.assessments, [assessment.fact()]);
    assert!(record.assessments[0].entered_in_error);
    assert_eq!(record.activities, [activity.fact()]);
    assert_eq!(record.plan, plan.fact());
    assert_eq!(record.sessions, [session.fact()]);
    assert_eq!(record.decisions, [decision.fact()]);
}

async fn a_record_takes_one_statement_at_1_session_and_at_200(home: &Home) {
    let tx = home.write("here").await;
    let key = a_plan(&tx).await;
    let mut counts = Vec::new();
    for wanted in [1, 200] {
        let mut made = sessions::list(&tx, key, None, 1000, At::NOW).await.unwrap().len();
        while made < wanted {
            sessions::create(&tx, key, session_id(), &session(), instant(20)).await.unwrap();
            assessments::create(&tx, key.injury_key(), assessment_id(), &assessment(), instant(20)).await.unwrap();
            made += 1;
        }
        let before = tx.statements();
        let record = records::load(&tx, key, None).await.unwrap();
        counts.push(tx.statements() - before);
        assert_eq!((record.sessions.len(), record.assessments.len()), (wanted, wanted));
    }
    assert_eq!(counts, [1, 1]);
}

async fn evidence_takes_ten_statements_at_1_session_and_at_200(home: &Home) {
    let tx = home.write("here").await;
    let key = a_plan(&tx).await;
    let mut counts = Vec::new();
    for wanted in [1, 200] {
        let made = sessions::list(&tx, key, None, 1000, At::NOW).await.unwrap().len();
        for _ in made..wanted {
            sessions::create(&tx, key, session_id(), &small_session(), instant(20)).await.unwrap();
        }
        let before = tx.statements();
        let lines = records::evidence(&tx, key, instant(20)).await.unwrap();
        counts.push(tx.statements() - before);
        // Head and revision of the patient, the injury and the plan.
        assert_eq!(lines.len(), 6 + wanted);
    }
    assert_eq!(counts, [10, 10]);
}

async fn earlier_injuries_are_counted_along_the_chain(home: &Home) {
    let tx = home.write("here").await;
    let key = a_plan(&tx).await;
    let mut earlier: Option<InjuryId> = None;
    for year in [2001, 2002, 2003] {
        let id = InjuryId(new_id());
        let mut content = injury(earlier);
        content.return_date = Some(date(year, 1, 1));
        let at = InjuryKey { patient: key.patient, injury: id };
        injuries::create(&tx, at, &content, instant(20)).await.unwrap();
        earlier = Some(id);
    }
    injuries::revise(&tx, key.injury_key(), None, &injury(earlier), instant(21)).await.unwrap();
    let last = earlier.unwrap();
    let expected = Recurrence { from: last, return_date: Some(date(2003, 1, 1)), earlier_count: 3 };
    assert_eq!(records::load(&tx, key, None).await.unwrap().recurrence, Some(expected));

    // A circle, which the rules never make, ends the count instead of hanging.
    injuries::revise(&tx, key.injury_key(), None, &injury(Some(key.injury)), instant(22)).await.unwrap();
    let circle = records::load(&tx, key, None).await.unwrap().recurrence.unwrap();
    assert_eq!((circle.from, circle.earlier_count), (key.injury, 0));
}

async fn a_snapshot_does_not_see_what_is_committed_after_it(home: &Home) {
    let tx = home.write("here").await;
    let key = a_plan(&tx).await;
    tx.commit().await.unwrap();
    let snapshot = home.read("here").await;
    assert_eq!(sessions::list(&snapshot, key, None, 9, At::NOW).await, Ok(vec![]));
    let tx = home.write("here").await;
    sessions::create(&tx, key, session_id(), &session(), instant(20)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(sessions::list(&snapshot, key, None, 9, At::NOW).await, Ok(vec![]));
    assert!(records::load(&snapshot, key, None).await.unwrap().sessions.is_empty());
    drop(snapshot);
    let tx = home.read("here").await;
    assert_eq!(records::load(&tx, key, None).await.unwrap().sessions.len(), 1);
}
