//! A clinic sees its own rows only, and the database itself refuses a row that points into another clinic.

use taper_core::ids::{InjuryId, PatientId, PlanId, RequestId};
use taper_core::record::codes::PlanState;
use taper_core::refusal::{Reason, Refusal};
use taper_store::{
    Amendment, At, Claim, Error, PlanKey, activities, assessments, decisions, injuries, patients, plans, records,
    requests, sessions, therapists,
};

use crate::harness::{Home, Kind, instant, on_both};
use crate::samples::*;

on_both! {
    what_belongs_to_another_clinic_looks_like_what_never_existed;
    nothing_can_be_written_below_another_clinics_rows;
    a_key_whose_parts_do_not_belong_together_leads_nowhere;
    the_database_refuses_a_parent_of_another_clinic;
    every_primary_key_foreign_key_and_index_begins_with_the_clinic;
    a_clinic_that_does_not_exist_has_no_rows_and_takes_none;
}

fn amendment() -> Amendment {
    Amendment { expected: None, reason: None, entered_in_error: false, now: instant(50) }
}

/// Whether it went well, whatever it gave.
fn bare<T>(answer: Result<T, Error>) -> Result<(), Error> {
    answer.map(|_| ())
}

async fn what_belongs_to_another_clinic_looks_like_what_never_existed(home: &Home) {
    let tx = home.write("here").await;
    let key = a_plan(&tx).await;
    let injury = key.injury_key();
    let therapist = therapists::create(&tx, &therapist(), instant(20)).await.unwrap().id;
    let assessment = assessments::create(&tx, injury, assessment_id(), &assessment(), instant(20)).await.unwrap().id;
    let activity = activities::create(&tx, injury, activity_id(), &activity(), instant(20)).await.unwrap().id;
    let session = sessions::create(&tx, key, session_id(), &session(), instant(20)).await.unwrap().id;
    let decided = decision(all_decided().remove(0));
    let decided =
        decisions::create(&tx, key, taper_store::Version(1), decision_id(), &decided, instant(20)).await.unwrap().id;
    tx.commit().await.unwrap();

    let tx = home.read("there").await;
    let patient = format!("clinics/there/patients/{}", key.patient);
    let below_injury = |rest: &str| format!("{patient}/injuries/{}{rest}", key.injury);
    let below_plan = |rest: &str| below_injury(&format!("/treatmentPlans/{}{rest}", key.plan));
    let answers = [
        (bare(therapists::get(&tx, therapist).await), format!("clinics/there/therapists/{therapist}")),
        (bare(patients::get(&tx, key.patient, At::NOW).await), patient.clone()),
        (bare(injuries::get(&tx, injury, At::NOW).await), below_injury("")),
        (bare(injuries::list(&tx, key.patient, None, 9).await), patient.clone()),
        (
            bare(assessments::get(&tx, injury, assessment, At::NOW).await),
            below_injury(&format!("/assessments/{assessment}")),
        ),
        (bare(assessments::list(&tx, injury, None, 9, At::NOW).await), below_injury("")),
        (bare(activities::get(&tx, injury, activity, At::NOW).await), below_injury(&format!("/activities/{activity}"))),
        (bare(activities::list(&tx, injury, None, 9, At::NOW).await), below_injury("")),
        (bare(plans::get(&tx, key, At::NOW).await), below_plan("")),
        (bare(plans::list(&tx, injury, None, 9, At::NOW).await), below_injury("")),
        (bare(sessions::get(&tx, key, session, At::NOW).await), below_plan(&format!("/sessions/{session}"))),
        (bare(sessions::list(&tx, key, None, 9, At::NOW).await), below_plan("")),
        (bare(decisions::get(&tx, key, decided, At::NOW).await), below_plan(&format!("/decisions/{decided}"))),
        (bare(decisions::list(&tx, key, None, 9, At::NOW).await), below_plan("")),
        (bare(records::load(&tx, key, None).await), below_injury("")),
    ];
    for (answer, name) in answers {
        assert_eq!(answer, Err(Error::NotFound { name: name.clone() }));
        assert_eq!(Refusal::from(answer.unwrap_err()), Refusal::not_found(&name));
    }
    assert_eq!(patients::list(&tx, None, 9, false).await, Ok(vec![]));
    assert_eq!(therapists::list(&tx, None, 9).await, Ok(vec![]));
}

async fn nothing_can_be_written_below_another_clinics_rows(home: &Home) {
    let tx = home.write("here").await;
    let key = a_plan(&tx).await;
    let injury = key.injury_key();
    let version = plans::get(&tx, key, At::NOW).await.unwrap().version;
    let made = sessions::create(&tx, key, session_id(), &session(), instant(20)).await.unwrap().id;
    let request = RequestId(new_id());
    assert_eq!(requests::claim(&tx, request, "m", b"h", instant(20)).await, Ok(Claim::New));
    requests::finish(&tx, request, None, b"answer of here").await.unwrap();
    tx.commit().await.unwrap();
    let before = home.raw(ALL_ROWS).await;

    let tx = home.write("there").await;
    let decision = decision(all_decided().remove(0));
    let new_injury = taper_store::InjuryKey { patient: key.patient, injury: InjuryId(new_id()) };
    let new_plan = PlanKey { plan: PlanId(new_id()), ..key };
    let at = instant(30);
    let answers = [
        bare(patients::update(&tx, key.patient, None, &patient(&[]), at).await),
        bare(injuries::create(&tx, new_injury, &crate::samples::injury(None), at).await),
        bare(injuries::revise(&tx, injury, None, &crate::samples::injury(None), at).await),
        bare(assessments::create(&tx, injury, assessment_id(), &assessment(), at).await),
        bare(activities::create(&tx, injury, activity_id(), &activity(), at).await),
        bare(plans::create(&tx, new_plan, &plan(PlanState::Draft), at).await),
        bare(plans::revise(&tx, key, None, &plan(PlanState::Active), at).await),
        bare(sessions::create(&tx, key, session_id(), &session(), at).await),
        bare(sessions::amend(&tx, key, made, &session(), amendment()).await),
        bare(decisions::create(&tx, key, version, decision_id(), &decision, at).await),
    ];
    for answer in answers {
        assert!(matches!(answer, Err(Error::NotFound { .. })), "{answer:?}");
    }
    assert_eq!(requests::claim(&tx, request, "m", b"h", at).await, Ok(Claim::New));
    drop(tx);
    assert_eq!(home.raw(ALL_ROWS).await, before);
}

/// Every row of the clinical tables, as text.
const ALL_ROWS: &str = "
    SELECT 'p' || CAST(version AS text) FROM patients
    UNION ALL SELECT CAST(body AS text) || COALESCE(CAST(superseded_at AS text), '') FROM patient_revisions
    UNION ALL SELECT 'i' || CAST(version AS text) FROM injuries
    UNION ALL SELECT CAST(body AS text) || COALESCE(CAST(superseded_at AS text), '') FROM injury_revisions
    UNION ALL SELECT 'l' || CAST(version AS text) FROM plans
    UNION ALL SELECT CAST(body AS text) || COALESCE(CAST(superseded_at AS text), '') FROM plan_revisions
    UNION ALL SELECT CAST(body AS text) || COALESCE(CAST(superseded_at AS text), '') FROM sessions
    UNION ALL SELECT CAST(body AS text) FROM assessments
    UNION ALL SELECT CAST(body AS text) FROM activities
    UNION ALL SELECT CAST(body AS text) FROM decisions
    UNION ALL SELECT method || CAST(created_at AS text) FROM requests
    ORDER BY 1";

async fn a_key_whose_parts_do_not_belong_together_leads_nowhere(home: &Home) {
    let tx = home.write("here").await;
    let (one, other) = (a_plan(&tx).await, a_plan(&tx).await);
    let made = sessions::create(&tx, one, session_id(), &session(), instant(20)).await.unwrap().id;
    let mixed = [
        PlanKey { patient: other.patient, ..one },
        PlanKey { injury: other.injury, ..one },
        PlanKey { plan: other.plan, ..one },
    ];
    for key in mixed {
        let answers = [
            plans::get(&tx, key, At::NOW).await.map(|_| ()),
            sessions::get(&tx, key, made, At::NOW).await.map(|_| ()),
            sessions::create(&tx, key, session_id(), &session(), instant(21)).await.map(|_| ()),
            sessions::amend(&tx, key, made, &session(), amendment()).await.map(|_| ()),
            plans::revise(&tx, key, None, &plan(PlanState::Active), instant(21)).await.map(|_| ()),
            records::load(&tx, key, None).await.map(|_| ()),
        ];
        for answer in answers {
            assert!(matches!(answer, Err(Error::NotFound { .. })), "{answer:?}");
        }
    }
    let mixed = taper_store::InjuryKey { patient: other.patient, injury: one.injury };
    assert!(matches!(injuries::get(&tx, mixed, At::NOW).await, Err(Error::NotFound { .. })));
    let lost = assessments::create(&tx, mixed, assessment_id(), &assessment(), instant(21)).await;
    assert!(matches!(lost, Err(Error::NotFound { .. })));
}

async fn the_database_refuses_a_parent_of_another_clinic(home: &Home) {
    let tx = home.write("here").await;
    a_plan(&tx).await;
    tx.commit().await.unwrap();
    let thefts = [
        "INSERT INTO injuries (clinic_id, injury_id, patient_id, version, created_at)
         SELECT 'there', injury_id, patient_id, 1, 1 FROM injuries",
        "INSERT INTO plans (clinic_id, plan_id, injury_id, active, version, created_at)
         SELECT 'there', plan_id, injury_id, FALSE, 1, 1 FROM plans",
        "INSERT INTO decisions (clinic_id, plan_id, decision_id, effective_date, recorded_at, body)
         SELECT 'there', plan_id, plan_id, '2026-01-01', 1, '{}' FROM plans",
        "UPDATE injury_revisions SET clinic_id = 'there'",
        "INSERT INTO patients (clinic_id, patient_id, version, created_at)
         SELECT 'nowhere', patient_id, 1, 1 FROM patients",
    ];
    for theft in thefts {
        let refused = home.force(theft).await.unwrap_err();
        assert!(refused.to_lowercase().contains("foreign key"), "{refused}");
    }
}

/// The first column of each key, foreign key and index: `name:column`.
const SQLITE_KEYS: &str = "
    SELECT m.name || ':' || i.name || ':' || (SELECT c.name FROM pragma_index_info(i.name) c WHERE c.seqno = 0)
    FROM sqlite_schema m, pragma_index_list(m.name) i WHERE m.type = 'table' AND m.name NOT LIKE 'seaql%'
    UNION ALL
    SELECT m.name || ':fk:' || f.\"from\" || '>' || f.\"to\" FROM sqlite_schema m, pragma_foreign_key_list(m.name) f
    WHERE m.type = 'table' AND f.seq = 0";

const POSTGRES_KEYS: &str = "
    SELECT t.relname || ':' || i.relname || ':' || a.attname FROM pg_index x
    JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
    JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public'
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0] WHERE t.relname NOT LIKE 'seaql%'
    UNION ALL
    SELECT t.relname || ':fk:' || a.attname || '>' || b.attname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1] WHERE c.contype = 'f'";

async fn every_primary_key_foreign_key_and_index_begins_with_the_clinic(home: &Home) {
    let keys = match home.kind {
        Kind::Sqlite => home.raw(SQLITE_KEYS).await,
        Kind::Postgres => home.raw(POSTGRES_KEYS).await,
    };
    let (foreign, indexes): (Vec<&String>, Vec<&String>) = keys.iter().partition(|key| key.contains(":fk:"));
    assert_eq!(foreign.len(), 19, "{foreign:?}");
    assert_eq!(indexes.len(), 25 + 19, "25 primary keys and 19 indexes: {indexes:?}");
    assert!(foreign.iter().all(|key| key.ends_with(":fk:clinic_id>clinic_id")), "{foreign:?}");
    assert!(indexes.iter().all(|key| key.ends_with(":clinic_id")), "{indexes:?}");
}

async fn a_clinic_that_does_not_exist_has_no_rows_and_takes_none(home: &Home) {
    let missing = || Error::NotFound { name: "clinics/nowhere".to_owned() };
    let tx = home.read("nowhere").await;
    assert_eq!(taper_store::clinics::get(&tx).await, Err(missing()));
    assert_eq!(patients::list(&tx, None, 9, false).await, Err(missing()));
    assert_eq!(therapists::list(&tx, None, 9).await, Err(missing()));
    drop(tx);
    let tx = home.write("nowhere").await;
    let refused = patients::create(&tx, PatientId(new_id()), &patient(&[]), instant(1)).await;
    assert_eq!(refused.map(|_| ()), Err(missing()));
    drop(tx);
    let tx = home.write("nowhere").await;
    let refused = therapists::create(&tx, &therapist(), instant(1)).await;
    assert_eq!(refused.map(|_| ()), Err(missing()));
    assert_eq!(Refusal::from(missing()).reason, Reason::ResourceNotFound);
}
