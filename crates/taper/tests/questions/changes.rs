//! The commands that store something: receipts, a clinic's own versions, and plans that move to them.

use taper_api::v1;
use taper_api::v1::patient_service_client::PatientServiceClient;
use taper_api::v1::session_service_client::SessionServiceClient;

use super::played;
use crate::running::{Server, failed, succeeded, taper};

#[test]
fn a_receipt_is_issued_and_verified_and_a_name_that_is_none_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::dev(folder.path(), &[]);
    let address = server.address.as_str();
    played(address, "receipts", &["c6.case.toml"]);
    let asked = |arguments: &[&str]| taper(&[&["plans"], arguments, &["--server", address]].concat());
    let issued = succeeded(asked(&["issue", "--clinic", "receipts"]));
    let name = issued.lines().last().unwrap();
    assert!(issued.contains("  Facts      SHA-256 ") && name.contains("/recommendations/"), "{issued}");
    let verified = succeeded(asked(&["verify", name]));
    assert!(verified.contains(name) && verified.contains("\nVERIFIED: "), "{verified}");
    let (plan, _) = name.rsplit_once("/recommendations/").unwrap();
    assert!(failed(asked(&["verify", plan])).contains("(INVALID_FIELDS)"));
    assert!(server.stopped().success());
}

#[test]
fn a_version_is_published_and_a_plan_moves_to_it_after_the_difference_was_shown() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::dev(folder.path(), &[]);
    let address = server.address.as_str();
    played(address, "own", &["c6.case.toml"]);
    let text = std::fs::read_to_string("../core/protocols/hamstring-strain/protocol.toml").unwrap();
    let mine = text.replacen("version = \"1\"", "version = \"own-1\"", 1);
    let file = folder.path().join("mine.toml");
    std::fs::write(&file, mine).unwrap();
    let publish = ["protocols", "publish", file.to_str().unwrap(), "--clinic", "own", "--server", address];
    let published = succeeded(taper(&publish));
    let version = "clinics/own/protocols/hamstring-strain/versions/own-1";
    assert!(published.starts_with(&format!("{version}  ")), "{published}");
    let migrate = |more: &[&str]| {
        let arguments = ["plans", "migrate", "--clinic", "own", "--to", version, "--server", address];
        taper(&[&arguments[..], more].concat())
    };
    let shown = succeeded(migrate(&[]));
    assert!(shown.contains("would follow the clinic's own protocol hamstring-strain, version own-1"), "{shown}");
    let etag = shown.trim_end().rsplit(' ').next().unwrap();
    assert!(succeeded(migrate(&["--etag", etag])).contains("The plan was moved"), "{shown}");
    assert!(failed(migrate(&[])).contains("is the version that the plan follows already"));
    assert!(server.stopped().success());
}

#[test]
fn the_caseload_names_the_therapist_and_says_which_plans_an_earlier_day_leaves_out() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::dev(folder.path(), &[]);
    let address = server.address.as_str();
    played(address, "named", &["c6.case.toml"]);
    let asked =
        |more: &[&str]| succeeded(taper(&[&["caseload", "--clinic", "named", "--server", address], more].concat()));
    let listed = asked(&[]);
    assert!(listed.ends_with("1 plan; that is all.\n"), "{listed}");
    let plan = listed.lines().find(|line| line.contains("/treatmentPlans/")).unwrap().trim().to_owned();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let endpoint = tonic::transport::Endpoint::from_shared(format!("http://{address}")).unwrap();
        let channel = endpoint.connect().await.unwrap();
        let request = v1::CreateTherapistRequest {
            parent: "clinics/named".to_owned(),
            therapist: Some(v1::Therapist {
                display_name: "Therese Example".to_owned(),
                discipline: v1::Discipline::Physiotherapist.into(),
                ..Default::default()
            }),
            request_id: uuid::Uuid::now_v7().to_string(),
        };
        let therapist = PatientServiceClient::new(channel.clone()).create_therapist(request).await.unwrap();
        let session = v1::Session {
            kind: v1::SessionKind::Massage.into(),
            state: v1::SessionState::Planned.into(),
            start_time: Some(std::time::SystemTime::now().into()),
            minutes: 30,
            therapist: therapist.into_inner().name,
            ..Default::default()
        };
        let request_id = uuid::Uuid::now_v7().to_string();
        let request = v1::CreateSessionRequest { parent: plan, session: Some(session), request_id };
        SessionServiceClient::new(channel).create_session(request).await.unwrap();
    });
    // A connection that is kept would hold the server back when it stops.
    drop(runtime);
    let named = asked(&[]);
    assert!(named.lines().nth(1).unwrap().ends_with("  Therese Example"), "{named}");
    let earlier = asked(&["--as-of", "2026-04-06"]);
    let ending = "1 plan; that is all.\nPlans that were active on 2026-04-06 and have ended since are not listed.\n";
    assert!(earlier.ends_with(ending), "{earlier}");
    assert!(server.stopped().success());
}
