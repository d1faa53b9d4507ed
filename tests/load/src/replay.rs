//! ReplayProtocol over many long records from Postgres: cases a second, and the most memory that the server ever held.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use taper_api::v1;
use taper_api::v1::patient_service_client::PatientServiceClient;
use taper_api::v1::protocol_service_client::ProtocolServiceClient;
use taper_api::v1::replay_protocol_response::Message;
use taper_core::ids::{
    ActivityId, AssessmentId, ClinicId, DecisionId, InjuryId, PatientId, PlanId, SessionId, TherapistId,
};
use taper_core::protocol;
use taper_core::record::Record;
use taper_core::record::clinic::Therapist;
use taper_core::record::codes::Discipline;
use taper_core::record::patient::Patient;
use taper_core::text::Line;
use taper_store::{
    Options, PlanKey, Store, Version, activities, assessments, decisions, injuries, patients, plans, sessions,
    therapists,
};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::database::Database;
use crate::long_record::long_record;
use crate::server::Server;

const CLINIC: &str = "replay";
const WRITERS: usize = 4;
const WRITE_TIME: Duration = Duration::from_secs(60);
/// The exception of P1-PROG-4, which the other version has after 72 hours.
const CLOCK: &str = r#"fact = "hours_since_onset_or_flare", op = ">=", value = 48"#;

/// What a replay took.
pub struct Replayed {
    /// What the manifest counts.
    pub manifest: v1::ReplayManifest,
    /// From the request to the manifest.
    pub time: Duration,
    /// The server's resident memory before, in KiB.
    pub before_kib: u64,
    /// The most that it ever had, in KiB.
    pub peak_kib: u64,
}

/// Seeds so many cases of the long record, and replays a stricter version over them.
pub async fn measure(server: &Server, database: &Database, cases: usize) -> Result<Replayed> {
    let channel = tonic::transport::Channel::from_shared(server.address.clone())?.connect().await?;
    let clinic = v1::Clinic { display_name: "Replay".into(), time_zone: "Etc/UTC".into(), ..Default::default() };
    let request = v1::CreateClinicRequest { clinic_id: CLINIC.into(), clinic: Some(clinic), ..Default::default() };
    PatientServiceClient::new(channel.clone()).create_clinic(request).await?;
    let strain = protocol::builtin().iter().find(|protocol| protocol.reference.protocol == "hamstring-strain");
    let strain = strain.context("the protocol is not built in")?;
    let (record, _) = long_record(&strain.reference)?;
    seed(database, &record, cases).await.context("seeding")?;

    let mut protocols = ProtocolServiceClient::new(channel);
    let document = strain.document.replace(CLOCK, &CLOCK.replace("48", "72"));
    ensure!(document != strain.document, "the threshold to change is not in the document");
    let parent = format!("clinics/{CLINIC}");
    let document = document.replacen("version = \"1\"", "version = \"2\"", 1);
    let request = v1::CreateProtocolVersionRequest { parent: parent.clone(), document, ..Default::default() };
    let protocol = protocols.create_protocol_version(request).await?.into_inner().name;
    let before_kib = server.memory_kib("VmRSS")?;
    let started = Instant::now();
    let request = v1::ReplayProtocolRequest { parent, protocol, include_differences: false };
    let mut stream = protocols.replay_protocol(request).await?.into_inner();
    while let Some(answer) = stream.message().await? {
        if let Some(Message::Manifest(manifest)) = answer.message {
            let (time, peak_kib) = (started.elapsed(), server.memory_kib("VmHWM")?);
            ensure!(manifest.case_count == i64::try_from(cases)?, "{} cases", manifest.case_count);
            return Ok(Replayed { manifest, time, before_kib, peak_kib });
        }
    }
    anyhow::bail!("the replay ended before its manifest")
}

/// Prints what a replay took.
pub fn print(replayed: &Replayed) {
    let Replayed { manifest, time, before_kib, peak_kib } = replayed;
    let per_second = manifest.case_count as f64 / time.as_secs_f64();
    println!(
        "replay: {} cases, {} dates, {} differ; {:.1} s, {per_second:.0} cases/s; server {} MiB before, {} MiB at most",
        manifest.case_count,
        manifest.date_count,
        manifest.differing_case_count,
        time.as_secs_f64(),
        before_kib / 1024,
        peak_kib / 1024
    );
}

async fn seed(database: &Database, record: &Record, cases: usize) -> Result<()> {
    let store = Store::open(&database.url, Options::default()).await?;
    let clinic: ClinicId = CLINIC.parse()?;
    let mut ids: Vec<TherapistId> = record.decisions.iter().map(|fact| fact.content.therapist).collect();
    ids.sort();
    ids.dedup();
    let tx = store.begin_write(&clinic, Instant::now() + WRITE_TIME).await?;
    for id in ids {
        therapists::create(&tx, &therapist(id)?, Timestamp::now()).await?;
    }
    tx.commit().await?;
    let mut writers = JoinSet::new();
    for number in 0..WRITERS {
        let share = (cases + number) / WRITERS;
        let (store, clinic, record) = (store.clone(), clinic.clone(), record.clone());
        writers.spawn(async move {
            for _ in 0..share {
                write(&store, &clinic, &record).await?;
            }
            Ok::<(), anyhow::Error>(())
        });
    }
    while let Some(written) = writers.join_next().await {
        written??;
    }
    store.close().await;
    Ok(())
}

/// One case in one transaction, under new ids.
async fn write(store: &Store, clinic: &ClinicId, record: &Record) -> Result<()> {
    let now = Timestamp::now();
    let tx = store.begin_write(clinic, Instant::now() + WRITE_TIME).await?;
    let (patient, injury, plan) = (PatientId(Uuid::now_v7()), InjuryId(Uuid::now_v7()), PlanId(Uuid::now_v7()));
    let key = PlanKey { patient, injury, plan };
    let person = Patient {
        given_name: None,
        family_name: Line::parse("Replay")?,
        external_ids: Vec::new(),
        birth_date: record.patient.birth_date,
        cautions: record.patient.cautions.clone(),
        cautions_reviewed_date: record.patient.cautions_reviewed_date,
    };
    patients::create(&tx, patient, &person, now).await?;
    injuries::create(&tx, key.injury_key(), &record.injury.content, now).await?;
    let mut version = plans::create(&tx, key, &record.plan.content, now).await?.version;
    for fact in &record.assessments {
        assessments::create(&tx, key.injury_key(), AssessmentId(Uuid::now_v7()), &fact.content, now).await?;
    }
    for fact in &record.activities {
        activities::create(&tx, key.injury_key(), ActivityId(Uuid::now_v7()), &fact.content, now).await?;
    }
    for fact in &record.sessions {
        sessions::create(&tx, key, SessionId(Uuid::now_v7()), &fact.content, now).await?;
    }
    for fact in &record.decisions {
        decisions::create(&tx, key, version, DecisionId(Uuid::now_v7()), &fact.content, now).await?;
        version = Version(version.0 + 1);
    }
    Ok(tx.commit().await?)
}

fn therapist(id: TherapistId) -> Result<Therapist> {
    Ok(Therapist { id, display_name: Line::parse("Replay")?, discipline: Discipline::Physiotherapist })
}
