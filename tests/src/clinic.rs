//! A test is a clinic: its slug is its own, so that tests in one world never meet.

use taper_api::v1;
use uuid::Uuid;

use crate::build::{days_ago, request_id};
use crate::planted::planted;
use crate::world::World;

/// A clinic with one physiotherapist.
pub struct Clinic {
    /// `clinics/{clinic}`.
    pub name: String,
    /// The therapist's name.
    pub therapist: String,
}

/// A case of a clinic: a patient with an injury and an active plan.
#[derive(Clone)]
pub struct Case {
    /// The patient's name.
    pub patient: String,
    /// The injury's name.
    pub injury: String,
    /// The plan's name.
    pub plan: String,
    /// The therapist's name.
    pub therapist: String,
}

impl Clinic {
    /// Opens a clinic in UTC.
    pub async fn open(world: &World) -> Self {
        let clinic_id = format!("c{}", Uuid::now_v7().simple());
        let clinic = v1::Clinic { display_name: planted("clinic"), time_zone: "Etc/UTC".into(), ..Default::default() };
        let request = v1::CreateClinicRequest { clinic_id, clinic: Some(clinic), request_id: request_id() };
        let name = world.patients().create_clinic(request).await.expect("CreateClinic").into_inner().name;
        let therapist = v1::Therapist {
            display_name: planted("therapist"),
            discipline: v1::Discipline::Physiotherapist.into(),
            ..Default::default()
        };
        let request =
            v1::CreateTherapistRequest { parent: name.clone(), therapist: Some(therapist), request_id: request_id() };
        let therapist = world.patients().create_therapist(request).await.expect("CreateTherapist").into_inner().name;
        Self { name, therapist }
    }

    /// A patient.
    pub async fn patient(&self, world: &World) -> v1::Patient {
        let patient = v1::Patient { family_name: planted("patient"), ..Default::default() };
        let request =
            v1::CreatePatientRequest { parent: self.name.clone(), patient: Some(patient), request_id: request_id() };
        world.patients().create_patient(request).await.expect("CreatePatient").into_inner()
    }

    /// A right acute injury, 30 days old, not yet recorded.
    pub fn new_injury() -> v1::Injury {
        v1::Injury {
            side: v1::Side::Left.into(),
            site: v1::Site::Belly.into(),
            onset_date: Some(days_ago(30)),
            mechanism: v1::Mechanism::Sprint.into(),
            presentation: v1::Presentation::Acute.into(),
            ..Default::default()
        }
    }

    /// A patient with an injury of 30 days and a plan, active in phase 1 for 28 days.
    pub async fn case(&self, world: &World) -> Case {
        let patient = self.patient(world).await.name;
        let injury = Some(Self::new_injury());
        let request = v1::CreateInjuryRequest { parent: patient.clone(), injury, request_id: request_id() };
        let injury = world.patients().create_injury(request).await.expect("CreateInjury").into_inner().name;
        let plan = v1::TreatmentPlan { start_date: Some(days_ago(28)), ..Default::default() };
        let request = v1::CreateTreatmentPlanRequest {
            parent: injury.clone(),
            treatment_plan: Some(plan),
            request_id: request_id(),
        };
        let plan = world.plans().create_treatment_plan(request).await.expect("CreateTreatmentPlan").into_inner().name;
        let request = v1::ActivateTreatmentPlanRequest {
            name: plan.clone(),
            phase: 1,
            therapist: self.therapist.clone(),
            date: Some(days_ago(28)),
            request_id: request_id(),
            ..Default::default()
        };
        world.plans().activate_treatment_plan(request).await.expect("ActivateTreatmentPlan");
        Case { patient, injury, plan, therapist: self.therapist.clone() }
    }
}

impl Case {
    /// How many sessions the plan has, over all pages.
    pub async fn session_names(&self, world: &World) -> Vec<String> {
        let mut names = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = v1::ListSessionsRequest {
                as_of: None,
                known_at: None,
                parent: self.plan.clone(),
                page_size: 1000,
                page_token,
            };
            let page = world.sessions().list_sessions(request).await.expect("ListSessions").into_inner();
            names.extend(page.sessions.into_iter().map(|session| session.name));
            if page.next_page_token.is_empty() {
                return names;
            }
            page_token = page.next_page_token;
        }
    }
}
