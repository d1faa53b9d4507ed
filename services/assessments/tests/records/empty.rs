//! The empty request to every method that changes something: everything that is needed is named at once.

use taper_api::v1;
use taper_api::v1::assessment_service_server::AssessmentService;
use tonic::{Response, Status};

use crate::harness::{Case, fields_of};

#[track_caller]
fn check<A: std::fmt::Debug>(answer: Result<Response<A>, Status>, needed: &[&str]) {
    let mut named = fields_of(&answer.unwrap_err());
    named.sort();
    assert_eq!(named, needed);
}

#[tokio::test]
async fn an_empty_request_names_every_field_that_is_needed() {
    let case = Case::open().await;
    let service = &case.service;
    let empty = case.request(v1::CreateAssessmentRequest::default());
    check(service.create_assessment(empty).await, &["assessment", "parent"]);
    let empty = case.request(v1::AmendAssessmentRequest::default());
    check(service.amend_assessment(empty).await, &["assessment", "assessment.name", "reason"]);
    let empty = case.request(v1::CreateActivityRequest::default());
    check(service.create_activity(empty).await, &["activity", "parent"]);
    let empty = case.request(v1::AmendActivityRequest::default());
    check(service.amend_activity(empty).await, &["activity", "activity.name", "reason"]);
}
