//! The etag of an amended session, which is given beside the session or within it.

use taper_api::v1;
use taper_api::v1::session_service_server::SessionService;
use tonic::{Code, Status};

use crate::clinic::{Clinic, at, fields, reason};

async fn session(clinic: &Clinic) -> v1::Session {
    let attended = v1::Session {
        kind: v1::SessionKind::Massage.into(),
        state: v1::SessionState::Attended.into(),
        start_time: at("2026-03-11T14:30:00Z"),
        minutes: 30,
        ..Default::default()
    };
    let parent = clinic.draft().await.name;
    let request = v1::CreateSessionRequest { parent, session: Some(attended), ..Default::default() };
    clinic.service.create_session(clinic.ask(request)).await.unwrap().into_inner()
}

async fn amend(clinic: &Clinic, session: &v1::Session, etag: &str) -> Result<v1::Session, Status> {
    let request = v1::AmendSessionRequest {
        session: Some(session.clone()),
        reason: "it took longer".to_owned(),
        etag: etag.to_owned(),
        ..Default::default()
    };
    clinic.service.amend_session(clinic.ask(request)).await.map(tonic::Response::into_inner)
}

#[tokio::test]
async fn a_stale_etag_within_a_session_is_refused_and_two_etags_must_not_differ() {
    let clinic = Clinic::open().await;
    let first = session(&clinic).await;
    let second = amend(&clinic, &first, "").await.unwrap();
    for beside in ["", first.etag.as_str()] {
        let stale = amend(&clinic, &first, beside).await.unwrap_err();
        assert_eq!(reason(&stale), (Code::Aborted, "ETAG_MISMATCH".to_owned()), "{beside}");
    }
    let differing = amend(&clinic, &first, &second.etag).await.unwrap_err();
    assert_eq!(fields(&differing), ["etag"]);
    amend(&clinic, &second, &second.etag).await.unwrap();
    let without = v1::Session { etag: String::new(), ..first };
    amend(&clinic, &without, "").await.unwrap();
}
