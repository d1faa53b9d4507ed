//! The empty request to every method that changes something: everything that is needed is named at once.

use taper_api::v1;
use taper_api::v1::patient_service_server::PatientService;
use tonic::{Response, Status};

use crate::harness::{Clinic, fields_of};

#[track_caller]
fn check<A: std::fmt::Debug>(answer: Result<Response<A>, Status>, needed: &[&str]) {
    let mut named = fields_of(&answer.unwrap_err());
    named.sort();
    assert_eq!(named, needed);
}

#[tokio::test]
async fn an_empty_request_names_every_field_that_is_needed() {
    let clinic = Clinic::open().await;
    let service = &clinic.service;
    let empty = clinic.request(v1::CreateClinicRequest::default());
    check(service.create_clinic(empty).await, &["clinic", "clinic_id"]);
    let empty = clinic.request(v1::CreateTherapistRequest::default());
    check(service.create_therapist(empty).await, &["parent", "therapist"]);
    let empty = clinic.request(v1::CreatePatientRequest::default());
    check(service.create_patient(empty).await, &["parent", "patient"]);
    let empty = clinic.request(v1::UpdatePatientRequest::default());
    check(service.update_patient(empty).await, &["patient", "patient.name"]);
    let empty = clinic.request(v1::CreateInjuryRequest::default());
    check(service.create_injury(empty).await, &["injury", "parent"]);
    let empty = clinic.request(v1::RecordReturnRequest::default());
    check(service.record_return(empty).await, &["name", "return_date"]);
    let empty = clinic.request(v1::RecordRecurrenceRequest::default());
    check(service.record_recurrence(empty).await, &["injury", "name"]);
}
