//! An injury on a database of its own, and the requests about it.

use std::time::{Duration, Instant};

use taper_api::google::r#type::Date;
use taper_api::v1;
use taper_api::v1::assessment_service_server::AssessmentService;
use taper_api::v1::observation::Value;
use taper_assessments::Service;
use taper_core::ids::{InjuryId, PatientId, TherapistId};
use taper_core::record::clinic::{Clinic, Therapist, TimeZoneName};
use taper_core::record::codes::{Discipline, Mechanism, Presentation, Side, Site};
use taper_core::record::injury::Injury;
use taper_core::record::patient::Patient;
use taper_core::text::{Line, Note};
use taper_kit::{Call, Clock};
use taper_store::{InjuryKey, MasterKey, Options, Store, clinics, injuries, patients, therapists};
use tempfile::TempDir;
use tonic::{Request, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

/// A clinic with a therapist, and an injury of 2026-02-10, on 2026-03-01.
pub struct Case {
    pub service: Service,
    pub clock: Clock,
    pub injury: String,
    pub therapist: String,
    _folder: TempDir,
}

impl Case {
    pub async fn open() -> Self {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite://{}", folder.path().join("taper.db").display());
        let store = Store::open(&url, Options { master_key: MasterKey::parse(&"0f".repeat(32)), ..Options::default() })
            .await
            .unwrap();
        store.migrate().up().await.unwrap();
        let (patient, injury, therapist) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
        record(&store, patient, injury, therapist).await;
        Self {
            service: Service::new(store),
            clock: Clock::fixed("2026-03-01T12:00:00Z".parse().unwrap()),
            injury: format!("clinics/north/patients/{patient}/injuries/{injury}"),
            therapist: format!("clinics/north/therapists/{therapist}"),
            _folder: folder,
        }
    }

    /// A request as the edge hands it on.
    pub fn request<M>(&self, message: M) -> Request<M> {
        let mut request = Request::new(message);
        let deadline = Instant::now() + Duration::from_secs(10);
        request.extensions_mut().insert(Call::new("test", deadline, &self.clock));
        request
    }

    pub async fn create(&self, assessment: v1::Assessment) -> Result<v1::Assessment, Status> {
        self.create_as(assessment, "").await
    }

    pub async fn create_as(&self, assessment: v1::Assessment, request_id: &str) -> Result<v1::Assessment, Status> {
        let request = v1::CreateAssessmentRequest {
            parent: self.injury.clone(),
            assessment: Some(assessment),
            request_id: request_id.to_owned(),
        };
        Ok(self.service.create_assessment(self.request(request)).await?.into_inner())
    }

    pub async fn amend(&self, request: v1::AmendAssessmentRequest) -> Result<v1::Assessment, Status> {
        Ok(self.service.amend_assessment(self.request(request)).await?.into_inner())
    }

    pub async fn get(&self, name: &str) -> Result<v1::Assessment, Status> {
        let request = v1::GetAssessmentRequest { known_at: None, name: name.to_owned() };
        Ok(self.service.get_assessment(self.request(request)).await?.into_inner())
    }

    pub async fn create_activity(&self, activity: v1::Activity) -> Result<v1::Activity, Status> {
        let request = v1::CreateActivityRequest {
            parent: self.injury.clone(),
            activity: Some(activity),
            ..v1::CreateActivityRequest::default()
        };
        Ok(self.service.create_activity(self.request(request)).await?.into_inner())
    }
}

async fn record(store: &Store, patient: Uuid, injury: Uuid, therapist: Uuid) {
    let now = "2026-02-10T12:00:00Z".parse().unwrap();
    let clinic = Clinic {
        id: "north".parse().unwrap(),
        display_name: Line::parse("North Clinic").unwrap(),
        time_zone: TimeZoneName::parse("Etc/UTC").unwrap(),
    };
    let deadline = Instant::now() + Duration::from_secs(10);
    let tx = store.begin_write(&clinic.id, deadline).await.unwrap();
    clinics::create(&tx, &clinic, now).await.unwrap();
    let content = Therapist {
        id: TherapistId(therapist),
        display_name: Line::parse("Bo Reed").unwrap(),
        discipline: Discipline::Physiotherapist,
    };
    therapists::create(&tx, &content, now).await.unwrap();
    let content = Patient {
        given_name: None,
        family_name: Line::parse("Miller").unwrap(),
        birth_date: None,
        external_ids: Vec::new(),
        cautions: Vec::new(),
        cautions_reviewed_date: None,
        deleted_at: None,
    };
    patients::create(&tx, PatientId(patient), &content, now).await.unwrap();
    let content = Injury {
        side: Side::Left,
        site: Site::Belly,
        onset_date: "2026-02-10".parse().unwrap(),
        mechanism: Mechanism::Sprint,
        presentation: Presentation::Acute,
        recurs_from: None,
        earlier_treatments: Vec::new(),
        return_date: None,
        note: Note::default(),
    };
    let key = InjuryKey { patient: PatientId(patient), injury: InjuryId(injury) };
    injuries::create(&tx, key, &content, now).await.unwrap();
    tx.commit().await.unwrap();
}

pub fn date(month: i32, day: i32) -> Option<Date> {
    Some(Date { year: 2026, month, day })
}

pub fn observation(measure: &str, value: Value) -> v1::Observation {
    v1::Observation { measure: measure.to_owned(), value: Some(value), ..v1::Observation::default() }
}

pub fn assessment() -> v1::Assessment {
    v1::Assessment {
        date: date(2, 20),
        observations: vec![
            observation("knee_extension_deficit_deg", Value::Number(12.5)),
            observation("swelling", Value::Code("mild".to_owned())),
            observation("palpation_pain", Value::NotMeasured(true)),
        ],
        run_stages: vec![v1::RunStage { speed_kmh: 8.5, pain_nprs: Some(0) }],
        note: "seen in the morning\nagain at noon".to_owned(),
        ..v1::Assessment::default()
    }
}

pub fn activity() -> v1::Activity {
    v1::Activity {
        date: date(2, 20),
        kind: v1::ActivityKind::Elliptical.into(),
        minutes: Some(20),
        pain_during_nprs: Some(0),
        reported_by: v1::Reporter::Patient.into(),
        ..v1::Activity::default()
    }
}

pub fn fields_of(status: &Status) -> Vec<String> {
    let violations = status.get_details_bad_request().map(|bad| bad.field_violations).unwrap_or_default();
    violations.into_iter().map(|violation| violation.field).collect()
}

pub fn reason_of(status: &Status) -> String {
    status.get_details_error_info().map(|info| info.reason).unwrap_or_default()
}
