//! Assessments: what is refused, repeats, amendments, pages.

use taper_api::v1;
use taper_api::v1::assessment_service_server::AssessmentService;
use taper_api::v1::observation::Value;
use tonic::Code;
use uuid::Uuid;

use crate::harness::{Case, assessment, date, fields_of, reason_of};

#[tokio::test]
async fn an_assessment_reads_back_as_it_was_recorded() {
    let case = Case::open().await;
    let mut given = assessment();
    given.therapist = case.therapist.clone();
    given.observations[0].tester = case.therapist.clone();
    given.observations[1].site = v1::Site::Belly.into();
    given.observations[0].device = "inclinometer".to_owned();
    let created = case.create(given.clone()).await.unwrap();
    assert!(created.name.starts_with(&case.injury));
    assert_eq!(created.observations, given.observations);
    assert_eq!(created.run_stages, given.run_stages);
    assert_eq!((created.date, created.note.as_str()), (given.date, given.note.as_str()));
    assert_eq!((created.revision, created.entered_in_error), (1, false));
    assert_eq!(case.get(&created.name).await.unwrap(), created);
}

#[tokio::test]
async fn an_assessment_counts_for_a_day_from_the_onset_to_today() {
    let case = Case::open().await;
    for (day, is_taken) in [(date(2, 9), false), (date(2, 10), true), (date(3, 1), true), (date(3, 2), false)] {
        let mut given = assessment();
        given.date = day;
        match case.create(given).await {
            Ok(_) => assert!(is_taken, "{day:?}"),
            Err(status) => {
                assert!(!is_taken, "{day:?}");
                assert_eq!(fields_of(&status), ["assessment.date"]);
            }
        }
    }
}

#[tokio::test]
async fn all_faults_of_an_assessment_are_told_at_once_and_nothing_is_stored() {
    let case = Case::open().await;
    let mut given = assessment();
    given.date = date(3, 2);
    given.therapist = format!("clinics/north/therapists/{}", Uuid::now_v7());
    given.observations[0].value = Some(Value::Number(-5.0));
    given.observations[1].tester = case.therapist.replace("north", "south");
    let status = case.create(given).await.unwrap_err();
    let expected = [
        "assessment.observations[0].number",
        "assessment.date",
        "assessment.therapist",
        "assessment.observations[1].tester",
    ];
    assert_eq!(fields_of(&status), expected);
    let request = v1::ListAssessmentsRequest { parent: case.injury.clone(), ..v1::ListAssessmentsRequest::default() };
    let listed = case.service.list_assessments(case.request(request)).await.unwrap().into_inner();
    assert_eq!(listed.assessments, []);
}

#[tokio::test]
async fn an_assessment_of_no_injury_is_not_found() {
    let case = Case::open().await;
    let parent = format!("{}{}", &case.injury[..case.injury.len() - 36], Uuid::now_v7());
    let request = v1::CreateAssessmentRequest {
        parent: parent.clone(),
        assessment: Some(assessment()),
        ..v1::CreateAssessmentRequest::default()
    };
    let status = case.service.create_assessment(case.request(request)).await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
    let status = case.get(&format!("{}/assessments/{}", case.injury, Uuid::now_v7())).await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
}

#[tokio::test]
async fn a_repeated_assessment_is_stored_once() {
    let case = Case::open().await;
    let id = Uuid::now_v7().to_string();
    let first = case.create_as(assessment(), &id).await.unwrap();
    assert_eq!(case.create_as(assessment(), &id).await.unwrap(), first);
    let mut other = assessment();
    other.note.clear();
    assert_eq!(reason_of(&case.create_as(other, &id).await.unwrap_err()), "REQUEST_ID_REUSED");
}

#[tokio::test]
async fn an_amendment_is_a_new_revision_with_a_reason_and_a_stale_etag_is_refused() {
    let case = Case::open().await;
    let first = case.create(assessment()).await.unwrap();
    let mut content = first.clone();
    content.observations.truncate(1);
    let request = v1::AmendAssessmentRequest {
        assessment: Some(content),
        reason: "read from the wrong leg".to_owned(),
        etag: first.etag.clone(),
        ..v1::AmendAssessmentRequest::default()
    };
    let second = case.amend(request.clone()).await.unwrap();
    assert_eq!((second.revision, second.amend_reason.as_str()), (2, "read from the wrong leg"));
    assert_eq!(second.observations.len(), 1);
    assert_eq!(case.get(&first.name).await.unwrap(), second);
    let status = case.amend(request).await.unwrap_err();
    assert_eq!((status.code(), reason_of(&status).as_str()), (Code::Aborted, "ETAG_MISMATCH"));
}

#[tokio::test]
async fn an_assessment_entered_in_error_keeps_what_it_says() {
    let case = Case::open().await;
    let first = case.create(assessment()).await.unwrap();
    let request = v1::AmendAssessmentRequest {
        assessment: Some(v1::Assessment { name: first.name.clone(), ..v1::Assessment::default() }),
        reason: "wrong patient".to_owned(),
        entered_in_error: true,
        ..v1::AmendAssessmentRequest::default()
    };
    let second = case.amend(request).await.unwrap();
    assert!(second.entered_in_error);
    assert_eq!(second.observations, first.observations);
}

#[tokio::test]
async fn an_amendment_names_all_its_faults_at_once() {
    let case = Case::open().await;
    let status = case.amend(v1::AmendAssessmentRequest::default()).await.unwrap_err();
    assert_eq!(fields_of(&status), ["reason", "assessment.name", "assessment"]);
    let mut content = case.create(assessment()).await.unwrap();
    content.date = date(2, 9);
    content.observations[0].value = None;
    let request = v1::AmendAssessmentRequest {
        assessment: Some(content),
        reason: " ".to_owned(),
        ..v1::AmendAssessmentRequest::default()
    };
    let status = case.amend(request).await.unwrap_err();
    let expected = ["reason", "assessment.observations[0].value", "assessment.date"];
    assert_eq!(fields_of(&status), expected);
}

#[tokio::test]
async fn assessments_are_listed_in_the_order_of_their_creation() {
    let case = Case::open().await;
    let mut created = Vec::new();
    for second in 0..3 {
        case.clock.set(format!("2026-03-01T12:00:0{second}Z").parse().unwrap());
        created.push(case.create(assessment()).await.unwrap());
    }
    let list = |page_token| {
        let parent = case.injury.clone();
        let request = v1::ListAssessmentsRequest { as_of: None, known_at: None, parent, page_size: 2, page_token };
        case.service.list_assessments(case.request(request))
    };
    let first = list(String::new()).await.unwrap().into_inner();
    assert_eq!(first.assessments, created[..2]);
    let second = list(first.next_page_token.clone()).await.unwrap().into_inner();
    assert_eq!((second.assessments, second.next_page_token.as_str()), (created[2..].to_vec(), ""));
    let request = v1::ListActivitiesRequest {
        parent: case.injury.clone(),
        page_token: first.next_page_token,
        ..v1::ListActivitiesRequest::default()
    };
    let status = case.service.list_activities(case.request(request)).await.unwrap_err();
    assert_eq!(reason_of(&status), "INVALID_PAGE_TOKEN");
}
