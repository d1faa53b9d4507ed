//! A mutation takes effect once: repeats, races and reuse of a request_id, on both databases.

use taper_api::v1;
use taper_tests::{Clinic, Database, Refused, World, assessment, number, request_id, session};
use tonic::Code;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_parallel_calls_with_one_request_id_make_one_row_and_one_answer() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        let request =
            v1::CreateSessionRequest { parent: case.plan.clone(), session: Some(session(1)), request_id: request_id() };
        let mut calls = Vec::new();
        for _ in 0..64 {
            let (mut client, request) = (world.sessions(), request.clone());
            calls.push(tokio::spawn(async move { client.create_session(request).await }));
        }
        let mut answers = Vec::new();
        for call in calls {
            answers.push(call.await.unwrap().expect("one of 64").into_inner());
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{database:?}: the answers differ");
        assert_eq!(case.session_names(&world).await, [answers[0].name.clone()], "{database:?}");
        world.stop().await;
    }
}

#[tokio::test]
async fn a_repeat_gets_the_first_answer_and_another_request_under_the_same_id_is_refused() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        let request = v1::CreateAssessmentRequest {
            parent: case.injury.clone(),
            assessment: Some(assessment(1, vec![number("lefs", 60.0)])),
            request_id: request_id(),
        };
        let first = world.assessments().create_assessment(request.clone()).await.unwrap().into_inner();
        let again = world.assessments().create_assessment(request.clone()).await.unwrap().into_inner();
        assert_eq!(first, again, "{database:?}");

        let other = v1::CreateAssessmentRequest {
            assessment: Some(assessment(1, vec![number("lefs", 61.0)])),
            ..request.clone()
        };
        let refused = Refused::of(&world.assessments().create_assessment(other).await.unwrap_err());
        assert_eq!((refused.code, refused.reason.as_str()), (Code::InvalidArgument, "REQUEST_ID_REUSED"));
        let request = v1::ListAssessmentsRequest { parent: case.injury.clone(), ..Default::default() };
        let listed = world.assessments().list_assessments(request).await.unwrap().into_inner();
        assert_eq!(listed.assessments, [first], "{database:?}");
        world.stop().await;
    }
}

#[tokio::test]
async fn a_refused_call_leaves_its_request_id_free() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        let wrong = v1::CreateSessionRequest {
            parent: case.plan.clone(),
            session: Some(v1::Session { minutes: 0, ..session(1) }),
            request_id: request_id(),
        };
        world.sessions().create_session(wrong.clone()).await.expect_err("0 minutes");
        let right = v1::CreateSessionRequest { session: Some(session(1)), ..wrong };
        world.sessions().create_session(right).await.expect("the mended request, with the same id");
        world.stop().await;
    }
}

#[tokio::test]
async fn an_etag_that_is_not_the_current_one_is_refused_with_the_current_one() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let clinic = Clinic::open(&world).await;
        let patient = clinic.patient(&world).await;
        let rename = |name: &str, etag: &str| v1::UpdatePatientRequest {
            patient: Some(v1::Patient { given_name: name.into(), etag: etag.into(), ..patient.clone() }),
            update_mask: Some(prost_types::FieldMask { paths: vec!["given_name".into()] }),
            request_id: request_id(),
        };
        let updated = world.patients().update_patient(rename("Ada", &patient.etag)).await.unwrap().into_inner();
        assert_eq!(updated.given_name, "Ada");
        assert_ne!(updated.etag, patient.etag);
        let status = world.patients().update_patient(rename("Eve", &patient.etag)).await.unwrap_err();
        let refused = Refused::of(&status);
        assert_eq!((refused.code, refused.reason.as_str()), (Code::Aborted, "ETAG_MISMATCH"), "{database:?}");
        let details = tonic_types::StatusExt::get_error_details(&status);
        let current = details.error_info().unwrap().metadata.get("etag").cloned();
        assert_eq!(current.as_deref(), Some(updated.etag.as_str()), "{database:?}");
        world.stop().await;
    }
}
