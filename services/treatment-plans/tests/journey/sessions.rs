//! Sessions: recorded, amended, completed, cancelled.

use taper_api::v1;
use taper_api::v1::decision::Decided;
use taper_api::v1::session_service_server::SessionService;
use taper_api::v1::treatment_plan_service_server::TreatmentPlanService;
use tonic::{Code, Status};

use crate::clinic::{Clinic, at, day, fields, reason};

fn session(state: v1::SessionState, start: &str) -> v1::Session {
    v1::Session {
        kind: v1::SessionKind::Massage.into(),
        state: state.into(),
        start_time: at(start),
        minutes: 30,
        focus: vec![v1::Focus { area: v1::Area::TieIn.into(), minutes: 18 }],
        ..Default::default()
    }
}

fn attended() -> v1::Session {
    session(v1::SessionState::Attended, "2026-03-11T14:00:00Z")
}

fn planned() -> v1::Session {
    session(v1::SessionState::Planned, "2026-03-11T14:30:00Z")
}

async fn create(clinic: &Clinic, plan: &str, session: v1::Session, request_id: &str) -> Result<v1::Session, Status> {
    let request =
        v1::CreateSessionRequest { parent: plan.to_owned(), session: Some(session), request_id: request_id.to_owned() };
    clinic.service.create_session(clinic.ask(request)).await.map(tonic::Response::into_inner)
}

async fn amend(clinic: &Clinic, request: v1::AmendSessionRequest) -> Result<v1::Session, Status> {
    clinic.service.amend_session(clinic.ask(request)).await.map(tonic::Response::into_inner)
}

async fn complete(clinic: &Clinic, request: v1::CompleteSessionRequest) -> Result<v1::Session, Status> {
    clinic.service.complete_session(clinic.ask(request)).await.map(tonic::Response::into_inner)
}

#[tokio::test]
async fn a_session_reads_back_as_it_was_recorded() {
    let clinic = Clinic::open().await;
    let plan = clinic.draft().await.name;
    let given = v1::Session {
        therapist: clinic.therapist.clone(),
        pain_before_nprs: Some(0),
        charge: Some(taper_api::google::r#type::Money {
            currency_code: "USD".to_owned(),
            units: 85,
            nanos: 500_000_000,
        }),
        ..session(v1::SessionState::Attended, "2026-03-11T02:00:00.25Z")
    };
    let created = create(&clinic, &plan, given.clone(), "").await.unwrap();
    assert_eq!(created.date, day("2026-03-10"), "the date is the clinic's, not that of UTC");
    assert_eq!((created.revision, created.amend_reason.as_str()), (1, ""));
    assert_eq!((&created.charge, created.pain_before_nprs), (&given.charge, Some(0)));
    assert_eq!((created.start_time, &created.therapist), (given.start_time, &given.therapist));
    let read = v1::GetSessionRequest { known_at: None, name: created.name.clone() };
    assert_eq!(clinic.service.get_session(clinic.ask(read)).await.unwrap().into_inner(), created);
    let list = v1::ListSessionsRequest { parent: plan, ..Default::default() };
    let listed = clinic.service.list_sessions(clinic.ask(list)).await.unwrap().into_inner();
    assert_eq!((listed.sessions, listed.next_page_token.as_str()), (vec![created], ""));
}

#[tokio::test]
async fn a_repeat_of_a_request_gets_the_same_answer_and_stores_nothing_again() {
    let clinic = Clinic::open().await;
    let plan = clinic.draft().await.name;
    let id = "7b0c1c1e-9f7d-4a5b-8c1d-2e3f4a5b6c7d";
    let first = create(&clinic, &plan, attended(), id).await.unwrap();
    assert_eq!(create(&clinic, &plan, attended(), id).await.unwrap(), first);
    let other = create(&clinic, &plan, planned(), id).await.unwrap_err();
    assert_eq!(reason(&other), (Code::InvalidArgument, "REQUEST_ID_REUSED".to_owned()));
    let list = v1::ListSessionsRequest { parent: plan, ..Default::default() };
    assert_eq!(clinic.service.list_sessions(clinic.ask(list)).await.unwrap().into_inner().sessions.len(), 1);
}

#[tokio::test]
async fn faults_that_need_the_clinic_are_named_together_with_the_others() {
    let clinic = Clinic::open().await;
    let plan = clinic.draft().await.name;
    let bad = v1::Session {
        minutes: 700,
        therapist: clinic.therapist.replace("clinics/default", "clinics/elsewhere"),
        ..session(v1::SessionState::Attended, "2026-03-11T15:10:01Z")
    };
    let refused = create(&clinic, &plan, bad, "").await.unwrap_err();
    assert_eq!(fields(&refused), ["session.minutes", "session.start_time", "session.therapist"]);
}

#[tokio::test]
async fn an_attended_session_lies_between_the_onset_and_now_and_a_planned_one_may_come() {
    let clinic = Clinic::open().await;
    let plan = clinic.draft().await.name;
    let cases = [
        (v1::SessionState::Attended, "2026-03-11T15:10:00Z", true),
        (v1::SessionState::Attended, "2026-03-11T15:10:00.000001Z", false),
        (v1::SessionState::Planned, "2027-03-11T15:10:00Z", true),
        (v1::SessionState::Attended, "2026-03-01T05:00:00Z", true),
        (v1::SessionState::Attended, "2026-03-01T04:59:59Z", false),
        (v1::SessionState::Planned, "2026-03-01T04:59:59Z", false),
    ];
    for (state, start, accepted) in cases {
        let created = create(&clinic, &plan, session(state, start), "").await;
        assert_eq!(created.is_ok(), accepted, "{state:?} {start}");
    }
}

#[tokio::test]
async fn an_amendment_makes_a_revision_with_its_reason() {
    let clinic = Clinic::open().await;
    let plan = clinic.draft().await.name;
    let created = create(&clinic, &plan, attended(), "").await.unwrap();
    let content = v1::Session { name: created.name.clone(), minutes: 45, ..attended() };
    let mut request = v1::AmendSessionRequest { session: Some(content), ..Default::default() };
    let refused = amend(&clinic, request.clone()).await.unwrap_err();
    assert_eq!(fields(&refused), ["reason"]);
    request.reason = "it took longer".to_owned();
    request.etag = "0".to_owned();
    assert_eq!(amend(&clinic, request.clone()).await.unwrap_err().code(), Code::Aborted);
    request.etag = created.etag;
    let amended = amend(&clinic, request).await.unwrap();
    assert_eq!((amended.minutes, amended.revision), (45, 2));
    assert_eq!(amended.amend_reason, "it took longer");
    assert_eq!(amended.create_time, created.create_time);
}

#[tokio::test]
async fn a_session_that_was_entered_in_error_stays_readable() {
    let clinic = Clinic::open().await;
    let plan = clinic.draft().await.name;
    let created = create(&clinic, &plan, planned(), "").await.unwrap();
    let request = v1::AmendSessionRequest {
        session: Some(v1::Session { name: created.name.clone(), ..Default::default() }),
        reason: "wrong patient".to_owned(),
        entered_in_error: true,
        ..Default::default()
    };
    let amended = amend(&clinic, request).await.unwrap();
    assert!(amended.entered_in_error);
    assert_eq!(amended.focus, created.focus);
    let request = v1::CompleteSessionRequest { name: created.name, ..Default::default() };
    let refused = complete(&clinic, request).await.unwrap_err();
    assert_eq!(reason(&refused), (Code::FailedPrecondition, "WRONG_STATE".to_owned()));
}

#[tokio::test]
async fn a_planned_session_is_completed_once_and_keeps_what_is_not_given() {
    let clinic = Clinic::open().await;
    let plan = clinic.draft().await.name;
    let created = create(&clinic, &plan, planned(), "").await.unwrap();
    let mut request = v1::CompleteSessionRequest {
        name: created.name.clone(),
        minutes: Some(17),
        pain_after_nprs: Some(2),
        therapist: clinic.therapist.clone(),
        ..Default::default()
    };
    let refused = complete(&clinic, request.clone()).await.unwrap_err();
    assert_eq!(fields(&refused), ["focus"], "18 planned minutes of hands-on work do not fit into 17");
    request.minutes = Some(40);
    let done = complete(&clinic, request.clone()).await.unwrap();
    assert_eq!(done.state(), v1::SessionState::Attended);
    assert_eq!((done.minutes, done.pain_after_nprs, &done.focus), (40, Some(2), &created.focus));
    assert_eq!(done.therapist, clinic.therapist);
    let again = complete(&clinic, request).await.unwrap_err();
    assert_eq!(reason(&again), (Code::FailedPrecondition, "WRONG_STATE".to_owned()));
}

#[tokio::test]
async fn a_session_of_tomorrow_is_not_completed_today() {
    let clinic = Clinic::open().await;
    let plan = clinic.draft().await.name;
    let tomorrow = session(v1::SessionState::Planned, "2026-03-12T14:00:00Z");
    let created = create(&clinic, &plan, tomorrow, "").await.unwrap();
    let request = v1::CompleteSessionRequest { name: created.name, ..Default::default() };
    let refused = complete(&clinic, request).await.unwrap_err();
    assert_eq!(reason(&refused), (Code::FailedPrecondition, "WRONG_STATE".to_owned()));
}

#[tokio::test]
async fn a_planned_session_is_cancelled_or_becomes_a_no_show() {
    let clinic = Clinic::open().await;
    let plan = clinic.draft().await.name;
    for (no_show, state) in [(false, v1::SessionState::Cancelled), (true, v1::SessionState::NoShow)] {
        let created = create(&clinic, &plan, planned(), "").await.unwrap();
        let request =
            v1::CancelSessionRequest { name: created.name, no_show, reason: "snow".to_owned(), ..Default::default() };
        let cancelled = clinic.service.cancel_session(clinic.ask(request.clone())).await.unwrap().into_inner();
        assert_eq!((cancelled.state(), cancelled.amend_reason.as_str()), (state, "snow"));
        let again = clinic.service.cancel_session(clinic.ask(request)).await.unwrap_err();
        assert_eq!(reason(&again), (Code::FailedPrecondition, "WRONG_STATE".to_owned()));
    }
}

#[tokio::test]
async fn nothing_is_planned_on_a_plan_that_has_ended() {
    let clinic = Clinic::open().await;
    let plan = clinic.active().await;
    let request = v1::CreateDecisionRequest {
        parent: plan.name.clone(),
        decision: Some(v1::Decision {
            therapist: clinic.therapist.clone(),
            decided: Some(Decided::Discharge(v1::Discharge {})),
            override_reason: v1::OverrideReason::PatientPreference.into(),
            ..Default::default()
        }),
        etag: plan.etag,
        request_id: String::new(),
    };
    clinic.service.create_decision(clinic.ask(request)).await.unwrap();
    let refused = create(&clinic, &plan.name, planned(), "").await.unwrap_err();
    assert_eq!(reason(&refused), (Code::FailedPrecondition, "WRONG_STATE".to_owned()));
    create(&clinic, &plan.name, attended(), "").await.unwrap();
}

#[tokio::test]
async fn a_session_of_a_plan_that_does_not_exist_is_not_found() {
    let clinic = Clinic::open().await;
    let plan = format!("{}/treatmentPlans/019591b2-1c5e-7c32-9d4f-0a1b2c3d4e5f", clinic.injury);
    let refused = create(&clinic, &plan, attended(), "").await.unwrap_err();
    assert_eq!(reason(&refused), (Code::NotFound, "RESOURCE_NOT_FOUND".to_owned()));
}
