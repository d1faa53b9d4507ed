//! Clinics and therapists.

use taper_api::v1;
use taper_api::v1::patient_service_server::PatientService;
use tonic::Code;

use crate::harness::{CLINIC, Clinic, patient_request};

#[tokio::test]
async fn a_clinic_and_a_therapist_read_back_as_they_were_created() {
    let clinic = Clinic::open().await;
    let request = v1::GetClinicRequest { name: CLINIC.to_owned() };
    let read = clinic.service.get_clinic(clinic.request(request)).await.unwrap().into_inner();
    assert_eq!((read.name.as_str(), read.time_zone.as_str()), (CLINIC, "America/New_York"));

    let request = v1::CreateTherapistRequest {
        parent: CLINIC.to_owned(),
        therapist: Some(v1::Therapist {
            display_name: "Bo Reed".to_owned(),
            discipline: v1::Discipline::MassageTherapist.into(),
            ..v1::Therapist::default()
        }),
        ..v1::CreateTherapistRequest::default()
    };
    let created = clinic.service.create_therapist(clinic.request(request)).await.unwrap().into_inner();
    let name = created.name.clone();
    let request = clinic.request(v1::GetTherapistRequest { name });
    assert_eq!(clinic.service.get_therapist(request).await.unwrap().into_inner(), created);
    let request =
        clinic.request(v1::ListTherapistsRequest { parent: CLINIC.to_owned(), ..v1::ListTherapistsRequest::default() });
    let listed = clinic.service.list_therapists(request).await.unwrap().into_inner();
    assert_eq!((listed.therapists, listed.next_page_token.as_str()), (vec![created], ""));
}

#[tokio::test]
async fn a_taken_slug_and_a_missing_clinic_are_told() {
    let clinic = Clinic::open().await;
    let taken = v1::CreateClinicRequest {
        clinic_id: "north".to_owned(),
        clinic: Some(v1::Clinic {
            display_name: "Another".to_owned(),
            time_zone: "Etc/UTC".to_owned(),
            ..v1::Clinic::default()
        }),
        ..v1::CreateClinicRequest::default()
    };
    let status = clinic.service.create_clinic(clinic.request(taken)).await.unwrap_err();
    assert_eq!(status.code(), Code::AlreadyExists);

    let mut elsewhere = patient_request();
    elsewhere.parent = "clinics/nowhere".to_owned();
    assert_eq!(clinic.create_patient(elsewhere).await.unwrap_err().code(), Code::NotFound);
    let request = v1::CreateTherapistRequest {
        parent: "clinics/nowhere".to_owned(),
        therapist: Some(v1::Therapist { display_name: "Bo".to_owned(), discipline: 1, ..v1::Therapist::default() }),
        ..v1::CreateTherapistRequest::default()
    };
    let status = clinic.service.create_therapist(clinic.request(request)).await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
}

#[tokio::test]
async fn clinics_are_listed_by_slug_and_page_by_page() {
    let clinic = Clinic::open().await;
    for slug in ["west", "east"] {
        let request = v1::CreateClinicRequest {
            clinic_id: slug.to_owned(),
            clinic: Some(v1::Clinic {
                display_name: slug.to_owned(),
                time_zone: "Etc/UTC".to_owned(),
                ..v1::Clinic::default()
            }),
            ..v1::CreateClinicRequest::default()
        };
        clinic.service.create_clinic(clinic.request(request)).await.unwrap();
    }
    let mut names = Vec::new();
    let mut page_token = String::new();
    for _ in 0..3 {
        let request = clinic.request(v1::ListClinicsRequest { page_size: 1, page_token });
        let page = clinic.service.list_clinics(request).await.unwrap().into_inner();
        names.extend(page.clinics.into_iter().map(|clinic| clinic.name));
        page_token = page.next_page_token;
    }
    assert_eq!(names, ["clinics/east", "clinics/north", "clinics/west"]);
    assert_eq!(page_token, "");
}
