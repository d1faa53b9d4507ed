//! Activities.

use taper_api::v1;
use taper_api::v1::assessment_service_server::AssessmentService;

use crate::harness::{Case, activity, date, fields_of};

#[tokio::test]
async fn an_activity_is_recorded_read_listed_and_amended() {
    let case = Case::open().await;
    let first = case.create_activity(activity()).await.unwrap();
    let request = case.request(v1::GetActivityRequest { known_at: None, name: first.name.clone() });
    assert_eq!(case.service.get_activity(request).await.unwrap().into_inner(), first);
    let request = v1::AmendActivityRequest {
        activity: Some(v1::Activity { pain_next_morning_nprs: Some(2), speed_kmh: Some(9.25), ..first.clone() }),
        reason: "the patient called".to_owned(),
        ..v1::AmendActivityRequest::default()
    };
    let second = case.service.amend_activity(case.request(request)).await.unwrap().into_inner();
    assert_eq!((second.revision, second.pain_next_morning_nprs, second.speed_kmh), (2, Some(2), Some(9.25)));
    let request = v1::ListActivitiesRequest { parent: case.injury.clone(), ..v1::ListActivitiesRequest::default() };
    let listed = case.service.list_activities(case.request(request)).await.unwrap().into_inner();
    assert_eq!(listed.activities, [second]);
}

#[tokio::test]
async fn an_activity_lies_between_the_onset_and_today() {
    let case = Case::open().await;
    for day in [date(2, 9), date(3, 2)] {
        let mut given = activity();
        given.date = day;
        given.pain_during_nprs = Some(11);
        let status = case.create_activity(given).await.unwrap_err();
        assert_eq!(fields_of(&status), ["activity.pain_during_nprs", "activity.date"]);
    }
}
