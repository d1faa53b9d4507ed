//! Nobody comes in without a valid key, on any route; each role may what the table says; and each call is written down.

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use prost::Message as _;
use taper_api::v1;
use taper_core::access::{ApiKey, Cell, Role};
use taper_kit::Clock;
use taper_tests::{Case, Clinic, Database, Guarded, Refused, raw, request_id};
use tonic::{Code, Status};

/// Every route: the contract's, health, reflection, what does not exist, and paths that are none.
fn routes() -> Vec<String> {
    let others = taper_kit::access::other_rows().map(|row| row.path.to_owned());
    let odd = [
        "/taper.v1.PatientService/NoSuchMethod",
        "/taper.v1.NoSuchService/GetPatient",
        "/taper.v1.PatientService/GetPatient/",
        "/taper.v1.PatientService//GetPatient",
        "//taper.v1.PatientService/GetPatient",
        "/taper.v1.PatientService/getpatient",
        "/TAPER.V1.PATIENTSERVICE/GetPatient",
        "/taper.v1.PatientService/GetPatient?x=1",
        "/taper.v1.PatientService%2FGetPatient",
        "/taper.v1.PatientService/../PatientService/GetPatient",
        "/grpc.health.v1.Health/check",
        "/",
    ];
    let contract = raw::methods().iter().map(raw::path_of).collect::<Vec<_>>();
    contract.into_iter().chain(others).chain(odd.map(str::to_owned)).collect()
}

/// Headers that let nobody in. `good` is a key that would.
fn bad_headers(good: &str, ended: &str, revoked: &str) -> Vec<Vec<String>> {
    let (head, secret) = good.rsplit_once('_').unwrap();
    let mut other = secret.to_owned().into_bytes();
    other[0] = if other[0] == b'a' { b'b' } else { b'a' };
    let other = String::from_utf8(other).unwrap();
    let one = |header: String| vec![header];
    vec![
        Vec::new(),
        one(String::new()),
        one("Bearer".to_owned()),
        one("Bearer ".to_owned()),
        one(good.to_owned()),
        one(format!("Basic {good}")),
        one(format!("Token {good}")),
        one(format!("Bearer{good}")),
        one(format!("Bearer  {good}")),
        one(format!("Bearer {good} {good}")),
        one(format!("Bearer {good},{good}")),
        one(format!("Bearer \"{good}\"")),
        one(format!("Bearer {}", good.to_uppercase())),
        one(format!("Bearer {}", good.replace("taper_", "tapir_"))),
        one(format!("Bearer {head}")),
        one(format!("Bearer {head}_")),
        one(format!("Bearer {head}_{other}")),
        one(format!("Bearer {head}_{}", &secret[1..])),
        one(format!("Bearer {good}x")),
        one(format!("Bearer {}", good.replacen("taper_", "taper_no-such-", 1))),
        one(format!("Bearer {}", good.replacen('_', "_-_", 1))),
        one(format!("Bearer {ended}")),
        one(format!("Bearer {revoked}")),
        // Of a token that nobody signed: {"alg":"none"}.{"sub":"ann"}.
        one("Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ.".to_owned()),
        vec![format!("Bearer {good}"), format!("Bearer {good}")],
        vec![format!("Bearer {good}"), "Basic eA==".to_owned()],
    ]
}

#[tokio::test]
async fn nobody_gets_in_without_a_valid_key_on_any_route_and_is_told_no_more() {
    for database in Database::ALL {
        let guarded = Guarded::start(database).await;
        let clinic = Clinic::open(&guarded.world).await;
        let good = guarded.key(&clinic.name, Role::ClinicAdmin).await;
        let now = Clock::system().now();
        let past = |key: ApiKey| ApiKey {
            created_at: now - SignedDuration::from_hours(3),
            expires_at: now - SignedDuration::from_secs(1),
            ..key
        };
        let ended = guarded.key_with(&clinic.name, past).await;
        let revoked = guarded.key(&clinic.name, Role::ClinicAdmin).await;
        guarded.revoke(&revoked, now).await;
        let mut told: Option<(String, Vec<u8>)> = None;
        for route in routes() {
            for headers in bad_headers(&good, &ended, &revoked) {
                let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
                let refused = guarded.call(&route, Vec::new(), &headers).await.unwrap_err();
                assert_eq!(refused.code(), Code::Unauthenticated, "{route} {headers:?}: {refused:?}");
                let this = (refused.message().to_owned(), refused.details().to_vec());
                assert_eq!(*told.get_or_insert_with(|| this.clone()), this, "{route} {headers:?}");
            }
        }
        let names = v1::GetClinicRequest { name: clinic.name.clone() }.encode_to_vec();
        for scheme in ["Bearer", "bearer", "BEARER"] {
            let header = format!("{scheme} {good}");
            let answer = guarded.call("/taper.v1.PatientService/GetClinic", names.clone(), &[&header]).await.unwrap();
            assert_eq!(v1::Clinic::decode(answer[0].as_slice()).unwrap().name, clinic.name);
        }
        guarded.stop().await;
    }
}

#[tokio::test]
async fn a_key_that_ends_or_is_revoked_opens_nothing_from_then_on() {
    let guarded = Guarded::start(Database::Sqlite).await;
    let clinic = Clinic::open(&guarded.world).await;
    let now = Clock::system().now();
    let soon = |key: ApiKey| ApiKey { expires_at: now + SignedDuration::from_secs(2), ..key };
    let key = guarded.key_with(&clinic.name, soon).await;
    let request = v1::GetClinicRequest { name: clinic.name.clone() }.encode_to_vec();
    let get = async |key: &str| guarded.call_with("/taper.v1.PatientService/GetClinic", request.clone(), key).await;
    get(&key).await.unwrap();
    let began = Instant::now();
    while get(&key).await.is_ok() {
        assert!(began.elapsed() < Duration::from_secs(10), "a key that has ended still opens");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(get(&key).await.unwrap_err().code(), Code::Unauthenticated);
    guarded.stop().await;
}

#[tokio::test]
async fn every_cell_of_the_table_is_what_the_server_does() {
    let table = taper::gate::table().unwrap();
    for database in Database::ALL {
        let guarded = Guarded::start(database).await;
        let clinic = Clinic::open(&guarded.world).await;
        let mut cells = 0;
        for role in Role::ALL {
            let key = guarded.key(&clinic.name, role).await;
            for method in raw::methods() {
                let path = raw::path_of(&method);
                let answer = guarded.call_with(&path, Vec::new(), &key).await;
                let refused = answer.as_ref().err().map(Refused::of);
                let reason = refused.as_ref().map(|refused| refused.reason.as_str());
                match table.rule(&path).unwrap().cell(role) {
                    Cell::Deny => assert_eq!(reason, Some("PERMISSION_DENIED"), "{role} {path}"),
                    Cell::BreakGlass => assert_eq!(reason, Some("GLASS_NOT_BROKEN"), "{role} {path}"),
                    // An empty request is answered, or its fields are wrong; that is after the gate.
                    Cell::Allow | Cell::Limited => {
                        assert!(matches!(reason, None | Some("INVALID_FIELDS")), "{role} {path}: {reason:?}");
                    }
                }
                cells += 1;
            }
        }
        assert!(cells >= 7 * 60, "{cells} cells");
        guarded.stop().await;
    }
}

/// The table as the README of the tests prints it.
fn printed() -> String {
    let table = taper::gate::table().unwrap();
    let mut text = String::from("| method | scope |");
    Role::ALL.iter().for_each(|role| text.push_str(&format!(" {role} |")));
    text.push_str(&format!("\n|---|---|{}\n", "---|".repeat(Role::ALL.len())));
    for rule in table.rules().filter(|rule| !rule.resource.is_empty()) {
        let letter = rule.interaction.letter();
        text.push_str(&format!("| `{}` | `{}.{letter}` |", rule.path.trim_start_matches("/taper.v1."), rule.resource));
        for role in Role::ALL {
            text.push_str(match rule.cell(role) {
                Cell::Allow => " yes |",
                Cell::Limited => " without findings |",
                Cell::BreakGlass => " emergency |",
                Cell::Deny => " - |",
            });
        }
        text.push('\n');
    }
    text
}

#[test]
fn the_table_is_printed_for_people_as_it_is() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/access.md");
    let table = printed();
    if std::env::var_os("TAPER_WRITE_TABLE").is_some() {
        let head = "# Who may call what\n\nMade from the options in proto/taper/v1; `TAPER_WRITE_TABLE=1 cargo test -p taper-tests --test login the_table` writes it anew.\n\n";
        std::fs::write(page, format!("{head}{table}")).unwrap();
    }
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.ends_with(&table), "tests/access.md is not the table:\n{table}");
}

async fn events(guarded: &Guarded, clinic: &str) -> Vec<taper_core::audit::Entry> {
    guarded.world.events(clinic).await
}

#[tokio::test]
async fn every_rpc_writes_exactly_one_event_whatever_came_of_it() {
    for database in Database::ALL {
        let guarded = Guarded::start(database).await;
        let clinic = Clinic::open(&guarded.world).await;
        let mut before = events(&guarded, &clinic.name).await.len();
        for role in Role::ALL.into_iter().filter(|role| *role != Role::Operator) {
            let key = guarded.key(&clinic.name, role).await;
            for method in raw::methods() {
                let path = raw::path_of(&method);
                let answer = guarded.call_with(&path, Vec::new(), &key).await;
                let entries = events(&guarded, &clinic.name).await;
                assert_eq!(entries.len(), before + 1, "{role} {path}");
                before = entries.len();
                let event = &entries.last().unwrap().event;
                let outcome = answer.as_ref().err().map_or("OK".to_owned(), |status| Refused::of(status).reason);
                assert_eq!((event.role, event.outcome.as_str()), (Some(role), outcome.as_str()), "{path}");
                assert_eq!(format!("/{}", event.method), path);
                assert!(event.subject.starts_with("key:") && !event.by_broken_glass);
            }
        }
        guarded.stop().await;
    }
}

#[tokio::test]
async fn what_is_written_down_names_the_patient_of_reads_and_of_writes() {
    for database in Database::ALL {
        let guarded = Guarded::start(database).await;
        let clinic = Clinic::open(&guarded.world).await;
        let case: Case = clinic.case(&guarded.world).await;
        let key = guarded.key(&clinic.name, Role::Physiotherapist).await;
        let patient = case.patient.rsplit('/').next().unwrap().to_owned();
        let before = events(&guarded, &clinic.name).await.len();
        let plan = v1::GetRecommendationRequest { name: case.plan.clone(), ..Default::default() }.encode_to_vec();
        guarded.call_with("/taper.v1.TreatmentPlanService/GetRecommendation", plan, &key).await.unwrap();
        let new = v1::Patient { family_name: "Sentinel".to_owned(), ..v1::Patient::default() };
        let create =
            v1::CreatePatientRequest { parent: clinic.name.clone(), patient: Some(new), request_id: request_id() };
        let message = create.encode_to_vec();
        let answer = guarded.call_with("/taper.v1.PatientService/CreatePatient", message.clone(), &key).await.unwrap();
        let created = v1::Patient::decode(answer[0].as_slice()).unwrap().name;
        // A repeat is a call of its own.
        guarded.call_with("/taper.v1.PatientService/CreatePatient", message, &key).await.unwrap();
        let entries = events(&guarded, &clinic.name).await;
        let of = |place: usize| {
            let patient = entries[before + place].event.patient;
            patient.map(|patient| patient.to_string())
        };
        assert_eq!(entries.len(), before + 3);
        assert_eq!(of(0), Some(patient));
        assert_eq!(of(1).as_deref(), created.rsplit('/').next());
        guarded.stop().await;
    }
}

#[tokio::test]
async fn broken_glass_opens_what_the_table_says_for_as_long_as_was_asked_and_every_call_by_it_is_marked() {
    for database in Database::ALL {
        let guarded = Guarded::start(database).await;
        let clinic = Clinic::open(&guarded.world).await;
        let case: Case = clinic.case(&guarded.world).await;
        let key = guarded.key(&clinic.name, Role::FrontDesk).await;
        let get = v1::GetInjuryRequest { name: case.injury.clone(), ..Default::default() }.encode_to_vec();
        let read = async || guarded.call_with("/taper.v1.PatientService/GetInjury", get.clone(), &key).await;
        let reason = |answer: Result<Vec<Vec<u8>>, Status>| answer.err().map(|status| Refused::of(&status).reason);
        assert_eq!(reason(read().await).as_deref(), Some("GLASS_NOT_BROKEN"));
        let broken = async |reason: &str, minutes: i32| {
            let parent = clinic.name.clone();
            let request =
                v1::BreakGlassRequest { parent, reason: reason.to_owned(), minutes, request_id: String::new() };
            guarded.call_with("/taper.v1.AdminService/BreakGlass", request.encode_to_vec(), &key).await
        };
        for (why, minutes) in [("", 5), ("too short", 5), ("Patient collapsed", 61), ("Patient collapsed", -1)] {
            assert_eq!(reason(broken(why, minutes).await).as_deref(), Some("INVALID_FIELDS"), "{why} {minutes}");
        }
        assert_eq!(reason(read().await).as_deref(), Some("GLASS_NOT_BROKEN"));
        broken("Patient collapsed in the waiting room", 5).await.unwrap();
        read().await.unwrap();
        let entries = events(&guarded, &clinic.name).await;
        let last = &entries.last().unwrap().event;
        assert!(last.by_broken_glass && last.method.ends_with("GetInjury"), "{last:?}");
        let broken = entries.iter().filter(|entry| entry.event.method.ends_with("BreakGlass"));
        assert_eq!(broken.filter(|entry| entry.event.outcome == "OK").count(), 1);
        // It opens nothing that the table does not name, and nobody else's door.
        let policy = v1::UpdateClinicPolicyRequest::default().encode_to_vec();
        let denied = guarded.call_with("/taper.v1.PatientService/UpdateClinicPolicy", policy, &key).await;
        assert_eq!(reason(denied).as_deref(), Some("PERMISSION_DENIED"));
        let colleague = guarded.key(&clinic.name, Role::FrontDesk).await;
        let other = guarded.call_with("/taper.v1.PatientService/GetInjury", get.clone(), &colleague).await;
        assert_eq!(reason(other).as_deref(), Some("GLASS_NOT_BROKEN"));
        guarded.stop().await;
    }
}

#[tokio::test]
async fn a_key_is_made_shown_once_listed_and_revoked_by_the_clinics_administrator() {
    for database in Database::ALL {
        let guarded = Guarded::start(database).await;
        let clinic = Clinic::open(&guarded.world).await;
        let admin = guarded.key(&clinic.name, Role::ClinicAdmin).await;
        let api_key = v1::ApiKey {
            client: "practice software".to_owned(),
            role: v1::Role::Integrator.into(),
            scopes: vec!["system/Clinic.r".to_owned()],
            ..v1::ApiKey::default()
        };
        let request =
            v1::CreateApiKeyRequest { parent: clinic.name.clone(), api_key: Some(api_key), request_id: request_id() };
        let create = async || {
            let answer =
                guarded.call_with("/taper.v1.AdminService/CreateApiKey", request.encode_to_vec(), &admin).await;
            v1::ApiKey::decode(answer.unwrap()[0].as_slice()).unwrap()
        };
        let (made, again) = (create().await, create().await);
        assert!(!made.secret.is_empty() && again.secret.is_empty(), "shown once");
        assert_eq!(made.name, again.name);
        let secret = made.secret.rsplit('_').next().unwrap();
        let dump = guarded.world.rows().await.join("\n");
        assert!(!dump.contains(secret), "the secret is in the database");
        let get = v1::GetClinicRequest { name: clinic.name.clone() }.encode_to_vec();
        guarded.call_with("/taper.v1.PatientService/GetClinic", get, &made.secret).await.unwrap();
        let list = v1::ListPatientsRequest { parent: clinic.name.clone(), ..Default::default() }.encode_to_vec();
        let out_of_scope = guarded.call_with("/taper.v1.PatientService/ListPatients", list, &made.secret).await;
        assert_eq!(Refused::of(&out_of_scope.unwrap_err()).reason, "PERMISSION_DENIED");
        let revoke = v1::RevokeApiKeyRequest { name: made.name.clone(), request_id: String::new() }.encode_to_vec();
        let answer = guarded.call_with("/taper.v1.AdminService/RevokeApiKey", revoke, &admin).await.unwrap();
        assert!(v1::ApiKey::decode(answer[0].as_slice()).unwrap().revoke_time.is_some());
        let list = v1::ListApiKeysRequest { parent: clinic.name.clone(), page_size: 1, ..Default::default() };
        let answer =
            guarded.call_with("/taper.v1.AdminService/ListApiKeys", list.encode_to_vec(), &admin).await.unwrap();
        let page = v1::ListApiKeysResponse::decode(answer[0].as_slice()).unwrap();
        assert_eq!((page.api_keys.len(), page.next_page_token.is_empty()), (1, false));
        guarded.stop().await;
    }
}
