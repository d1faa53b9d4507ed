//! Patients: what is refused, repeats, updates, pages.

use taper_api::v1;
use taper_api::v1::patient_service_server::PatientService;
use tonic::Code;
use tonic_types::StatusExt;
use uuid::Uuid;

use crate::harness::{CLINIC, Clinic, date, fields_of, patient_request, reason_of};

#[tokio::test]
async fn all_faults_of_a_patient_are_told_at_once_also_those_that_need_the_time_zone() {
    let clinic = Clinic::open().await;
    let mut request = patient_request();
    request.request_id = "7".to_owned();
    let patient = request.patient.as_mut().unwrap();
    patient.family_name.clear();
    // It is still 2026-03-01 in New York, although 2026-03-02 in UTC.
    patient.birth_date = Some(date(2026, 3, 2));
    let status = clinic.create_patient(request).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    assert_eq!(fields_of(&status), ["request_id", "patient.family_name", "patient.birth_date"]);
    let request =
        clinic.request(v1::ListPatientsRequest { parent: CLINIC.to_owned(), ..v1::ListPatientsRequest::default() });
    let listed = clinic.service.list_patients(request).await.unwrap().into_inner();
    assert_eq!(listed.patients, []);
}

#[tokio::test]
async fn a_malformed_parent_is_told_together_with_the_other_faults() {
    let clinic = Clinic::open().await;
    let mut request = patient_request();
    request.parent = "clinics/".to_owned();
    request.patient.as_mut().unwrap().family_name.clear();
    let status = clinic.create_patient(request).await.unwrap_err();
    assert_eq!(fields_of(&status), ["parent", "patient.family_name"]);
    let status = clinic.create_patient(v1::CreatePatientRequest::default()).await.unwrap_err();
    assert_eq!(fields_of(&status), ["parent", "patient"]);
}

#[tokio::test]
async fn a_repeat_is_answered_as_the_first_time_and_another_request_under_its_id_is_refused() {
    let clinic = Clinic::open().await;
    let mut request = patient_request();
    request.request_id = Uuid::now_v7().to_string();
    let first = clinic.create_patient(request.clone()).await.unwrap();
    clinic.clock.set("2026-03-05T03:00:00Z".parse().unwrap());
    let again = clinic.create_patient(request.clone()).await.unwrap();
    assert_eq!(first, again);

    request.patient.as_mut().unwrap().given_name = "Eve".to_owned();
    let status = clinic.create_patient(request).await.unwrap_err();
    assert_eq!(reason_of(&status), "REQUEST_ID_REUSED");
    let request =
        clinic.request(v1::ListPatientsRequest { parent: CLINIC.to_owned(), ..v1::ListPatientsRequest::default() });
    assert_eq!(clinic.service.list_patients(request).await.unwrap().into_inner().patients, [first]);
}

#[tokio::test]
async fn an_external_id_is_taken_once_in_a_clinic() {
    let clinic = Clinic::open().await;
    let mut request = patient_request();
    let number = v1::ExternalId { system: "acme".to_owned(), value: "17".to_owned() };
    request.patient.as_mut().unwrap().external_ids = vec![number];
    clinic.create_patient(request.clone()).await.unwrap();
    let status = clinic.create_patient(request).await.unwrap_err();
    assert_eq!((status.code(), reason_of(&status).as_str()), (Code::AlreadyExists, "ALREADY_EXISTS"));
}

#[tokio::test]
async fn an_update_changes_the_masked_fields_and_a_stale_etag_is_refused() {
    let clinic = Clinic::open().await;
    let before = clinic.patient().await;
    let mut change = before.clone();
    change.given_name = "Eve".to_owned();
    change.family_name = "Reed".to_owned();
    let after = clinic.update(change.clone(), &["given_name"]).await.unwrap();
    assert_eq!((after.given_name.as_str(), after.family_name.as_str()), ("Eve", "Miller"));
    assert_eq!(after.birth_date, before.birth_date);
    assert_ne!(after.etag, before.etag);

    let status = clinic.update(change.clone(), &["given_name"]).await.unwrap_err();
    assert_eq!((status.code(), reason_of(&status).as_str()), (Code::Aborted, "ETAG_MISMATCH"));
    assert_eq!(status.get_details_error_info().unwrap().metadata["etag"], after.etag);
    change.etag = "nonsense".to_owned();
    assert_eq!(clinic.update(change.clone(), &[]).await.unwrap_err().code(), Code::Aborted);
    change.etag.clear();
    let all = clinic.update(change, &["*"]).await.unwrap();
    assert_eq!(all.family_name, "Reed");
    let request = clinic.request(v1::GetPatientRequest { known_at: None, name: all.name.clone() });
    assert_eq!(clinic.service.get_patient(request).await.unwrap().into_inner(), all);
}

#[tokio::test]
async fn an_update_names_every_fault_of_the_mask_and_of_the_masked_fields() {
    let clinic = Clinic::open().await;
    let mut change = clinic.patient().await;
    change.family_name.clear();
    change.birth_date = Some(date(2026, 3, 2));
    let paths = ["family_name", "birth_date", "etag"];
    let status = clinic.update(change.clone(), &paths).await.unwrap_err();
    assert_eq!(fields_of(&status), ["update_mask", "patient.family_name", "patient.birth_date"]);
    change.name = "clinics/north".to_owned();
    let status = clinic.update(change, &["family_name"]).await.unwrap_err();
    assert_eq!(fields_of(&status), ["patient.family_name", "patient.name"]);
}

#[tokio::test]
async fn patients_are_listed_page_by_page_with_tokens_of_their_own_list() {
    let clinic = Clinic::open().await;
    let mut created = Vec::new();
    for second in 0..3 {
        clinic.clock.set(format!("2026-03-02T03:00:0{second}Z").parse().unwrap());
        created.push(clinic.patient().await);
    }
    let list = |page_size, page_token: String| {
        let parent = CLINIC.to_owned();
        let request = clinic.request(v1::ListPatientsRequest { parent, page_size, page_token, show_deleted: false });
        clinic.service.list_patients(request)
    };
    let first = list(2, String::new()).await.unwrap().into_inner();
    assert_eq!(first.patients, created[..2]);
    let second = list(2, first.next_page_token.clone()).await.unwrap().into_inner();
    assert_eq!((second.patients, second.next_page_token.as_str()), (created[2..].to_vec(), ""));
    assert_eq!(fields_of(&list(-1, String::new()).await.unwrap_err()), ["page_size"]);
    let status = list(0, "bm8".to_owned()).await.unwrap_err();
    assert_eq!(reason_of(&status), "INVALID_PAGE_TOKEN");
    let request = clinic.request(v1::ListTherapistsRequest {
        parent: CLINIC.to_owned(),
        page_token: first.next_page_token,
        ..v1::ListTherapistsRequest::default()
    });
    assert_eq!(reason_of(&clinic.service.list_therapists(request).await.unwrap_err()), "INVALID_PAGE_TOKEN");
}
