//! Patients that are deleted, brought back, exported and erased: what is left of them, and for whom.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;

use taper_api::v1;
use taper_api::v1::admin_service_client::AdminServiceClient;
use taper_tests::{Case, Clinic, Database, Refused, World, days_ago, number, request_id};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

async fn delete(world: &World, name: &str, etag: &str) -> Result<v1::Patient, Status> {
    let request = v1::DeletePatientRequest { name: name.into(), etag: etag.into(), request_id: request_id() };
    world.patients().delete_patient(request).await.map(tonic::Response::into_inner)
}

async fn undelete(world: &World, name: &str) -> Result<v1::Patient, Status> {
    let request = v1::UndeletePatientRequest { name: name.into(), etag: String::new(), request_id: request_id() };
    world.patients().undelete_patient(request).await.map(tonic::Response::into_inner)
}

async fn purge(world: &World, name: &str, etag: &str) -> Result<v1::PurgePatientResponse, Status> {
    let request = v1::PurgePatientRequest { name: name.into(), etag: etag.into(), request_id: request_id() };
    world.patients().purge_patient(request).await.map(tonic::Response::into_inner)
}

async fn get(world: &World, name: &str) -> Result<v1::Patient, Status> {
    let request = v1::GetPatientRequest { name: name.into(), known_at: None };
    world.patients().get_patient(request).await.map(tonic::Response::into_inner)
}

async fn names(world: &World, parent: &str, show_deleted: bool) -> Vec<String> {
    let request = v1::ListPatientsRequest { parent: parent.into(), show_deleted, ..Default::default() };
    let listed = world.patients().list_patients(request).await.unwrap().into_inner();
    listed.patients.into_iter().map(|patient| patient.name).collect()
}

async fn keep_for(world: &World, clinic: &Clinic, years: Option<i32>) -> Result<v1::ClinicPolicy, Status> {
    let policy = v1::ClinicPolicy {
        name: format!("{}/policy", clinic.name),
        policy: Some(v1::Policy::default()),
        retention_years: years,
        ..Default::default()
    };
    let request = v1::UpdateClinicPolicyRequest {
        clinic_policy: Some(policy),
        reason: "The law of the land.".into(),
        request_id: request_id(),
        ..Default::default()
    };
    world.patients().update_clinic_policy(request).await.map(tonic::Response::into_inner)
}

/// A patient with two external ids, whose injury was some days ago, and nothing since.
async fn registered(world: &World, clinic: &Clinic, onset: Option<i64>) -> v1::Patient {
    let external_id =
        |value: &str| v1::ExternalId { system: "acme".into(), value: format!("{value}-{}", request_id()) };
    let patient = v1::Patient {
        family_name: "Sentinel".into(),
        external_ids: vec![external_id("a"), external_id("b")],
        ..Default::default()
    };
    let parent = clinic.name.clone();
    let request = v1::CreatePatientRequest { parent, patient: Some(patient), request_id: request_id() };
    let patient = world.patients().create_patient(request).await.unwrap().into_inner();
    if let Some(days) = onset {
        let injury = Some(v1::Injury { onset_date: Some(days_ago(days)), ..Clinic::new_injury() });
        let request = v1::CreateInjuryRequest { parent: patient.name.clone(), injury, request_id: request_id() };
        world.patients().create_injury(request).await.unwrap();
    }
    patient
}

#[tokio::test]
async fn a_deleted_patient_is_hidden_and_closed_to_changes_until_it_is_undeleted() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let clinic = Clinic::open(&world).await;
        let case = clinic.case(&world).await;
        let stays = clinic.patient(&world).await.name;
        let before = get(&world, &case.patient).await.unwrap();
        let stale = delete(&world, &case.patient, "7").await.unwrap_err();
        assert_eq!(Refused::of(&stale).reason, "ETAG_MISMATCH");
        let deleted = delete(&world, &case.patient, &before.etag).await.unwrap();
        let window = deleted.expire_time.unwrap().seconds - deleted.delete_time.unwrap().seconds;
        assert_eq!(window, 30 * 24 * 3600);
        assert_ne!(deleted.etag, before.etag);
        assert_eq!(get(&world, &case.patient).await.unwrap(), deleted, "it can be read");

        assert_eq!(names(&world, &clinic.name, false).await, std::slice::from_ref(&stays));
        assert_eq!(names(&world, &clinic.name, true).await.len(), 2);
        assert_eq!(caseload(&world, &clinic).await, Vec::<String>::new());
        for refused in changes(&world, &case, &before).await {
            assert_eq!(refused.code(), Code::FailedPrecondition, "{refused:?}");
            assert_eq!(Refused::of(&refused).reason, "PATIENT_DELETED");
        }
        assert_eq!(Refused::of(&delete(&world, &case.patient, "").await.unwrap_err()).reason, "PATIENT_DELETED");

        let back = undelete(&world, &case.patient).await.unwrap();
        assert_eq!((back.delete_time, back.expire_time), (None, None));
        assert_eq!(v1::Patient { etag: before.etag.clone(), update_time: before.update_time, ..back }, before);
        assert_eq!(caseload(&world, &clinic).await, std::slice::from_ref(&case.plan));
        case.assess(&world, 0, vec![number("pain_worst_24h", 2.0)]).await;
        assert_eq!(Refused::of(&undelete(&world, &case.patient).await.unwrap_err()).reason, "WRONG_STATE");
        world.stop().await;
    }
}

async fn caseload(world: &World, clinic: &Clinic) -> Vec<String> {
    let request = v1::ListCaseloadRequest { parent: clinic.name.clone(), ..Default::default() };
    let listed = world.plans().list_caseload(request).await.unwrap().into_inner();
    listed.entries.into_iter().map(|entry| entry.treatment_plan).collect()
}

/// What was said to each kind of change.
async fn changes(world: &World, case: &Case, patient: &v1::Patient) -> Vec<Status> {
    let patient = v1::Patient { given_name: "Ada".into(), etag: String::new(), ..patient.clone() };
    let update_mask = Some(prost_types::FieldMask { paths: vec!["given_name".into()] });
    let request = v1::UpdatePatientRequest { patient: Some(patient), update_mask, request_id: request_id() };
    let updated = world.patients().update_patient(request).await.unwrap_err();
    let injury = Some(Clinic::new_injury());
    let request = v1::CreateInjuryRequest { parent: case.patient.clone(), injury, request_id: request_id() };
    let injured = world.patients().create_injury(request).await.unwrap_err();
    let plan = Some(v1::TreatmentPlan::default());
    let request =
        v1::CreateTreatmentPlanRequest { parent: case.injury.clone(), treatment_plan: plan, request_id: request_id() };
    let planned = world.plans().create_treatment_plan(request).await.unwrap_err();
    let assessment = Some(taper_tests::assessment(0, vec![number("pain_worst_24h", 2.0)]));
    let request = v1::CreateAssessmentRequest { parent: case.injury.clone(), assessment, request_id: request_id() };
    let assessed = world.assessments().create_assessment(request).await.unwrap_err();
    let session = Some(taper_tests::session(0));
    let request = v1::CreateSessionRequest { parent: case.plan.clone(), session, request_id: request_id() };
    let visited = world.sessions().create_session(request).await.unwrap_err();
    let request =
        v1::IssueRecommendationRequest { name: case.plan.clone(), request_id: request_id(), ..Default::default() };
    let issued = world.plans().issue_recommendation(request).await.unwrap_err();
    vec![updated, injured, planned, assessed, visited, issued]
}

#[tokio::test]
async fn a_record_is_kept_for_as_long_as_the_clinics_policy_says_and_then_erased() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let clinic = Clinic::open(&world).await;
        let bad = keep_for(&world, &clinic, Some(0)).await.unwrap_err();
        assert_eq!(Refused::of(&bad).fields, ["clinic_policy.retention_years"]);
        assert_eq!(keep_for(&world, &clinic, Some(1)).await.unwrap().retention_years, Some(1));
        let (old, recent) =
            (registered(&world, &clinic, Some(400)).await, registered(&world, &clinic, Some(300)).await);

        let kept = purge(&world, &old.name, &old.etag).await.unwrap_err();
        assert_eq!(Refused::of(&kept).reason, "WRONG_STATE", "it is not deleted");
        let recent = delete(&world, &recent.name, "").await.unwrap();
        let kept = purge(&world, &recent.name, &recent.etag).await.unwrap_err();
        assert_eq!(Refused::of(&kept).reason, "RETENTION_NOT_OVER");
        let kept = kept.get_error_details().error_info().unwrap().metadata.clone();
        let onset = days_ago(300);
        let day = jiff::civil::date(onset.year as i16, onset.month as i8, onset.day as i8);
        assert_eq!(kept["kept_until_date"], day.saturating_add(jiff::Span::new().years(1)).to_string());
        assert_eq!(get(&world, &recent.name).await.unwrap(), recent, "nothing was erased");

        let old = delete(&world, &old.name, "").await.unwrap();
        assert_eq!(Refused::of(&purge(&world, &old.name, "").await.unwrap_err()).fields, ["etag"]);
        assert_eq!(Refused::of(&purge(&world, &old.name, "1").await.unwrap_err()).reason, "ETAG_MISMATCH");
        let (name, etag) = (old.name.clone(), old.etag.clone());
        let request = v1::PurgePatientRequest { name, etag, request_id: request_id() };
        let purged = world.patients().purge_patient(request.clone()).await.unwrap().into_inner();
        assert_eq!(purged.name, old.name);
        let again = world.patients().purge_patient(request).await.unwrap().into_inner();
        assert_eq!(again, purged, "a repeat gets the same answer");

        let nobody = format!("{}/patients/{}", clinic.name, uuid::Uuid::now_v7());
        let (gone, never) = (get(&world, &old.name).await.unwrap_err(), get(&world, &nobody).await.unwrap_err());
        assert_eq!(gone.code(), Code::NotFound);
        assert_eq!(gone.message().replace(&old.name, ""), never.message().replace(&nobody, ""));
        assert_eq!(names(&world, &clinic.name, true).await, std::slice::from_ref(&recent.name));
        let parent = clinic.name.clone();
        let taken = v1::Patient { family_name: "Other".into(), external_ids: old.external_ids, ..Default::default() };
        let request = v1::CreatePatientRequest { parent, patient: Some(taken), request_id: request_id() };
        world.patients().create_patient(request).await.expect("the external ids are free again");

        // Nothing but a registration: there is no record to keep.
        let unseen = registered(&world, &clinic, None).await;
        let unseen = delete(&world, &unseen.name, "").await.unwrap();
        purge(&world, &unseen.name, &unseen.etag).await.unwrap();
        let request = v1::VerifyAuditRequest { parent: clinic.name.clone(), ..Default::default() };
        let verified = AdminServiceClient::new(world.channel.clone()).verify_audit(request).await.unwrap().into_inner();
        assert!(verified.intact, "{verified:?}");
        world.stop().await;
    }
}

#[tokio::test]
async fn an_export_has_every_revision_of_everything_with_its_texts_in_the_clear() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let clinic = Clinic::open(&world).await;
        let case = clinic.case(&world).await;
        say_and_amend(&world, &case).await;
        case.visit(&world, taper_tests::session(1)).await;
        clinic.case(&world).await.visit(&world, taper_tests::session(2)).await;

        let request = v1::ExportPatientRequest { name: case.patient.clone() };
        let mut stream = world.patients().export_patient(request).await.unwrap().into_inner();
        let mut rows: BTreeMap<String, Vec<prost_types::Struct>> = BTreeMap::new();
        while let Some(exported) = stream.message().await.unwrap() {
            rows.entry(exported.table).or_default().push(exported.row.unwrap());
        }
        let count = |table: &str| rows.get(table).map_or(0, Vec::len);
        let counts = ["patients", "injuries", "plans", "plan_revisions", "assessments", "sessions"].map(count);
        assert_eq!(counts, [1, 1, 1, 2, 2, 1], "{database:?}");
        let notes: Vec<_> = rows["assessments"].iter().map(|row| text(row, &["content", "note"]).unwrap()).collect();
        assert_eq!(notes, ["Said the knee clicks.", "Said the hip clicks."]);
        assert_eq!(text(&rows["assessments"][1], &["amend_reason"]).unwrap(), "Misheard.");
        assert_eq!(
            text(&rows["patient_revisions"][0], &["content", "family_name"]).unwrap(),
            taper_tests::planted("patient")
        );
        let recorded: jiff::Timestamp = text(&rows["sessions"][0], &["recorded_at"]).unwrap().parse().unwrap();
        assert!(recorded <= jiff::Timestamp::now());
        // What nobody needs and what must not travel.
        for row in rows.values().flatten() {
            for column in ["ciphertext", "digest", "body", "clinic_id", "wrapped_key"] {
                assert!(!row.fields.contains_key(column), "{column}");
            }
        }
        world.stop().await;
    }
}

/// An assessment with a note, and another note that corrects it.
async fn say_and_amend(world: &World, case: &Case) {
    let assessed = v1::Assessment {
        note: "Said the knee clicks.".into(),
        ..taper_tests::assessment(1, vec![number("pain_worst_24h", 5.0)])
    };
    let request = v1::CreateAssessmentRequest {
        parent: case.injury.clone(),
        assessment: Some(assessed),
        request_id: request_id(),
    };
    let assessed = world.assessments().create_assessment(request).await.unwrap().into_inner();
    let request = v1::AmendAssessmentRequest {
        assessment: Some(v1::Assessment { note: "Said the hip clicks.".into(), ..assessed }),
        reason: "Misheard.".into(),
        request_id: request_id(),
        ..Default::default()
    };
    world.assessments().amend_assessment(request).await.unwrap();
}

/// A text somewhere in a row.
fn text(row: &prost_types::Struct, path: &[&str]) -> Option<String> {
    let (last, way) = path.split_last().unwrap();
    let mut at = row;
    for step in way {
        let Some(prost_types::value::Kind::StructValue(inner)) = &at.fields.get(*step)?.kind else { return None };
        at = inner;
    }
    match at.fields.get(*last)?.kind.clone()? {
        prost_types::value::Kind::StringValue(text) => Some(text),
        other => panic!("{other:?}"),
    }
}
