//! A protocol version over a clinic's past cases: who differs from which day, the manifest, and readers of all kinds.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use taper::play;
use taper_api::google::r#type::Date;
use taper_api::v1;
use taper_api::v1::protocol_service_client::ProtocolServiceClient;
use taper_api::v1::replay_protocol_response::Message;
use taper_core::access::{ApiKey, Role};
use taper_core::case::Case;
use taper_core::ids::{AssessmentId, DecisionId, InjuryId, PatientId, PlanId};
use taper_core::limits;
use taper_core::record::clinic::TimeZoneName;
use taper_core::text::Note;
use taper_kit::name;
use taper_store::{At, PlanKey, Version, assessments, decisions, injuries, patients, plans, records};
use taper_tests::{Clinic, Database, Guarded, Refused, Served, World, request_id};
use tonic::transport::Endpoint;
use tonic::{Code, Status};
use uuid::Uuid;

const STRAIN: &str = include_str!("../../crates/core/protocols/hamstring-strain/protocol.toml");
const C1: &str = include_str!("../../crates/core/protocols/hamstring-strain/cases/c1.case.toml");
const C4: &str = include_str!("../../crates/core/protocols/hamstring-persistent/cases/c4.case.toml");
const C2: &str = include_str!("../../crates/core/protocols/hamstring-strain/cases/c2.case.toml");
const BUILT_IN: &str = "protocols/hamstring-strain/versions/1";
/// Of `printf ''`: no case differs.
const HASH_OF_NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Plays a golden case in; gives the name of its plan.
async fn played(world: &World, clinic: &Clinic, text: &str) -> String {
    let slug = clinic.name.trim_start_matches("clinics/");
    let place = play::Clinic::existing(slug, &TimeZoneName::parse("Etc/UTC").unwrap());
    let case = Case::parse(text).unwrap();
    play::play(world.channel.clone(), &place, &case, |_| Ok(())).await.unwrap().plan
}

/// The clinic's own version 2: P1-PROG-4's exception counts after 72 instead of 48 hours.
async fn stricter(world: &World, clinic: &Clinic) -> String {
    let clock = r#"fact = "hours_since_onset_or_flare", op = ">=", value = 48"#;
    assert_eq!(STRAIN.matches(clock).count(), 1);
    let document = STRAIN.replace(clock, &clock.replace("48", "72")).replace("version = \"1\"", "version = \"2\"");
    let request = v1::CreateProtocolVersionRequest {
        parent: clinic.name.clone(),
        document,
        cases: Vec::new(),
        request_id: request_id(),
    };
    world.protocols().create_protocol_version(request).await.unwrap().into_inner().name
}

fn request(parent: &str, protocol: &str) -> v1::ReplayProtocolRequest {
    v1::ReplayProtocolRequest { parent: parent.to_owned(), protocol: protocol.to_owned(), include_differences: false }
}

/// Reads a replay to its end, with a pause before each message: the cases, and the manifest that must come last.
async fn replayed(
    world: &World,
    request: v1::ReplayProtocolRequest,
    pause: Duration,
) -> (Vec<v1::ReplayedCase>, v1::ReplayManifest) {
    let mut stream = world.protocols().replay_protocol(request).await.unwrap().into_inner();
    let mut cases = Vec::new();
    loop {
        tokio::time::sleep(pause).await;
        match stream.message().await.unwrap().expect("the manifest comes before the end").message.unwrap() {
            Message::ReplayedCase(case) => cases.push(case),
            Message::Manifest(manifest) => {
                assert!(stream.message().await.unwrap().is_none(), "something came after the manifest");
                return (cases, manifest);
            }
        }
    }
}

async fn refused(world: &World, request: v1::ReplayProtocolRequest) -> Refused {
    let status: Status = match world.protocols().replay_protocol(request).await {
        Err(status) => status,
        Ok(mut stream) => stream.get_mut().message().await.unwrap_err(),
    };
    Refused::of(&status)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replay_finds_exactly_the_case_that_the_stricter_version_holds_back() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let (clinic, neighbour) = (Clinic::open(&world).await, Clinic::open(&world).await);
        let own = stricter(&world, &clinic).await;
        let held = played(&world, &clinic, C1).await;
        played(&world, &clinic, C2).await;
        played(&world, &clinic, C4).await;
        played(&world, &neighbour, C1).await;

        let (cases, manifest) = replayed(&world, request(&clinic.name, &own), Duration::ZERO).await;
        let expected = v1::ReplayedCase {
            treatment_plan: held.clone(),
            protocol: BUILT_IN.to_owned(),
            first_date: Some(Date { year: 2026, month: 3, day: 4 }),
            differing_date_count: 1,
            date_count: 2,
            direction: v1::Direction::HoldsBack.into(),
            differences: Vec::new(),
        };
        assert_eq!(cases, std::slice::from_ref(&expected), "{database:?}");
        assert_eq!((manifest.case_count, manifest.differing_case_count), (2, 1));
        assert_eq!(manifest.other_presentation_count, 1, "C4 is persistent");
        assert_eq!((manifest.advances_count, manifest.holds_back_count, manifest.neither_count), (0, 1, 0));
        assert!(manifest.date_count > i64::from(expected.date_count));
        assert_eq!(manifest.sha256, sha256(&format!("{held} 2026-03-04\n")));

        let with = v1::ReplayProtocolRequest { include_differences: true, ..request(&clinic.name, &own) };
        let (cases, same) = replayed(&world, with, Duration::ZERO).await;
        let action = cases[0].differences.iter().find(|difference| difference.path == "phase_action").unwrap();
        assert_eq!((action.before.as_str(), action.after.as_str()), ("advance", "hold"));
        assert_eq!(v1::ReplayedCase { differences: Vec::new(), ..cases[0].clone() }, expected);
        assert_eq!(same, manifest);
        world.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_version_that_all_are_pinned_to_and_a_clinic_without_cases_differ_nowhere() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let clinic = Clinic::open(&world).await;
        let (cases, empty) = replayed(&world, request(&clinic.name, BUILT_IN), Duration::ZERO).await;
        assert_eq!((cases.len(), empty.case_count, empty.date_count), (0, 0, 0));
        assert_eq!(empty.other_presentation_count, 0);
        assert_eq!(empty.sha256, HASH_OF_NOTHING);
        played(&world, &clinic, C1).await;
        let (cases, manifest) = replayed(&world, request(&clinic.name, BUILT_IN), Duration::ZERO).await;
        assert_eq!((cases.len(), manifest.case_count, manifest.date_count), (0, 1, 2), "{database:?}");
        assert_eq!(manifest.sha256, HASH_OF_NOTHING);
        world.stop().await;
    }
}

/// The same case for other patients, written into the database as many times in one transaction; names of their plans.
async fn copied(world: &World, plan: &str, count: usize) -> Vec<String> {
    let name: name::Plan = plan.parse().unwrap();
    let store = world.store.as_ref().unwrap();
    let deadline = Instant::now() + Duration::from_secs(30);
    let tx = store.begin_write(&name.clinic, deadline).await.unwrap();
    let key = PlanKey { patient: name.patient, injury: name.injury, plan: name.plan };
    let record = records::load(&tx, key, None).await.unwrap();
    let patient = patients::get(&tx, name.patient, At::NOW).await.unwrap().content;
    let now = Timestamp::now();
    let mut names = Vec::new();
    for _ in 0..count {
        let (patient_id, injury, plan) = (PatientId(Uuid::now_v7()), InjuryId(Uuid::now_v7()), PlanId(Uuid::now_v7()));
        let key = PlanKey { patient: patient_id, injury, plan };
        patients::create(&tx, key.patient, &patient, now).await.unwrap();
        injuries::create(&tx, key.injury_key(), &record.injury.content, now).await.unwrap();
        let mut version = plans::create(&tx, key, &record.plan.content, now).await.unwrap().version;
        for fact in &record.assessments {
            let id = AssessmentId(Uuid::now_v7());
            assessments::create(&tx, key.injury_key(), id, &fact.content, now).await.unwrap();
        }
        for fact in &record.decisions {
            let id = DecisionId(Uuid::now_v7());
            decisions::create(&tx, key, version, id, &fact.content, now).await.unwrap();
            version = Version(version.0 + 1);
        }
        let PlanKey { patient, injury, plan } = key;
        names.push(name::Plan { clinic: name.clinic.clone(), patient, injury, plan }.to_string());
    }
    tx.commit().await.unwrap();
    names
}

/// More cases than two batches hold: every one comes once, in order, however slowly it is read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_case_comes_once_also_to_a_reader_that_is_slow_or_has_left_before() {
    const CASES: usize = 150;
    for database in Database::ALL {
        let world = World::start(database).await;
        let clinic = Clinic::open(&world).await;
        let own = stricter(&world, &clinic).await;
        let first = played(&world, &clinic, C1).await;
        let mut expected = copied(&world, &first, CASES - 1).await;
        expected.insert(0, first);
        // One that goes away after the first message.
        let mut stream = world.protocols().replay_protocol(request(&clinic.name, &own)).await.unwrap().into_inner();
        assert!(stream.message().await.unwrap().is_some());
        drop(stream);

        let (cases, manifest) = replayed(&world, request(&clinic.name, &own), Duration::from_millis(5)).await;
        let came: Vec<String> = cases.into_iter().map(|case| case.treatment_plan).collect();
        assert_eq!(came, expected, "{database:?}");
        let count = CASES as i64;
        assert_eq!((manifest.case_count, manifest.holds_back_count, manifest.date_count), (count, count, 2 * count));
        let lines: String = came.iter().map(|plan| format!("{plan} 2026-03-04\n")).collect();
        assert_eq!(manifest.sha256, sha256(&lines));
        world.stop().await;
    }
}

/// A server that shuts down ends a replay that is under way with a status, and does not wait for its reader.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_shuts_down_ends_a_replay_with_a_status() {
    let world = World::start(Database::Sqlite).await;
    let clinic = Clinic::open(&world).await;
    let own = stricter(&world, &clinic).await;
    let first = played(&world, &clinic, C1).await;
    copied(&world, &first, 400).await;
    let request = v1::ReplayProtocolRequest { include_differences: true, ..request(&clinic.name, &own) };
    let mut stream = world.protocols().replay_protocol(request).await.unwrap().into_inner();
    assert!(stream.message().await.unwrap().is_some());
    let stopping = tokio::spawn(world.stop());
    let ended = loop {
        tokio::time::sleep(Duration::from_millis(20)).await;
        match stream.message().await {
            Ok(Some(answer)) => assert!(!matches!(answer.message, Some(Message::Manifest(_))), "it came to its end"),
            Ok(None) => panic!("the stream ended without a status"),
            Err(status) => break status,
        }
    };
    assert_eq!(Refused::of(&ended).reason, "SHUTTING_DOWN", "{ended:?}");
    stopping.await.unwrap();
}

/// Each stands still at a reader that does not read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_replay_more_than_the_server_takes_is_refused_until_another_ends() {
    let world = World::start(Database::Sqlite).await;
    let clinic = Clinic::open(&world).await;
    let own = stricter(&world, &clinic).await;
    let first = played(&world, &clinic, C1).await;
    copied(&world, &first, 400).await;
    let with = v1::ReplayProtocolRequest { include_differences: true, ..request(&clinic.name, &own) };
    let mut under_way = Vec::new();
    for _ in 0..limits::REPLAYS_AT_ONCE_MAX {
        let mut stream = world.protocols().replay_protocol(with.clone()).await.unwrap().into_inner();
        assert!(stream.message().await.unwrap().is_some());
        under_way.push(stream);
    }
    let refused = refused(&world, with.clone()).await;
    assert_eq!((refused.code, refused.reason.as_str()), (Code::ResourceExhausted, "OVERLOADED"));

    drop(under_way.pop());
    let deadline = Instant::now() + Duration::from_secs(30);
    while let Err(status) = world.protocols().replay_protocol(with.clone()).await {
        assert_eq!(Refused::of(&status).reason, "OVERLOADED");
        assert!(Instant::now() < deadline, "the room of a replay whose reader has gone is not given back");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    drop(under_way);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replay_is_given_no_further_when_the_key_that_it_was_asked_for_with_has_ended() {
    let guarded = Guarded::start(Database::Sqlite).await;
    let world = &guarded.world;
    let clinic = Clinic::open(world).await;
    let own = stricter(world, &clinic).await;
    let first = played(world, &clinic, C1).await;
    copied(world, &first, 400).await;
    let expires_at = Timestamp::now() + SignedDuration::from_secs(3);
    let soon = |key: ApiKey| ApiKey { role: Role::ClinicAdmin, expires_at, ..key };
    let key = guarded.key_with(&clinic.name, soon).await;
    let with = v1::ReplayProtocolRequest { include_differences: true, ..request(&clinic.name, &own) };
    let mut with = tonic::Request::new(with);
    with.metadata_mut().insert("authorization", format!("Bearer {key}").parse().unwrap());
    // Little is on its way while the reader stands still.
    let endpoint = Endpoint::from_shared(format!("http://{}", guarded.address)).unwrap();
    let channel = endpoint.initial_stream_window_size(16_384).connect().await.unwrap();
    let mut client = ProtocolServiceClient::new(channel);
    let mut stream = client.replay_protocol(with).await.unwrap().into_inner();
    assert!(stream.message().await.unwrap().is_some());
    tokio::time::sleep(Duration::from_secs(4)).await;
    let ended = loop {
        match stream.message().await {
            Ok(Some(answer)) => assert!(!matches!(answer.message, Some(Message::Manifest(_))), "it came to its end"),
            Ok(None) => panic!("the stream ended without a status"),
            Err(status) => break status,
        }
    };
    assert_eq!(Refused::of(&ended).reason, "NOT_AUTHENTICATED", "{ended:?}");
    drop((stream, client));
    guarded.stop().await;
}

/// Long notes make the cases large and the comparison quick.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_times_the_cases_take_no_more_memory() {
    const CASE_BYTES: usize = 180_000;
    const GROWTH_KIB_MAX: u64 = 16 * 1024;
    let world = World::start(Database::Postgres).await;
    let clinic = Clinic::open(&world).await;
    let own = stricter(&world, &clinic).await;
    let first = played(&world, &clinic, C1).await;
    with_long_notes(&world, &first, CASE_BYTES).await;
    // Some whole batches, so that one is fetched while another is at work.
    let few = copied(&world, &first, 200).await.len() + 1;
    let server = Served::start(&world.database_url).await;
    let weighed = World::remote(Database::Postgres, server.address).await;
    // More than once: the allocator takes some rounds until it has what two threads and two batches need.
    for _ in 0..4 {
        let (_, manifest) = replayed(&weighed, request(&clinic.name, &own), Duration::ZERO).await;
        assert_eq!(manifest.case_count, few as i64);
    }
    let before = server.peak_memory_kib();

    let many = few + copied(&world, &first, 400).await.len();
    let (_, manifest) = replayed(&weighed, request(&clinic.name, &own), Duration::ZERO).await;
    assert_eq!(manifest.case_count, many as i64);
    // The kernel counts the peak in parts, so that it may seem a little less than before.
    let growth = server.peak_memory_kib().saturating_sub(before);
    let added = (many - few) * CASE_BYTES / 1024;
    assert!(added as u64 > 2 * GROWTH_KIB_MAX, "{added} KiB more to read show nothing");
    assert!(growth <= GROWTH_KIB_MAX, "{before} KiB at {few} cases, {growth} KiB more at {many}");
    world.stop().await;
}

/// Records assessments with notes of so many bytes together, on the day of one that is there.
async fn with_long_notes(world: &World, plan: &str, bytes: usize) {
    let name: name::Plan = plan.parse().unwrap();
    let store = world.store.as_ref().unwrap();
    let tx = store.begin_write(&name.clinic, Instant::now() + Duration::from_secs(30)).await.unwrap();
    let key = PlanKey { patient: name.patient, injury: name.injury, plan: name.plan };
    let mut noted = records::load(&tx, key, None).await.unwrap().assessments.remove(0).content;
    // Three bytes each.
    noted.note = Note::parse(&"\u{5b57}".repeat(limits::NOTE_CHARACTERS_MAX as usize)).unwrap();
    noted.results.clear();
    for _ in 0..bytes.div_ceil(noted.note.as_str().len()) {
        let id = AssessmentId(Uuid::now_v7());
        assessments::create(&tx, key.injury_key(), id, &noted, Timestamp::now()).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_version_of_another_clinic_is_refused_as_one_that_nobody_has() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let (mine, theirs) = (Clinic::open(&world).await, Clinic::open(&world).await);
        let foreign = stricter(&world, &theirs).await;
        let nobodys = foreign.replace("versions/2", "versions/3");
        let copied = foreign.replace(&theirs.name, &mine.name);
        for protocol in [&foreign, &nobodys, &copied, "protocols/hamstring-strain/versions/9"] {
            let refused = refused(&world, request(&mine.name, protocol)).await;
            assert_eq!((refused.code, refused.fields), (Code::InvalidArgument, vec!["protocol".to_owned()]));
        }
        let unknown = refused(&world, request("clinics/nobodys", BUILT_IN)).await;
        assert_eq!((unknown.code, unknown.reason.as_str()), (Code::NotFound, "RESOURCE_NOT_FOUND"));
        let missing = refused(&world, v1::ReplayProtocolRequest::default()).await;
        assert_eq!(missing.fields, ["parent", "protocol"]);
        world.stop().await;
    }
}
