//! The etag of an amendment, which is given beside the fact or within it.

use taper_api::v1;
use taper_api::v1::assessment_service_server::AssessmentService;
use tonic::{Code, Status};

use crate::harness::{Case, activity, assessment, fields_of, reason_of};

async fn amend_activity(case: &Case, activity: &v1::Activity, etag: &str) -> Result<v1::Activity, Status> {
    let request = v1::AmendActivityRequest {
        activity: Some(activity.clone()),
        reason: "read again".to_owned(),
        etag: etag.to_owned(),
        ..v1::AmendActivityRequest::default()
    };
    Ok(case.service.amend_activity(case.request(request)).await?.into_inner())
}

async fn amend_assessment(case: &Case, assessment: &v1::Assessment, etag: &str) -> Result<v1::Assessment, Status> {
    let request = v1::AmendAssessmentRequest {
        assessment: Some(assessment.clone()),
        reason: "read again".to_owned(),
        etag: etag.to_owned(),
        ..v1::AmendAssessmentRequest::default()
    };
    case.amend(request).await
}

#[track_caller]
fn check_stale<A: std::fmt::Debug>(answer: Result<A, Status>) {
    let status = answer.unwrap_err();
    assert_eq!((status.code(), reason_of(&status).as_str()), (Code::Aborted, "ETAG_MISMATCH"));
}

#[track_caller]
fn check_differing<A: std::fmt::Debug>(answer: Result<A, Status>) {
    assert_eq!(fields_of(&answer.unwrap_err()), ["etag"]);
}

#[tokio::test]
async fn a_stale_etag_within_an_assessment_is_refused_and_two_etags_must_not_differ() {
    let case = Case::open().await;
    let first = case.create(assessment()).await.unwrap();
    let second = amend_assessment(&case, &first, "").await.unwrap();
    check_stale(amend_assessment(&case, &first, "").await);
    check_stale(amend_assessment(&case, &first, &first.etag).await);
    check_differing(amend_assessment(&case, &first, &second.etag).await);
    amend_assessment(&case, &second, &second.etag).await.unwrap();
    let without = v1::Assessment { etag: String::new(), ..first };
    amend_assessment(&case, &without, "").await.unwrap();
}

#[tokio::test]
async fn a_stale_etag_within_an_activity_is_refused_and_two_etags_must_not_differ() {
    let case = Case::open().await;
    let first = case.create_activity(activity()).await.unwrap();
    let second = amend_activity(&case, &first, "").await.unwrap();
    check_stale(amend_activity(&case, &first, "").await);
    check_stale(amend_activity(&case, &first, &first.etag).await);
    check_differing(amend_activity(&case, &first, &second.etag).await);
    amend_activity(&case, &second, &second.etag).await.unwrap();
    let without = v1::Activity { etag: String::new(), ..first };
    amend_activity(&case, &without, "").await.unwrap();
}
