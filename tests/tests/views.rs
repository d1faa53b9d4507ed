//! Whoever sees no findings neither gets nor sets any; whoever logs in as a therapist decides as no other.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use prost::Message;
use taper_api::v1::{self, decision::Decided};
use taper_core::access::{ApiKey, Cell, Role};
use taper_tests::{Case, Clinic, Database, Guarded, Refused, days_ago, number, request_id, session};
use tonic::{Code, Status};

/// A clinic with a case, and the keys of its front desk and of a physiotherapist.
struct Desk {
    guarded: Guarded,
    clinic: Clinic,
    case: Case,
    desk: String,
    therapist: String,
}

impl Desk {
    async fn open(database: Database) -> Self {
        let guarded = Guarded::start(database).await;
        let clinic = Clinic::open(&guarded.world).await;
        let case = clinic.case(&guarded.world).await;
        let desk = guarded.key(&clinic.name, Role::FrontDesk).await;
        let therapist = guarded.key(&clinic.name, Role::Physiotherapist).await;
        Self { guarded, clinic, case, desk, therapist }
    }

    async fn ask<A: Message + Default>(&self, path: &str, message: impl Message, key: &str) -> Result<A, Status> {
        let path = format!("/taper.v1.{path}");
        let answer = self.guarded.call_with(&path, message.encode_to_vec(), key).await?;
        Ok(A::decode(answer[0].as_slice()).unwrap())
    }

    /// What the therapist gets, and what the front desk gets.
    async fn both<A: Message + Default>(&self, path: &str, message: impl Message + Clone) -> (A, A) {
        let whole = self.ask(path, message.clone(), &self.therapist).await.unwrap();
        (whole, self.ask(path, message, &self.desk).await.unwrap())
    }
}

fn refused(answer: Result<impl std::fmt::Debug, Status>) -> Vec<String> {
    let status = answer.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
    Refused::of(&status).fields
}

#[test]
fn every_method_that_says_that_somebody_sees_no_findings_is_asked_here() {
    let table = taper::gate::table().unwrap();
    let limited = |role| table.rules().filter(move |rule| rule.cell(role) == Cell::Limited);
    let names = |role| limited(role).map(|rule| rule.path.rsplit('/').next().unwrap()).collect::<Vec<_>>();
    let desk = [
        ["CreatePatient", "DeletePatient", "GetPatient", "ListPatients", "UndeletePatient", "UpdatePatient"].as_slice(),
        ["CancelSession", "CreateSession", "GetSession", "GetVisitSummary", "ListSessions"].as_slice(),
        ["ForecastTaper", "GetTreatmentPlan", "ListTreatmentPlans"].as_slice(),
    ];
    assert_eq!(names(Role::FrontDesk), desk.concat());
    assert_eq!(names(Role::ClinicAdmin), ["CreateSession"]);
    for role in Role::ALL.into_iter().filter(|role| ![Role::FrontDesk, Role::ClinicAdmin].contains(role)) {
        assert_eq!(names(role), Vec::<&str>::new(), "{role}");
    }
}

#[tokio::test]
async fn sessions_are_appointments_for_whoever_sees_no_findings() {
    for database in Database::ALL {
        let at = Desk::open(database).await;
        let parent = at.case.plan.clone();
        let found = v1::Session { pain_before_nprs: Some(7), note: "Sentinel".to_owned(), ..session(3) };
        let create = |session: v1::Session| v1::CreateSessionRequest {
            parent: parent.clone(),
            session: Some(session),
            request_id: request_id(),
        };
        let whole: v1::Session = at.ask("SessionService/CreateSession", create(found), &at.therapist).await.unwrap();
        assert_eq!((whole.note.as_str(), whole.pain_before_nprs), ("Sentinel", Some(7)));
        let appointment = v1::Session {
            note: String::new(),
            pain_before_nprs: None,
            pain_after_nprs: None,
            focus: Vec::new(),
            treatments: Vec::new(),
            ..whole.clone()
        };
        let get = v1::GetSessionRequest { name: whole.name.clone(), known_at: None };
        let (_, got) = at.both::<v1::Session>("SessionService/GetSession", get).await;
        assert_eq!(got, appointment);
        let list = v1::ListSessionsRequest { parent: parent.clone(), ..Default::default() };
        let (_, list) = at.both::<v1::ListSessionsResponse>("SessionService/ListSessions", list).await;
        assert_eq!(list.sessions, [appointment]);

        let planned = v1::Session {
            state: v1::SessionState::Planned.into(),
            kind: whole.kind,
            start_time: session(0).start_time,
            minutes: 30,
            ..Default::default()
        };
        let with_note = v1::Session { note: "Sentinel".to_owned(), ..planned.clone() };
        let noted: v1::Session =
            at.ask("SessionService/CreateSession", create(with_note), &at.therapist).await.unwrap();
        let name = noted.name;
        let cancel = v1::CancelSessionRequest { name, reason: "called off".to_owned(), ..Default::default() };
        let cancelled: v1::Session = at.ask("SessionService/CancelSession", cancel, &at.desk).await.unwrap();
        assert_eq!((cancelled.state(), cancelled.note.as_str()), (v1::SessionState::Cancelled, ""));

        assert_eq!(at.case.session_names(&at.guarded.world).await.len(), 2);
        at.guarded.stop().await;
    }
}

#[tokio::test]
async fn whoever_sees_no_findings_records_no_visit_and_nothing_that_was_found() {
    for database in Database::ALL {
        let at = Desk::open(database).await;
        let create = |session: v1::Session| v1::CreateSessionRequest {
            parent: at.case.plan.clone(),
            session: Some(session),
            request_id: request_id(),
        };
        let planned = v1::Session {
            state: v1::SessionState::Planned.into(),
            kind: session(0).kind,
            start_time: session(0).start_time,
            minutes: 30,
            ..Default::default()
        };
        let full = v1::Session {
            focus: vec![v1::Focus { area: v1::Area::Belly.into(), minutes: 10 }],
            pain_before_nprs: Some(7),
            pain_after_nprs: Some(3),
            pain_next_morning_nprs: Some(1),
            adverse_events: vec![v1::AdverseEvent::default()],
            treatments: vec![v1::Treatment::default()],
            note: "Sentinel".to_owned(),
            ..session(1)
        };
        let admin = at.guarded.key(&at.clinic.name, Role::ClinicAdmin).await;
        for key in [&at.desk, &admin] {
            let fields =
                refused(at.ask::<v1::Session>("SessionService/CreateSession", create(full.clone()), key).await);
            for field in ["state", "focus", "treatments", "pain_before_nprs", "pain_after_nprs", "note"]
                .into_iter()
                .chain(["pain_next_morning_nprs", "adverse_events"])
            {
                assert!(fields.contains(&format!("session.{field}")), "{field} of {fields:?}");
            }
            let made: v1::Session = at.ask("SessionService/CreateSession", create(planned.clone()), key).await.unwrap();
            assert_eq!(made.state(), v1::SessionState::Planned);
        }
        assert_eq!(at.case.session_names(&at.guarded.world).await.len(), 2, "nothing else was stored");
        at.guarded.stop().await;
    }
}

#[tokio::test]
async fn the_front_desk_sees_no_cautions_and_sets_none() {
    for database in Database::ALL {
        let at = Desk::open(database).await;
        let known = v1::Patient {
            name: at.case.patient.clone(),
            cautions: vec![v1::Caution::Malignancy.into()],
            cautions_reviewed_date: Some(days_ago(1)),
            ..Default::default()
        };
        let update = |patient: &v1::Patient, paths: &[&str]| v1::UpdatePatientRequest {
            patient: Some(patient.clone()),
            update_mask: Some(prost_types::FieldMask { paths: paths.iter().map(|&path| path.to_owned()).collect() }),
            request_id: request_id(),
        };
        let (cautions, method) = (["cautions", "cautions_reviewed_date"], "PatientService/UpdatePatient");
        let fields = refused(at.ask::<v1::Patient>(method, update(&known, &cautions), &at.desk).await);
        assert_eq!(fields, ["update_mask", "update_mask", "patient.cautions", "patient.cautions_reviewed_date"]);
        let whole: v1::Patient = at.ask(method, update(&known, &cautions), &at.therapist).await.unwrap();
        assert_eq!(whole.cautions.len(), 1);

        // What it does not see, it does not take away either.
        let renamed = v1::Patient { name: known.name.clone(), family_name: "Other".to_owned(), ..Default::default() };
        let seen: v1::Patient = at.ask(method, update(&renamed, &[]), &at.desk).await.unwrap();
        let get = v1::GetPatientRequest { name: known.name.clone(), known_at: None };
        let (whole, got) = at.both::<v1::Patient>("PatientService/GetPatient", get).await;
        assert_eq!((whole.cautions.len(), whole.family_name.as_str()), (1, "Other"));
        let without = v1::Patient { cautions: Vec::new(), cautions_reviewed_date: None, ..whole.clone() };
        assert_eq!([seen, got], [without.clone(), without.clone()]);
        let list = v1::ListPatientsRequest { parent: at.clinic.name.clone(), ..Default::default() };
        let (_, list) = at.both::<v1::ListPatientsResponse>("PatientService/ListPatients", list).await;
        assert_eq!(list.patients, [without]);

        let new = v1::Patient { family_name: "New".to_owned(), ..known.clone() };
        let create = |patient| v1::CreatePatientRequest {
            parent: at.clinic.name.clone(),
            patient: Some(patient),
            request_id: request_id(),
        };
        let fields =
            refused(at.ask::<v1::Patient>("PatientService/CreatePatient", create(new.clone()), &at.desk).await);
        assert_eq!(fields, ["patient.cautions", "patient.cautions_reviewed_date"]);
        let plain = v1::Patient { family_name: "New".to_owned(), ..Default::default() };
        at.ask::<v1::Patient>("PatientService/CreatePatient", create(plain), &at.desk).await.unwrap();
        let name = known.name.clone();
        let delete = v1::DeletePatientRequest { name: name.clone(), ..Default::default() };
        let deleted: v1::Patient = at.ask("PatientService/DeletePatient", delete, &at.desk).await.unwrap();
        let undelete = v1::UndeletePatientRequest { name, ..Default::default() };
        let back: v1::Patient = at.ask("PatientService/UndeletePatient", undelete, &at.desk).await.unwrap();
        assert!(deleted.cautions.is_empty() && back.cautions.is_empty());
        at.guarded.stop().await;
    }
}

#[tokio::test]
async fn the_front_desk_sees_how_often_and_until_when_but_not_on_what() {
    for database in Database::ALL {
        let at = Desk::open(database).await;
        let world = &at.guarded.world;
        for week in 1..=3_u8 {
            at.case.assess(world, 7 * i64::from(week), vec![number("pain_worst_24h", f64::from(week))]).await;
            at.case.visit(world, session(7 * i64::from(week))).await;
        }
        let name = at.case.plan.clone();
        let get = v1::GetTreatmentPlanRequest { name: name.clone(), known_at: None };
        let (whole, seen) = at.both::<v1::TreatmentPlan>("TreatmentPlanService/GetTreatmentPlan", get).await;
        assert_eq!(whole.phase, 1);
        let without = v1::TreatmentPlan { protocol: String::new(), policy: None, focus: Vec::new(), phase: 0, ..whole };
        assert_eq!(seen, without);
        let list = v1::ListTreatmentPlansRequest { parent: at.case.injury.clone(), ..Default::default() };
        let method = "TreatmentPlanService/ListTreatmentPlans";
        let (_, list) = at.both::<v1::ListTreatmentPlansResponse>(method, list).await;
        assert_eq!(list.treatment_plans, [without]);

        let summary = v1::GetVisitSummaryRequest { name: name.clone(), ..Default::default() };
        let (whole, seen) = at.both::<v1::VisitSummary>("SessionService/GetVisitSummary", summary).await;
        assert_eq!(whole.attended_count, 3);
        assert_eq!(seen, v1::VisitSummary { focus: Vec::new(), reviews: Vec::new(), ..whole });

        let forecast = v1::ForecastTaperRequest { name, ..Default::default() };
        let (whole, seen) = at.both::<v1::ForecastTaperResponse>("TreatmentPlanService/ForecastTaper", forecast).await;
        assert!(!whole.grounds.is_empty() && !whole.rungs.is_empty(), "{whole:?}");
        let rungs = whole.rungs.clone().into_iter().map(|rung| v1::RungForecast {
            grounds: Vec::new(),
            rules_not_forecast: Vec::new(),
            ..rung
        });
        let rungs = rungs.collect();
        let without = v1::ForecastTaperResponse {
            rungs,
            grounds: Vec::new(),
            notes: Vec::new(),
            note_texts: Vec::new(),
            ..whole
        };
        assert_eq!(seen, without);
        at.guarded.stop().await;
    }
}

#[tokio::test]
async fn a_therapist_who_logs_in_decides_under_no_other_name() {
    for database in Database::ALL {
        let at = Desk::open(database).await;
        let therapist = v1::Therapist {
            display_name: "Other".to_owned(),
            discipline: v1::Discipline::Physiotherapist.into(),
            ..Default::default()
        };
        let parent = at.clinic.name.clone();
        let request = v1::CreateTherapistRequest { parent, therapist: Some(therapist), request_id: request_id() };
        let other = at.guarded.world.patients().create_therapist(request).await.unwrap().into_inner().name;
        let id = other.rsplit('/').next().unwrap().parse().unwrap();
        let own = |key: ApiKey| ApiKey { role: Role::Physiotherapist, therapist: Some(id), ..key };
        let key = at.guarded.key_with(&at.clinic.name, own).await;

        let decide = async |therapist: &str, key: &str| {
            let get = v1::GetTreatmentPlanRequest { name: at.case.plan.clone(), known_at: None };
            let plan: v1::TreatmentPlan = at.ask("TreatmentPlanService/GetTreatmentPlan", get, key).await.unwrap();
            let decision = v1::Decision {
                therapist: therapist.to_owned(),
                decided: Some(Decided::Phase(2)),
                override_reason: v1::OverrideReason::ClinicalJudgement.into(),
                ..Default::default()
            };
            let request = v1::CreateDecisionRequest {
                parent: at.case.plan.clone(),
                decision: Some(decision),
                etag: plan.etag,
                request_id: request_id(),
            };
            at.ask::<v1::Decision>("TreatmentPlanService/CreateDecision", request, key).await
        };
        assert_eq!(refused(decide(&at.case.therapist, &key).await), ["decision.therapist"]);
        assert_eq!(decide(&other, &key).await.unwrap().therapist, other);
        let activate = v1::ActivateTreatmentPlanRequest {
            name: at.case.plan.clone(),
            phase: 1,
            therapist: at.case.therapist.clone(),
            ..Default::default()
        };
        let method = "TreatmentPlanService/ActivateTreatmentPlan";
        assert_eq!(refused(at.ask::<v1::TreatmentPlan>(method, activate, &key).await), ["therapist"]);
        // A key of no therapist says for whom it is used.
        decide(&at.case.therapist, &at.therapist).await.unwrap();
        at.guarded.stop().await;
    }
}
