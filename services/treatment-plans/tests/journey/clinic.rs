//! A clinic on SQLite with one patient and one injury, and a clock that stands still.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::date;
use taper_api::v1;
use taper_core::ids::{AssessmentId, ClinicId, InjuryId, PatientId, TherapistId};
use taper_core::measure::{MeasureCode, Value};
use taper_core::record::assessment::{Assessment, Observed};
use taper_core::record::clinic::{Clinic as Content, Therapist, TimeZoneName};
use taper_core::record::codes::{Discipline, Mechanism, Presentation, Side, Site};
use taper_core::record::injury::Injury;
use taper_core::record::patient::Patient;
use taper_core::text::{Line, Note};
use taper_kit::{Call, Clock};
use taper_store::{InjuryKey, MasterKey, Options, Store, assessments, clinics, injuries, patients, therapists};
use taper_treatment_plans::Service;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

/// The clinic's day in these tests; the injury is ten days old.
pub const TODAY: &str = "2026-03-11";
const NOW: &str = "2026-03-11T15:00:00Z";

/// One clinic with what its tests need.
pub struct Clinic {
    pub service: Service,
    pub store: Store,
    pub key: InjuryKey,
    pub clock: Clock,
    pub injury: String,
    pub therapist: String,
    _folder: tempfile::TempDir,
}

impl Clinic {
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("taper.db").display());
        let store = Store::open(&url, Options { master_key: MasterKey::parse(&"0f".repeat(32)), ..Options::default() })
            .await
            .unwrap();
        store.migrate().up().await.unwrap();
        let clock = Clock::fixed(NOW.parse().unwrap());
        let (key, injury, therapist) = fill(&store, &clock).await;
        Self { service: Service::new(store.clone()), store, key, clock, injury, therapist, _folder: folder }
    }

    /// A request as it comes through the edge.
    pub fn ask<M>(&self, message: M) -> Request<M> {
        let mut request = Request::new(message);
        let deadline = Instant::now() + Duration::from_secs(10);
        request.extensions_mut().insert(Call::new("test", deadline, &self.clock));
        request
    }

    /// Records that these findings were seen today.
    pub async fn find(&self, findings: &[&str]) {
        self.assess(findings, &Value::Finding(true)).await;
    }

    /// Records that these were asked for today and could not be measured.
    pub async fn could_not_measure(&self, measures: &[&str]) {
        self.assess(measures, &Value::NotMeasured).await;
    }

    async fn assess(&self, measures: &[&str], value: &Value) {
        let result = |code: &&str| Observed {
            measure: MeasureCode::parse(code).unwrap(),
            value: value.clone(),
            site: None,
            tester: None,
            device: None,
        };
        let assessment = Assessment {
            date: TODAY.parse().unwrap(),
            therapist: None,
            results: measures.iter().map(result).collect(),
            run_stages: Vec::new(),
            note: Note::default(),
        };
        let deadline = Instant::now() + Duration::from_secs(10);
        let tx = self.store.begin_write(&"default".parse().unwrap(), deadline).await.unwrap();
        let id = AssessmentId(self.clock.new_id());
        assessments::create(&tx, self.key, id, &assessment, self.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A new draft plan under the protocol's defaults.
    pub async fn draft(&self) -> v1::TreatmentPlan {
        use v1::treatment_plan_service_server::TreatmentPlanService;
        let request = v1::CreateTreatmentPlanRequest {
            parent: self.injury.clone(),
            treatment_plan: Some(v1::TreatmentPlan::default()),
            request_id: String::new(),
        };
        self.service.create_treatment_plan(self.ask(request)).await.unwrap().into_inner()
    }

    /// A plan that is active in phase 1 on its first rung.
    pub async fn active(&self) -> v1::TreatmentPlan {
        use v1::treatment_plan_service_server::TreatmentPlanService;
        let name = self.draft().await.name;
        self.service.activate_treatment_plan(self.ask(self.activation(&name, 1))).await.unwrap().into_inner()
    }

    /// A plan as it is now.
    pub async fn plan(&self, name: &str) -> v1::TreatmentPlan {
        use v1::treatment_plan_service_server::TreatmentPlanService;
        let request = v1::GetTreatmentPlanRequest { known_at: None, name: name.to_owned() };
        self.service.get_treatment_plan(self.ask(request)).await.unwrap().into_inner()
    }

    /// The request that activates a plan in this phase.
    pub fn activation(&self, plan: &str, phase: i32) -> v1::ActivateTreatmentPlanRequest {
        v1::ActivateTreatmentPlanRequest {
            name: plan.to_owned(),
            phase,
            therapist: self.therapist.clone(),
            ..Default::default()
        }
    }
}

async fn fill(store: &Store, clock: &Clock) -> (InjuryKey, String, String) {
    let clinic: ClinicId = "default".parse().unwrap();
    let deadline = Instant::now() + Duration::from_secs(10);
    let tx = store.begin_write(&clinic, deadline).await.unwrap();
    let now = clock.now();
    let content = Content {
        id: clinic,
        display_name: Line::parse("Clinic").unwrap(),
        time_zone: TimeZoneName::parse("America/New_York").unwrap(),
    };
    clinics::create(&tx, &content, now).await.unwrap();
    let therapist = TherapistId(clock.new_id());
    let content = Therapist {
        id: therapist,
        display_name: Line::parse("Therapist").unwrap(),
        discipline: Discipline::Physiotherapist,
    };
    therapists::create(&tx, &content, now).await.unwrap();
    let key = InjuryKey { patient: PatientId(clock.new_id()), injury: InjuryId(clock.new_id()) };
    patients::create(&tx, key.patient, &patient(), now).await.unwrap();
    injuries::create(&tx, key, &injury(), now).await.unwrap();
    tx.commit().await.unwrap();
    let injury = format!("clinics/default/patients/{}/injuries/{}", key.patient, key.injury);
    (key, injury, format!("clinics/default/therapists/{therapist}"))
}

fn patient() -> Patient {
    Patient {
        given_name: None,
        family_name: Line::parse("Example").unwrap(),
        birth_date: None,
        external_ids: Vec::new(),
        cautions: Vec::new(),
        cautions_reviewed_date: None,
        deleted_at: None,
    }
}

fn injury() -> Injury {
    Injury {
        side: Side::Left,
        site: Site::Belly,
        onset_date: date(2026, 3, 1),
        mechanism: Mechanism::Sprint,
        presentation: Presentation::Acute,
        recurs_from: None,
        earlier_treatments: Vec::new(),
        return_date: None,
        note: Note::default(),
    }
}

/// Code and reason of a refusal.
pub fn reason(status: &Status) -> (Code, String) {
    (status.code(), status.get_details_error_info().unwrap().reason)
}

/// The fields that a refusal names.
pub fn fields(status: &Status) -> Vec<String> {
    let bad = status.get_details_bad_request().unwrap();
    bad.field_violations.into_iter().map(|violation| violation.field).collect()
}

/// An instant on the wire.
pub fn at(text: &str) -> Option<prost_types::Timestamp> {
    let instant: Timestamp = text.parse().unwrap();
    Some(prost_types::Timestamp { seconds: instant.as_second(), nanos: instant.subsec_nanosecond() })
}

/// A civil date on the wire.
pub fn day(text: &str) -> Option<taper_api::google::r#type::Date> {
    let date: jiff::civil::Date = text.parse().unwrap();
    let (year, month, day) = (date.year().into(), date.month().into(), date.day().into());
    Some(taper_api::google::r#type::Date { year, month, day })
}
