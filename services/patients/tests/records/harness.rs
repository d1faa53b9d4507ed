//! A clinic on a database of its own, and the requests to it.

use std::time::{Duration, Instant};

use taper_api::google::r#type::Date;
use taper_api::v1;
use taper_api::v1::patient_service_server::PatientService;
use taper_kit::{Call, Clock};
use taper_patients::Service;
use taper_store::{MasterKey, Options, Store};
use tempfile::TempDir;
use tonic::{Request, Status};
use tonic_types::StatusExt;

pub const CLINIC: &str = "clinics/north";

pub struct Clinic {
    pub service: Service,
    pub clock: Clock,
    _folder: TempDir,
}

impl Clinic {
    /// A clinic in New York on the evening of 2026-03-01 there.
    pub async fn open() -> Self {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite://{}", folder.path().join("taper.db").display());
        let store = Store::open(&url, Options { master_key: MasterKey::parse(&"0f".repeat(32)), ..Options::default() })
            .await
            .unwrap();
        store.migrate().up().await.unwrap();
        let clock = Clock::fixed("2026-03-02T03:00:00Z".parse().unwrap());
        let service = Service::new(store);
        let clinic = Self { service, clock, _folder: folder };
        let request = v1::CreateClinicRequest {
            clinic_id: "north".to_owned(),
            clinic: Some(v1::Clinic {
                display_name: "North Clinic".to_owned(),
                time_zone: "America/New_York".to_owned(),
                ..v1::Clinic::default()
            }),
            ..v1::CreateClinicRequest::default()
        };
        clinic.service.create_clinic(clinic.request(request)).await.unwrap();
        clinic
    }

    /// A request as the edge hands it on.
    pub fn request<M>(&self, message: M) -> Request<M> {
        let mut request = Request::new(message);
        let deadline = Instant::now() + Duration::from_secs(10);
        request.extensions_mut().insert(Call::new("test", deadline, &self.clock));
        request
    }

    pub async fn create_patient(&self, request: v1::CreatePatientRequest) -> Result<v1::Patient, Status> {
        let answer = self.service.create_patient(self.request(request)).await?;
        Ok(answer.into_inner())
    }

    pub async fn patient(&self) -> v1::Patient {
        self.create_patient(patient_request()).await.unwrap()
    }

    pub async fn update(&self, patient: v1::Patient, paths: &[&str]) -> Result<v1::Patient, Status> {
        let mut request = v1::UpdatePatientRequest { patient: Some(patient), ..v1::UpdatePatientRequest::default() };
        let mask = request.update_mask.get_or_insert_default();
        mask.paths = paths.iter().map(|path| (*path).to_owned()).collect();
        Ok(self.service.update_patient(self.request(request)).await?.into_inner())
    }

    pub async fn injury(&self, onset_date: Date) -> v1::Injury {
        let request = v1::CreateInjuryRequest {
            parent: self.patient().await.name,
            injury: Some(injury(onset_date)),
            ..v1::CreateInjuryRequest::default()
        };
        self.service.create_injury(self.request(request)).await.unwrap().into_inner()
    }

    pub async fn get_injury(&self, name: &str) -> v1::Injury {
        let request = v1::GetInjuryRequest { known_at: None, name: name.to_owned() };
        self.service.get_injury(self.request(request)).await.unwrap().into_inner()
    }

    pub async fn record_return(&self, name: &str, day: Date, etag: &str) -> Result<v1::Injury, Status> {
        let request = v1::RecordReturnRequest {
            name: name.to_owned(),
            return_date: Some(day),
            etag: etag.to_owned(),
            ..v1::RecordReturnRequest::default()
        };
        Ok(self.service.record_return(self.request(request)).await?.into_inner())
    }

    pub async fn record_recurrence(&self, name: &str, injury: v1::Injury) -> Result<v1::Injury, Status> {
        let request = v1::RecordRecurrenceRequest {
            name: name.to_owned(),
            injury: Some(injury),
            ..v1::RecordRecurrenceRequest::default()
        };
        Ok(self.service.record_recurrence(self.request(request)).await?.into_inner())
    }
}

pub fn date(year: i32, month: i32, day: i32) -> Date {
    Date { year, month, day }
}

pub fn patient_request() -> v1::CreatePatientRequest {
    v1::CreatePatientRequest {
        parent: CLINIC.to_owned(),
        patient: Some(v1::Patient {
            given_name: "Ann".to_owned(),
            family_name: "Miller".to_owned(),
            birth_date: Some(date(1990, 5, 5)),
            ..v1::Patient::default()
        }),
        ..v1::CreatePatientRequest::default()
    }
}

pub fn injury(onset_date: Date) -> v1::Injury {
    v1::Injury {
        side: v1::Side::Left.into(),
        site: v1::Site::TieIn.into(),
        onset_date: Some(onset_date),
        mechanism: v1::Mechanism::Sprint.into(),
        presentation: v1::Presentation::Acute.into(),
        ..v1::Injury::default()
    }
}

pub fn fields_of(status: &Status) -> Vec<String> {
    let violations = status.get_details_bad_request().map(|bad| bad.field_violations).unwrap_or_default();
    violations.into_iter().map(|violation| violation.field).collect()
}

pub fn reason_of(status: &Status) -> String {
    status.get_details_error_info().map(|info| info.reason).unwrap_or_default()
}
