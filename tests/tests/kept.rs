//! What was recorded stays as it was recorded: each amendment is one more version, and a damaged row is never an answer.

use taper_api::v1;
use taper_tests::{Clinic, Database, Refused, World, request_id, session};
use tonic::Code;

#[tokio::test]
async fn a_session_that_is_amended_five_times_has_six_versions_each_as_it_was_written() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        let created = case.visit(&world, v1::Session { note: "Version 1.".into(), ..session(3) }).await;
        let mut versions = vec![created.clone()];
        for version in 2..=6_i32 {
            let content = v1::Session {
                note: format!("Version {version}."),
                minutes: 30 + version,
                pain_before_nprs: Some(version),
                etag: String::new(),
                ..created.clone()
            };
            let mut request = v1::AmendSessionRequest {
                session: Some(content),
                reason: String::new(),
                request_id: request_id(),
                ..Default::default()
            };
            let refused = world.sessions().amend_session(request.clone()).await.unwrap_err();
            assert_eq!(
                (refused.code(), Refused::of(&refused).fields),
                (Code::InvalidArgument, vec!["reason".to_owned()])
            );
            request.reason = format!("Typing error {version}.");
            let amended = world.sessions().amend_session(request).await.unwrap().into_inner();
            assert_eq!((amended.revision, amended.minutes), (version, 30 + version), "{database:?}");
            assert_eq!((&amended.name, amended.create_time), (&created.name, created.create_time));
            versions.push(amended);
        }
        for written in &versions {
            let request = v1::GetSessionRequest { name: created.name.clone(), known_at: written.update_time };
            let read = world.sessions().get_session(request).await.unwrap().into_inner();
            assert_eq!(read, *written, "{database:?} version {}", written.revision);
        }
        let notes: Vec<&str> = versions.iter().map(|written| written.note.as_str()).collect();
        assert_eq!(notes, [1, 2, 3, 4, 5, 6].map(|version| format!("Version {version}.")));
        world.stop().await;
    }
}

#[tokio::test]
async fn a_row_that_was_changed_past_the_program_is_data_loss_and_never_an_answer() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        let visit = case.visit(&world, v1::Session { note: "Seen.".into(), ..session(3) }).await;
        let ask = async || {
            let request = v1::GetSessionRequest { name: visit.name.clone(), known_at: None };
            let got = world.sessions().get_session(request).await.map(|_| ());
            let request = v1::ListSessionsRequest { parent: case.plan.clone(), ..Default::default() };
            let listed = world.sessions().list_sessions(request).await.map(|_| ());
            let request = v1::GetRecommendationRequest { name: case.plan.clone(), ..Default::default() };
            [got, listed, world.plans().get_recommendation(request).await.map(|_| ())]
        };
        for _ in 0..2 {
            assert!(ask().await.iter().all(Result::is_ok), "{database:?}");
            world.flip("sessions", "ciphertext").await;
            for answer in ask().await {
                let refused = Refused::of(&answer.unwrap_err());
                assert_eq!((refused.code, refused.reason.as_str()), (Code::DataLoss, "STORED_RECORD_DAMAGED"));
            }
            world.flip("sessions", "ciphertext").await;
        }
        world.forge("sessions", "body", "\"pain_before\":3", "\"pain_before\":0").await;
        for answer in ask().await {
            assert_eq!(answer.unwrap_err().code(), Code::DataLoss, "{database:?}: a value");
        }
        world.stop().await;
    }
}
