//! The scenarios on Taper's own API, with honest counts: a call counts when its answer is right.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use jiff::{SignedDuration, Timestamp};
use prost::Message as _;
use sqlx::{Connection as _, Executor as _, PgConnection, Row as _};
use taper_api::google::r#type::Date;
use taper_api::v1::assessment_service_client::AssessmentServiceClient;
use taper_api::v1::patient_service_client::PatientServiceClient;
use taper_api::v1::session_service_client::SessionServiceClient;
use taper_api::v1::treatment_plan_service_client::TreatmentPlanServiceClient;
use taper_api::v1::{self, observation};
use tonic::transport::Channel;
use uuid::Uuid;

use crate::database::Database;
use crate::measured::{Counted, Load, Measured, summary};
use crate::server::Server;

/// What was seeded, and the sizes that it gave.
#[derive(Clone)]
pub struct Seeded {
    /// Names of the active plans, one a case.
    pub plans: Vec<String>,
    /// Encoded size of a GetRecommendation request.
    pub request_bytes: usize,
    /// Encoded size of its answer.
    pub response_bytes: usize,
    /// Encoded size of CreateSession's answer.
    pub session_response_bytes: usize,
    /// The stored body of one session.
    pub session_body: String,
}

const ASSESSMENTS_PER_CASE: i64 = 6;
const SESSIONS_PER_CASE: i64 = 12;
const ANSWER_BYTES_MAX: usize = 16 << 20;

/// Seeds cases with assessments and attended sessions, through the API, in turn to each of so many clinics.
pub async fn seed(address: &str, cases: usize, clinics: usize) -> Result<Seeded> {
    let channel = Channel::from_shared(address.to_owned())?.connect().await?;
    let mut therapists = Vec::new();
    for number in 0..clinics {
        therapists.push(seed_clinic(&channel, number).await.with_context(|| format!("clinic {number}"))?);
    }
    let mut plans = Vec::new();
    for (number, therapist) in (0..cases).zip(therapists.iter().cycle()) {
        plans.push(seed_case(&channel, therapist, number).await.with_context(|| format!("case {number}"))?);
    }
    let mut plan_service = TreatmentPlanServiceClient::new(channel.clone()).max_decoding_message_size(ANSWER_BYTES_MAX);
    let first = plans.first().context("at least one case")?.clone();
    let request = recommendation_request(&first);
    let answer = plan_service.get_recommendation(request.clone()).await?.into_inner();
    let session = SessionServiceClient::new(channel).create_session(session_request(&first, 1)).await?.into_inner();
    Ok(Seeded {
        plans,
        request_bytes: request.encoded_len(),
        response_bytes: answer.encoded_len(),
        session_response_bytes: session.encoded_len(),
        session_body: String::new(),
    })
}

/// A clinic; the name of its one therapist.
async fn seed_clinic(channel: &Channel, number: usize) -> Result<String> {
    let mut patients = PatientServiceClient::new(channel.clone());
    let clinic = v1::Clinic { display_name: "Bench".into(), time_zone: "Etc/UTC".into(), ..Default::default() };
    let clinic_id = format!("bench-{number}");
    let request = v1::CreateClinicRequest { clinic_id, clinic: Some(clinic), ..Default::default() };
    let parent = patients.create_clinic(request).await?.into_inner().name;
    let therapist = v1::Therapist { display_name: "Bench".into(), discipline: 1, ..Default::default() };
    let request = v1::CreateTherapistRequest { parent, therapist: Some(therapist), ..Default::default() };
    Ok(patients.create_therapist(request).await?.into_inner().name)
}

async fn seed_case(channel: &Channel, therapist: &str, number: usize) -> Result<String> {
    let mut patients = PatientServiceClient::new(channel.clone());
    let patient = v1::Patient { family_name: format!("Case {number}"), ..Default::default() };
    let (parent, _) = therapist.split_once("/therapists/").context("a therapist's name")?;
    let request = v1::CreatePatientRequest { parent: parent.to_owned(), patient: Some(patient), ..Default::default() };
    let patient = patients.create_patient(request).await?.into_inner().name;
    let injury = v1::Injury {
        side: v1::Side::Left.into(),
        site: v1::Site::Belly.into(),
        onset_date: Some(days_ago(40)),
        mechanism: v1::Mechanism::Sprint.into(),
        presentation: v1::Presentation::Acute.into(),
        ..Default::default()
    };
    let request = v1::CreateInjuryRequest { parent: patient, injury: Some(injury), ..Default::default() };
    let injury = patients.create_injury(request).await?.into_inner().name;
    let mut plan_service = TreatmentPlanServiceClient::new(channel.clone());
    let plan = v1::TreatmentPlan { start_date: Some(days_ago(39)), ..Default::default() };
    let request =
        v1::CreateTreatmentPlanRequest { parent: injury.clone(), treatment_plan: Some(plan), ..Default::default() };
    let plan = plan_service.create_treatment_plan(request).await?.into_inner().name;
    let request = v1::ActivateTreatmentPlanRequest {
        name: plan.clone(),
        phase: 1,
        therapist: therapist.to_owned(),
        date: Some(days_ago(39)),
        ..Default::default()
    };
    plan_service.activate_treatment_plan(request).await?;
    let mut assessments = AssessmentServiceClient::new(channel.clone());
    for week in 0..ASSESSMENTS_PER_CASE {
        assessments.create_assessment(assessment_request(&injury, therapist, week)).await?;
    }
    let mut sessions = SessionServiceClient::new(channel.clone());
    for visit in 0..SESSIONS_PER_CASE {
        sessions.create_session(session_request(&plan, 3 * visit + 1)).await?;
    }
    Ok(plan)
}

fn assessment_request(injury: &str, therapist: &str, week: i64) -> v1::CreateAssessmentRequest {
    let number = |measure: &str, number: f64| v1::Observation {
        measure: measure.to_owned(),
        value: Some(observation::Value::Number(number)),
        ..Default::default()
    };
    let pain = 6.0 - week as f64;
    let assessment = v1::Assessment {
        date: Some(days_ago(38 - 7 * week)),
        therapist: therapist.to_owned(),
        observations: vec![
            number("pain_worst_24h", pain),
            number("pain_next_morning", (pain - 1.0).max(0.0)),
            number("pain_activity", (pain - 1.0).max(0.0)),
            number("knee_extension_deficit_deg", 18.0 - 2.0 * week as f64),
            number("straight_leg_raise_percent", 70.0 + 3.0 * week as f64),
            number("strength_outer_percent", 55.0 + 5.0 * week as f64),
            number("palpation_length_cm", 10.0 - week as f64),
            number("lefs", 50.0 + 2.0 * week as f64),
        ],
        ..Default::default()
    };
    v1::CreateAssessmentRequest { parent: injury.to_owned(), assessment: Some(assessment), ..Default::default() }
}

fn session_request(plan: &str, days: i64) -> v1::CreateSessionRequest {
    let start = Timestamp::now() - SignedDuration::from_hours(24 * days);
    let focus = |area: v1::Area, minutes: i32| v1::Focus { area: area.into(), minutes };
    let session = v1::Session {
        kind: v1::SessionKind::Massage.into(),
        state: v1::SessionState::Attended.into(),
        start_time: Some(prost_types::Timestamp { seconds: start.as_second(), nanos: 0 }),
        minutes: 30,
        focus: vec![focus(v1::Area::TieIn, 18), focus(v1::Area::Belly, 12)],
        pain_before_nprs: Some(3),
        pain_after_nprs: Some(2),
        note: "Emphasis on the tie-in; tolerated well, slight tenderness at the sitting bone.".into(),
        ..Default::default()
    };
    let request_id = Uuid::now_v7().to_string();
    v1::CreateSessionRequest { parent: plan.to_owned(), session: Some(session), request_id }
}

fn recommendation_request(plan: &str) -> v1::GetRecommendationRequest {
    v1::GetRecommendationRequest { name: plan.to_owned(), ..Default::default() }
}

fn days_ago(days: i64) -> Date {
    let instant = Timestamp::now() - SignedDuration::from_hours(24 * days);
    let date = instant.to_zoned(jiff::tz::TimeZone::UTC).date();
    Date { year: date.year().into(), month: date.month().into(), day: date.day().into() }
}

/// Writes the cases into a table of their own, so that pgbench can choose among them; reads one session's body.
pub async fn prepare_pgbench(database: &Database, seeded: &mut Seeded) -> Result<()> {
    let mut connection = PgConnection::connect(&database.url).await?;
    connection
        .execute(
            "CREATE TABLE bench_cases AS SELECT row_number() OVER (ORDER BY p.plan_id) AS number, p.clinic_id, i.patient_id, p.injury_id, p.plan_id
             FROM plans p JOIN injuries i USING (clinic_id, injury_id)",
        )
        .await?;
    connection.execute("ALTER TABLE bench_cases ADD PRIMARY KEY (number)").await?;
    connection.execute("ANALYZE").await?;
    let row = connection.fetch_one("SELECT body::text FROM sessions ORDER BY session_id LIMIT 1").await?;
    seeded.session_body = row.try_get(0)?;
    connection.close().await?;
    Ok(())
}

/// Offers the load as GetRecommendation; an answer counts when it names its plan and carries rules.
pub async fn get_recommendation(load: Load, server: &Server, database: &Database, seeded: &Seeded) -> Result<Measured> {
    let work = |channel: Channel, plan: String| async move {
        let mut client = TreatmentPlanServiceClient::new(channel).max_decoding_message_size(ANSWER_BYTES_MAX);
        let answer = client.get_recommendation(recommendation_request(&plan)).await?.into_inner();
        ensure!(answer.treatment_plan == plan && !answer.rules.is_empty(), "a wrong answer for {plan}");
        Ok(())
    };
    closed_loop(load, server, database, seeded, work).await
}

/// Offers the load as CreateSession; afterwards the rows in the database must be those that were acknowledged.
pub async fn create_session(load: Load, server: &Server, database: &Database, seeded: &Seeded) -> Result<Measured> {
    let before = database.session_count().await?;
    let acknowledged = Arc::new(AtomicU64::new(0));
    let counter = acknowledged.clone();
    let work = move |channel: Channel, plan: String| {
        let counter = counter.clone();
        async move {
            let answer =
                SessionServiceClient::new(channel).create_session(session_request(&plan, 1)).await?.into_inner();
            ensure!(answer.name.starts_with(&plan), "a wrong answer for {plan}");
            counter.fetch_add(1, Ordering::Relaxed);
            Ok(())
        }
    };
    let measured = closed_loop(load, server, database, seeded, work).await?;
    let stored = database.session_count().await? - before;
    let acknowledged = acknowledged.load(Ordering::Relaxed);
    ensure!(stored == acknowledged, "{acknowledged} sessions were acknowledged, {stored} are stored");
    Ok(measured)
}

async fn closed_loop<W, F>(
    load: Load,
    server: &Server,
    database: &Database,
    seeded: &Seeded,
    work: W,
) -> Result<Measured>
where
    W: Fn(Channel, String) -> F + Clone + Send + 'static,
    F: Future<Output = Result<()>> + Send,
{
    let (server_cpu, database_cpu, started) = (server.cpu_us(), database.cpu_us(), Instant::now());
    let end = started + load.time;
    let plans = Arc::new(seeded.plans.clone());
    let mut callers = Vec::new();
    for connection in 0..load.connections {
        let channel = Channel::from_shared(server.address.clone())?.connect().await?;
        for slot in 0..load.in_flight {
            let (work, plans, channel) = (work.clone(), plans.clone(), channel.clone());
            let first = connection * load.in_flight + slot;
            callers.push(tokio::spawn(async move {
                let mut counted = Counted::new()?;
                // Every caller goes through the plans in steps of its own, so that no plan is asked for more than others.
                for number in (first..).step_by(load.callers()) {
                    if Instant::now() >= end {
                        break;
                    }
                    let plan = plans.get(number % plans.len()).context("no plan")?.clone();
                    let since = Instant::now();
                    work(channel.clone(), plan).await?;
                    counted.note(since);
                }
                anyhow::Ok(counted)
            }));
        }
    }
    let mut counted = Vec::new();
    for caller in callers {
        counted.push(caller.await??);
    }
    let server_us = (server.cpu_us() - server_cpu) as f64;
    let database_us = (database.cpu_us() - database_cpu) as f64;
    summary(counted, started.elapsed(), server_us, database_us)
}
