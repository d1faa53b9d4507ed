//! The empty request to every method that changes something: everything that is needed is named at once.

use taper_api::v1;
use taper_api::v1::session_service_server::SessionService;
use taper_api::v1::treatment_plan_service_server::TreatmentPlanService;
use tonic::{Response, Status};

use crate::clinic::{Clinic, fields};

#[track_caller]
fn check<A: std::fmt::Debug>(answer: Result<Response<A>, Status>, needed: &[&str]) {
    let mut named = fields(&answer.unwrap_err());
    named.sort();
    assert_eq!(named, needed);
}

#[tokio::test]
async fn an_empty_request_names_every_field_that_is_needed() {
    let clinic = Clinic::open().await;
    let service = &clinic.service;
    let empty = clinic.ask(v1::CreateTreatmentPlanRequest::default());
    check(service.create_treatment_plan(empty).await, &["parent", "treatment_plan"]);
    let empty = clinic.ask(v1::ActivateTreatmentPlanRequest::default());
    check(service.activate_treatment_plan(empty).await, &["name", "phase", "therapist"]);
    let empty = clinic.ask(v1::CreateDecisionRequest::default());
    check(service.create_decision(empty).await, &["decision", "etag", "parent"]);
    let empty = clinic.ask(v1::CreateSessionRequest::default());
    check(service.create_session(empty).await, &["parent", "session"]);
    let empty = clinic.ask(v1::AmendSessionRequest::default());
    check(service.amend_session(empty).await, &["reason", "session", "session.name"]);
    check(service.complete_session(clinic.ask(v1::CompleteSessionRequest::default())).await, &["name"]);
    check(service.cancel_session(clinic.ask(v1::CancelSessionRequest::default())).await, &["name"]);
}
