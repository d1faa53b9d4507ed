//! ReplayProtocol over many cases from Postgres: cases a second, what each costs, and the most memory that the server held.

use std::path::Path;
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
use tonic::transport::Channel;
use uuid::Uuid;

use crate::database::Database;
use crate::long_record::long_record;
use crate::server::{Server, master_key};

const CLINIC: &str = "replay";
const WRITE_TIME: Duration = Duration::from_secs(60);
/// The exception of P1-PROG-4, which the other version has after 72 hours.
const CLOCK: &str = r#"fact = "hours_since_onset_or_flare", op = ">=", value = 48"#;

/// How much each case records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// The long record: 60 assessments, 120 sessions, 60 activities, 12 decisions.
    Long,
    /// Its first 2 assessments, 4 sessions, 2 activities and 3 decisions.
    Short,
}

/// What a replay took.
pub struct Replayed {
    /// What the manifest counts.
    pub manifest: v1::ReplayManifest,
    /// From the request to the manifest.
    pub time: Duration,
    /// CPU of the server in that time, in microseconds.
    pub server_cpu_us: u64,
    /// CPU of the Postgres cluster in that time, in microseconds.
    pub postgres_cpu_us: u64,
    /// The server's resident memory before, in KiB.
    pub before_kib: u64,
    /// The most that it ever had, in KiB.
    pub peak_kib: u64,
}

/// Seeds each of these numbers of cases in turn, rising, and replays a stricter version over them with a server of its
/// own, so that its peak of memory is of that replay alone. Prints each.
pub async fn measure(taper: &Path, database: &Database, counts: &[usize], length: Length) -> Result<()> {
    let first = Server::taper(taper, &database.url).await?;
    let (protocol, mut seeded) = prepare(&first, database, length).await.context("preparing")?;
    drop(first);
    for cases in counts {
        database.copy_cases(CLINIC, seeded..*cases).await.context("seeding")?;
        seeded = seeded.max(*cases);
        let server = Server::taper(taper, &database.url).await?;
        print(&replay(&server, database, &protocol, seeded).await.context("replay")?);
    }
    Ok(())
}

/// The clinic with its first case, and the name of the stricter version.
async fn prepare(server: &Server, database: &Database, length: Length) -> Result<(String, usize)> {
    let channel = Channel::from_shared(server.address.clone())?.connect().await?;
    let clinic = v1::Clinic { display_name: "Replay".into(), time_zone: "Etc/UTC".into(), ..Default::default() };
    let request = v1::CreateClinicRequest { clinic_id: CLINIC.into(), clinic: Some(clinic), ..Default::default() };
    PatientServiceClient::new(channel.clone()).create_clinic(request).await?;
    let strain = protocol::builtin().iter().find(|protocol| protocol.reference.protocol == "hamstring-strain");
    let strain = strain.context("the protocol is not built in")?;
    let (mut record, _) = long_record(&strain.reference)?;
    if length == Length::Short {
        record.assessments.truncate(2);
        record.activities.truncate(2);
        record.sessions.truncate(4);
        record.decisions.truncate(3);
    }
    let options = Options { master_key: Some(master_key()?), ..Options::default() };
    let store = Store::open(&database.url, options).await?;
    write(&store, &CLINIC.parse()?, &record).await.context("the first case")?;
    store.close().await;
    let document = strain.document.replace(CLOCK, &CLOCK.replace("48", "72"));
    ensure!(document != strain.document, "the threshold to change is not in the document");
    let document = document.replacen("version = \"1\"", "version = \"2\"", 1);
    let parent = format!("clinics/{CLINIC}");
    let request = v1::CreateProtocolVersionRequest { parent, document, ..Default::default() };
    let published = ProtocolServiceClient::new(channel).create_protocol_version(request).await?;
    Ok((published.into_inner().name, 1))
}

async fn replay(server: &Server, database: &Database, protocol: &str, cases: usize) -> Result<Replayed> {
    let channel = Channel::from_shared(server.address.clone())?.connect().await?;
    let parent = format!("clinics/{CLINIC}");
    let request = v1::ReplayProtocolRequest { parent, protocol: protocol.to_owned(), include_differences: false };
    let before_kib = server.memory_kib("VmRSS")?;
    let (server_cpu_us, postgres_cpu_us) = (server.cpu_us(), database.cpu_us());
    let started = Instant::now();
    let mut stream = ProtocolServiceClient::new(channel).replay_protocol(request).await?.into_inner();
    while let Some(answer) = stream.message().await? {
        if let Some(Message::Manifest(manifest)) = answer.message {
            ensure!(manifest.case_count == i64::try_from(cases)?, "{} cases", manifest.case_count);
            return Ok(Replayed {
                manifest,
                time: started.elapsed(),
                server_cpu_us: server.cpu_us() - server_cpu_us,
                postgres_cpu_us: database.cpu_us() - postgres_cpu_us,
                before_kib,
                peak_kib: server.memory_kib("VmHWM")?,
            });
        }
    }
    anyhow::bail!("the replay ended before its manifest")
}

fn print(replayed: &Replayed) {
    let Replayed { manifest, time, .. } = replayed;
    let cases = manifest.case_count as f64;
    let (server_us, postgres_us) = (replayed.server_cpu_us as f64 / cases, replayed.postgres_cpu_us as f64 / cases);
    println!(
        "replay: {} cases, {} dates, {} differ; {:.1} s, {:.0} cases/s; CPU a case: server {server_us:.0} us, Postgres \
         {postgres_us:.0} us, so that two processors could do {:.0} cases/s; server {} MiB before, {} MiB at most",
        manifest.case_count,
        manifest.date_count,
        manifest.differing_case_count,
        time.as_secs_f64(),
        cases / time.as_secs_f64(),
        2e6 / (server_us + postgres_us),
        replayed.before_kib / 1024,
        replayed.peak_kib / 1024
    );
}

/// One case in one transaction, with its therapist, under new ids.
async fn write(store: &Store, clinic: &ClinicId, record: &Record) -> Result<()> {
    let now = Timestamp::now();
    let tx = store.begin_write(clinic, Instant::now() + WRITE_TIME).await?;
    let mut therapist_ids: Vec<TherapistId> = record.decisions.iter().map(|fact| fact.content.therapist).collect();
    therapist_ids.sort();
    therapist_ids.dedup();
    for id in therapist_ids {
        therapists::create(&tx, &therapist(id)?, now).await?;
    }
    let (patient, injury, plan) = (PatientId(Uuid::now_v7()), InjuryId(Uuid::now_v7()), PlanId(Uuid::now_v7()));
    let key = PlanKey { patient, injury, plan };
    let person = Patient {
        given_name: None,
        family_name: Line::parse("Replay")?,
        external_ids: Vec::new(),
        birth_date: record.patient.birth_date,
        cautions: record.patient.cautions.clone(),
        cautions_reviewed_date: record.patient.cautions_reviewed_date,
        deleted_at: None,
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
