//! What is written down of calls, and for whom: who looked at a patient, broken glass, and nothing without an event.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use prost::Message as _;
use taper_api::v1;
use taper_core::access::{Grant, Interaction, KeyText, Role};
use taper_core::text::Note;
use taper_kit::name;
use taper_store::glass;
use taper_tests::{Case, Clinic, Database, Guarded, Refused, World, request_id, taper_on};
use tonic::Code;

fn subject(key: &str) -> String {
    format!("key:{}", KeyText::parse(key).unwrap().id)
}

/// The events of a patient as an auditor lists them, page by page.
async fn listed(guarded: &Guarded, clinic: &str, patient: &str, auditor: &str) -> Vec<v1::AuditEvent> {
    let mut events = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = v1::ListAuditEventsRequest {
            parent: clinic.to_owned(),
            patient: patient.to_owned(),
            page_size: 2,
            page_token,
            ..Default::default()
        };
        let path = "/taper.v1.AdminService/ListAuditEvents";
        let answer = guarded.call_with(path, request.encode_to_vec(), auditor).await.unwrap();
        let page = v1::ListAuditEventsResponse::decode(answer[0].as_slice()).unwrap();
        events.extend(page.events);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return events;
        }
    }
}

#[tokio::test]
async fn the_events_of_a_patient_are_those_of_the_three_who_looked_and_nothing_else() {
    for database in Database::ALL {
        let guarded = Guarded::start(database).await;
        let clinic = Clinic::open(&guarded.world).await;
        let (of, other): (Case, Case) = (clinic.case(&guarded.world).await, clinic.case(&guarded.world).await);
        let auditor = guarded.key(&clinic.name, Role::Auditor).await;
        let before = listed(&guarded, &clinic.name, &of.patient, &auditor).await.len();
        let roles = [Role::FrontDesk, Role::MassageTherapist, Role::Integrator, Role::Physiotherapist];
        let mut keys = Vec::new();
        for role in roles {
            keys.push(guarded.key(&clinic.name, role).await);
        }
        let patient = |name: &str| v1::GetPatientRequest { name: name.to_owned(), known_at: None }.encode_to_vec();
        let advice =
            |name: &str| v1::GetRecommendationRequest { name: name.to_owned(), ..Default::default() }.encode_to_vec();
        let injuries =
            |name: &str| v1::ListInjuriesRequest { parent: name.to_owned(), ..Default::default() }.encode_to_vec();
        let get_patient = "/taper.v1.PatientService/GetPatient";
        let get_advice = "/taper.v1.TreatmentPlanService/GetRecommendation";
        let list_injuries = "/taper.v1.PatientService/ListInjuries";
        let clinics = v1::GetClinicRequest { name: clinic.name.clone() }.encode_to_vec();
        // Whom, what, and whether it is the patient that is asked about.
        let calls = [
            (0, get_patient, patient(&of.patient), true),
            (3, get_patient, patient(&other.patient), false),
            (1, get_advice, advice(&of.plan), true),
            (3, get_advice, advice(&other.plan), false),
            (0, list_injuries, injuries(&other.patient), false),
            (2, list_injuries, injuries(&of.patient), true),
            (3, "/taper.v1.PatientService/GetClinic", clinics, false),
            (0, get_patient, patient(&of.patient), true),
        ];
        let mut expected = Vec::new();
        for (place, path, message, is_of) in calls {
            let answer = guarded.call_with(path, message, &keys[place]).await;
            let outcome = answer.err().map_or("OK".to_owned(), |status| Refused::of(&status).reason);
            if is_of {
                assert_eq!(outcome, "OK", "{path}");
                expected.push((subject(&keys[place]), path.trim_start_matches('/').to_owned(), of.patient.clone()));
            }
        }
        let after = listed(&guarded, &clinic.name, &of.patient, &auditor).await;
        let told = after[before..].iter();
        let told: Vec<_> =
            told.map(|event| (event.subject.clone(), event.method.clone(), event.patient.clone())).collect();
        assert_eq!(told, expected, "{database:?}");
        guarded.stop().await;
    }
}

#[tokio::test]
async fn a_call_that_cannot_be_written_down_is_not_answered() {
    for database in Database::ALL {
        let guarded = Guarded::start(database).await;
        let clinic = Clinic::open(&guarded.world).await;
        let key = guarded.key(&clinic.name, Role::ClinicAdmin).await;
        let read = v1::GetClinicRequest { name: clinic.name.clone() }.encode_to_vec();
        let patient = Some(v1::Patient { family_name: "Sentinel".to_owned(), ..Default::default() });
        let parent = clinic.name.clone();
        let write = v1::CreatePatientRequest { parent, patient, request_id: String::new() }.encode_to_vec();
        let calls = [("/taper.v1.PatientService/GetClinic", &read), ("/taper.v1.PatientService/CreatePatient", &write)];
        let before = guarded.world.rows().await;
        guarded.world.texts("ALTER TABLE audit_events RENAME TO audit_away".to_owned()).await;
        for (path, message) in calls {
            let refused = guarded.call_with(path, message.clone(), &key).await.unwrap_err();
            assert!(matches!(refused.code(), Code::Unavailable | Code::Internal), "{database:?} {path}: {refused:?}");
        }
        assert!(guarded.world.rows().await == before, "{database:?}: something was stored without its event");
        guarded.world.texts("ALTER TABLE audit_away RENAME TO audit_events".to_owned()).await;
        for (path, message) in calls {
            guarded.call_with(path, message.clone(), &key).await.unwrap();
        }
        guarded.stop().await;
    }
}

#[tokio::test]
async fn a_server_without_login_writes_down_what_happens_too() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let clinic = Clinic::open(&world).await;
        let before = world.events(&clinic.name).await.len();
        let name = clinic.patient(&world).await.name;
        let request = v1::GetPatientRequest { name: name.clone(), known_at: None };
        world.patients().get_patient(request).await.unwrap();
        let events = world.events(&clinic.name).await;
        let told: Vec<_> = events[before..].iter().map(|entry| entry.event.clone()).collect();
        assert_eq!(told.len(), 2, "{database:?}");
        assert!(told.iter().all(|event| event.subject == "open" && event.role.is_none()), "{told:?}");
        assert_eq!(told[1].patient.map(|patient| patient.to_string()).as_deref(), name.rsplit('/').next());
        world.stop().await;
    }
}

#[tokio::test]
async fn broken_glass_is_whole_again_when_its_time_is_over() {
    for database in Database::ALL {
        let guarded = Guarded::start(database).await;
        let clinic = Clinic::open(&guarded.world).await;
        let case: Case = clinic.case(&guarded.world).await;
        let key = guarded.key(&clinic.name, Role::FrontDesk).await;
        let message = v1::GetInjuryRequest { name: case.injury.clone(), ..Default::default() }.encode_to_vec();
        let read = async || guarded.call_with("/taper.v1.PatientService/GetInjury", message.clone(), &key).await;
        // As BreakGlass records it, only for less than a minute.
        let now = Timestamp::now();
        let until = now + SignedDuration::from_secs(3);
        let id = clinic.name.trim_start_matches("clinics/").parse().unwrap();
        let tx = guarded.store().begin_write(&id, Instant::now() + Duration::from_secs(30)).await.unwrap();
        let reason = Note::parse("Patient collapsed in the waiting room").unwrap();
        glass::create(&tx, uuid::Uuid::now_v7(), &subject(&key), &reason, now, &Grant { until }).await.unwrap();
        tx.commit().await.unwrap();
        read().await.unwrap();
        let refused = loop {
            assert!(Timestamp::now() < until + SignedDuration::from_secs(5), "{database:?}: it stays broken");
            match read().await {
                Ok(_) => tokio::time::sleep(Duration::from_millis(100)).await,
                Err(status) => break Refused::of(&status),
            }
        };
        assert!(Timestamp::now() > until, "{database:?}: it was whole too early");
        assert_eq!((refused.code, refused.reason.as_str()), (Code::PermissionDenied, "GLASS_NOT_BROKEN"));
        let events = guarded.world.events(&clinic.name).await;
        let reads = events.iter().filter(|entry| entry.event.method.ends_with("/GetInjury"));
        let (opened, shut): (Vec<_>, Vec<_>) = reads.partition(|entry| entry.event.outcome == "OK");
        assert!(!opened.is_empty() && opened.iter().all(|entry| entry.event.by_broken_glass), "{database:?}");
        assert!(shut.len() == 1 && !shut[0].event.by_broken_glass, "{database:?}: {shut:?}");
        guarded.stop().await;
    }
}

#[tokio::test]
async fn what_was_made_or_asked_for_is_named_and_no_text_of_a_callers_own() {
    for database in Database::ALL {
        let guarded = Guarded::start(database).await;
        let (clinic, there) = (Clinic::open(&guarded.world).await, Clinic::open(&guarded.world).await);
        let case: Case = clinic.case(&guarded.world).await;
        let theirs = there.patient(&guarded.world).await.name;
        let admin = guarded.key(&clinic.name, Role::ClinicAdmin).await;
        let parent = clinic.name.clone();
        let told = async || guarded.world.events(&clinic.name).await.last().unwrap().event.resource.clone();
        let ask = async |method: &str, message: Vec<u8>| {
            let answer = guarded.call_with(&format!("/taper.v1.{method}"), message, &admin).await;
            answer.map(|answers| answers[0].clone()).map_err(|status| Refused::of(&status).reason)
        };
        let key = v1::ApiKey { client: "office".to_owned(), role: v1::Role::Auditor.into(), ..Default::default() };
        let create = |request_id: String, key: &v1::ApiKey| {
            v1::CreateApiKeyRequest { parent: parent.clone(), api_key: Some(key.clone()), request_id }.encode_to_vec()
        };
        let create_key = "AdminService/CreateApiKey";
        let first = create(request_id(), &key);
        let made = v1::ApiKey::decode(ask(create_key, first.clone()).await.unwrap().as_slice()).unwrap().name;
        assert_eq!(told().await.as_ref(), Some(&made), "{database:?}");
        ask(create_key, first).await.unwrap();
        assert_eq!(told().await.as_ref(), Some(&made), "a repeat");
        ask(create_key, create(request_id(), &key)).await.unwrap();
        assert_eq!(ask(create_key, create(request_id(), &key)).await, Err("WRONG_STATE".to_owned()), "a third");
        assert_eq!(told().await.as_ref(), Some(&parent), "what it was to be in");
        let revoke = v1::RevokeApiKeyRequest { name: made.clone(), ..Default::default() };
        ask("AdminService/RevokeApiKey", revoke.encode_to_vec()).await.unwrap();
        assert_eq!(told().await, Some(made));
        let keys = v1::ListApiKeysRequest { parent: parent.clone(), ..Default::default() };
        ask("AdminService/ListApiKeys", keys.encode_to_vec()).await.unwrap();
        assert_eq!(told().await, None, "a list");
        for name in [format!("{parent}/patients/Ann Miller"), "Ann Miller".to_owned(), theirs] {
            let get = v1::GetPatientRequest { name: name.clone(), known_at: None };
            ask("PatientService/GetPatient", get.encode_to_vec()).await.unwrap_err();
            assert_eq!(told().await, None, "{name}");
        }
        let entries = guarded.world.events(&clinic.name).await;
        let changes = entries.iter().map(|entry| &entry.event).filter(|event| {
            event.outcome == "OK" && !matches!(event.interaction, Interaction::Read | Interaction::Search)
        });
        let mut named = std::collections::BTreeSet::new();
        for event in changes {
            let resource = event.resource.as_deref().unwrap_or_default();
            assert!(name::is_name(resource), "{event:?}");
            assert!(resource != parent || event.method.ends_with("/CreateClinic"), "{event:?}");
            named.insert(event.method.clone());
        }
        assert!(named.len() >= 7, "{named:?}");
        let auditor = guarded.key(&clinic.name, Role::Auditor).await;
        let listed = listed(&guarded, &clinic.name, &case.patient, &auditor).await;
        assert!(listed.iter().any(|event| event.resource == case.plan), "{listed:?}");
        guarded.stop().await;
    }
}

/// A clinic that has nothing but its events, so that nothing keeps it from being removed.
async fn bare_clinic(world: &World, slug: &str) {
    let content = v1::Clinic { display_name: "Clinic".into(), time_zone: "Etc/UTC".into(), ..Default::default() };
    let clinic_id = slug.to_owned();
    let request = v1::CreateClinicRequest { clinic_id, clinic: Some(content), request_id: String::new() };
    let name = world.patients().create_clinic(request).await.unwrap().into_inner().name;
    world.patients().get_clinic(v1::GetClinicRequest { name }).await.unwrap();
}

#[tokio::test]
async fn a_chain_that_was_cut_with_its_end_or_removed_with_its_clinic_is_found_by_what_was_kept() {
    for database in Database::ALL {
        let mut world = World::start(database).await;
        for slug in ["cut", "gone", "odd", "whole"] {
            bare_clinic(&world, slug).await;
        }
        world.end().await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("heads.jsonl").display().to_string();
        let url = world.database_url.clone();
        let verify = async |more: &[&str]| taper_on(&url, &[&["audit", "verify"], more].concat()).await;
        let kept = taper_on(&url, &["audit", "anchor", "--file", &file]).await;
        assert!(kept.0 && kept.1.starts_with("Kept 4 heads"), "{database:?} {kept:?}");
        let (is_intact, told) = verify(&["--anchors", &file]).await;
        assert!(is_intact && told.matches(": intact, 2 events").count() == 4, "{database:?} {told}");
        for change in [
            "DELETE FROM audit_events WHERE clinic_id = 'cut' AND number = 2",
            "UPDATE audit_heads SET number = 1, hash = (SELECT hash FROM audit_events WHERE clinic_id = 'cut')
             WHERE clinic_id = 'cut'",
            "DELETE FROM audit_events WHERE clinic_id = 'gone'",
            "DELETE FROM audit_heads WHERE clinic_id = 'gone'",
            "DELETE FROM clinics WHERE clinic_id = 'gone'",
        ] {
            world.texts(change.to_owned()).await;
        }
        let (is_intact, told) = verify(&[]).await;
        assert!(is_intact && !told.contains("gone"), "{database:?}: nothing in the database shows it: {told}");
        let (is_intact, told) = verify(&["--anchors", &file]).await;
        let lines = [
            "clinics/cut: NOT INTACT: the chain ends at entry 1, and entry 2 was written",
            "clinics/gone: NOT INTACT: the chain ends at entry 0, and entry 2 was written",
            "clinics/whole: intact, 2 events",
        ];
        assert!(!is_intact && lines.iter().all(|line| told.contains(line)), "{database:?} {told}");
        // A row that does not read back does not keep the clinics after it from being verified.
        world.texts("UPDATE audit_events SET role = 'x' WHERE clinic_id = 'odd' AND number = 2".to_owned()).await;
        let (is_intact, told) = verify(&[]).await;
        let lines = ["clinics/odd: NOT INTACT: entry 2 does not read back", "clinics/whole: intact"];
        assert!(!is_intact && lines.iter().all(|line| told.contains(line)), "{database:?} {told}");
        let (is_intact, told) = verify(&["--clinic", "mistyped"]).await;
        assert!(!is_intact && told.contains("clinics/mistyped: NOT INTACT: there is no such clinic"), "{told}");
        world.stop().await;
    }
}

#[tokio::test]
async fn the_events_of_a_clinic_and_of_the_deployment_are_printed_one_a_line_the_newest_last() {
    for database in Database::ALL {
        let mut world = World::start(database).await;
        bare_clinic(&world, "here").await;
        world.end().await;
        let url = world.database_url.clone();
        let taper = async |arguments: &[&str]| {
            let (is_done, told) = taper_on(&url, arguments).await;
            assert!(is_done, "{database:?} {arguments:?}: {told}");
            told
        };
        let key = taper(&["keys", "create", "--operator", "--client", "ops"]).await;
        let key = KeyText::parse(key.trim()).unwrap().id;
        taper(&["keys", "revoke", "--operator", &key]).await;
        let told = taper(&["audit", "list", "--deployment"]).await;
        let columns = |line: &str| line.split('\t').map(str::to_owned).collect::<Vec<_>>();
        let lines: Vec<_> = told.lines().map(columns).collect();
        let resource = format!("clinics/-/apiKeys/{key}");
        assert_eq!(lines.len(), 2, "{told}");
        for (line, method) in lines.iter().zip(["taper keys create", "taper keys revoke"]) {
            assert_eq!(line[1..6], ["command line", "operator", method, &resource, "OK"], "{database:?}");
            assert!(line.len() == 7 && line[0].parse::<Timestamp>().is_ok(), "{line:?}");
        }
        assert!(lines[0][0] < lines[1][0]);
        let told = taper(&["audit", "list", "--clinic", "here"]).await;
        let methods: Vec<_> = told.lines().map(|line| columns(line)[3].clone()).collect();
        assert_eq!(methods, ["taper.v1.PatientService/CreateClinic", "taper.v1.PatientService/GetClinic"]);
        let newest = taper(&["audit", "list", "--clinic", "here", "--limit", "1", "--subject", "open"]).await;
        assert_eq!(Some(newest.trim_end()), told.lines().last());
        let from = columns(&newest)[0].clone();
        let before = taper(&["audit", "list", "--clinic", "here", "--to", &from]).await;
        assert_eq!(format!("{before}{newest}"), told);
        assert_eq!(taper(&["audit", "list", "--clinic", "here", "--from", &from]).await, newest);
        let nobody = "019591b2-1c5e-7c32-9d4f-0a1b2c3d4e5f";
        assert_eq!(taper(&["audit", "list", "--clinic", "here", "--patient", nobody]).await, "");
        world.stop().await;
    }
}
