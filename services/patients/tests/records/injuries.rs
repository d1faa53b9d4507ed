//! Injuries, returns and recurrences.

use taper_api::v1::patient_service_server::PatientService;
use taper_api::v1::{self, RecurrenceTiming};
use tonic::Code;
use uuid::Uuid;

use crate::harness::{CLINIC, Clinic, date, fields_of, injury, reason_of};

#[tokio::test]
async fn an_injury_reads_back_and_one_of_nobody_is_not_found() {
    let clinic = Clinic::open().await;
    let created = clinic.injury(date(2026, 2, 1)).await;
    assert_eq!(clinic.get_injury(&created.name).await, created);
    let parent = format!("{CLINIC}/patients/{}", Uuid::now_v7());
    let request = v1::CreateInjuryRequest {
        parent: parent.clone(),
        injury: Some(injury(date(2026, 2, 1))),
        ..v1::CreateInjuryRequest::default()
    };
    let status = clinic.service.create_injury(clinic.request(request)).await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
    let request = v1::ListInjuriesRequest { parent, ..v1::ListInjuriesRequest::default() };
    let status = clinic.service.list_injuries(clinic.request(request)).await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
}

#[tokio::test]
async fn a_return_lies_between_the_onset_and_today() {
    let clinic = Clinic::open().await;
    let injury = clinic.injury(date(2026, 2, 10)).await;
    for outside in [date(2026, 2, 9), date(2026, 3, 2)] {
        let status = clinic.record_return(&injury.name, outside, "").await.unwrap_err();
        assert_eq!(fields_of(&status), ["return_date"]);
    }
    let first = clinic.record_return(&injury.name, date(2026, 2, 10), &injury.etag).await.unwrap();
    assert_eq!(first.return_date, Some(date(2026, 2, 10)));
    let status = clinic.record_return(&injury.name, date(2026, 3, 1), &injury.etag).await.unwrap_err();
    assert_eq!(reason_of(&status), "ETAG_MISMATCH");
    let second = clinic.record_return(&injury.name, date(2026, 3, 1), "").await.unwrap();
    assert_eq!(clinic.get_injury(&injury.name).await, second);
}

#[tokio::test]
async fn a_recurrence_is_a_new_injury_whose_timing_follows_from_the_return() {
    let clinic = Clinic::open().await;
    let earlier = clinic.injury(date(2025, 6, 1)).await;
    let mut again = injury(date(2026, 2, 1));
    (again.side, again.site) = (0, 0);
    let recurrence = clinic.record_recurrence(&earlier.name, again).await.unwrap();
    assert_ne!(recurrence.name, earlier.name);
    assert_eq!(recurrence.recurs_from, earlier.name);
    assert_eq!((recurrence.side, recurrence.site), (earlier.side, earlier.site));
    assert_eq!(recurrence.recurrence_timing(), RecurrenceTiming::Exacerbation);

    clinic.record_return(&earlier.name, date(2025, 9, 1), "").await.unwrap();
    let read = clinic.get_injury(&recurrence.name).await;
    assert_eq!(read.recurrence_timing(), RecurrenceTiming::Late);
    let patient = earlier.name.split("/injuries/").next().unwrap().to_owned();
    let list = |page_token| {
        let request = v1::ListInjuriesRequest { parent: patient.clone(), page_size: 1, page_token };
        clinic.service.list_injuries(clinic.request(request))
    };
    let mut listed = Vec::new();
    let first = list(String::new()).await.unwrap().into_inner();
    listed.extend(first.injuries);
    listed.extend(list(first.next_page_token).await.unwrap().into_inner().injuries);
    assert!(listed.contains(&read));
    assert_eq!(listed.len(), 2);
}

#[tokio::test]
async fn a_recurrence_before_the_earlier_onset_is_refused() {
    let clinic = Clinic::open().await;
    let earlier = clinic.injury(date(2025, 6, 1)).await;
    let status = clinic.record_recurrence(&earlier.name, injury(date(2025, 5, 31))).await.unwrap_err();
    assert_eq!(fields_of(&status), ["injury.onset_date"]);
    let same_day = clinic.record_recurrence(&earlier.name, injury(date(2025, 6, 1))).await.unwrap();
    assert_eq!(same_day.recurrence_timing(), RecurrenceTiming::Exacerbation);
}
