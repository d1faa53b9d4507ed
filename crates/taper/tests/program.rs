//! The built program from outside: its commands, what they print, and their exit status.

mod encrypted;
mod questions;
mod running;

use std::time::{Duration, Instant};

use running::{Server, failed, succeeded, taper, told_before_failing};
use taper_core::ids::ClinicId;
use taper_store::{Options, Store};

#[test]
fn help_names_every_command() {
    let help = succeeded(taper(&["--help"]));
    for command in [
        "dev",
        "serve",
        "migrate",
        "health",
        "case",
        "demo",
        "plans",
        "protocols",
        "caseload",
        "measures",
        "keys",
        "audit",
    ] {
        assert!(help.contains(&format!("\n  {command} ")), "{command} is missing in:\n{help}");
    }
}

#[test]
fn the_version_is_that_of_the_package() {
    assert_eq!(succeeded(taper(&["--version"])), format!("taper {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn the_measures_are_listed_without_a_server_all_or_by_a_word() {
    let all = succeeded(taper(&["measures"]));
    assert_eq!(all.lines().filter(|line| line.starts_with("palpation_length_cm ")).count(), 1, "{all}");
    for measure in taper_core::measure::ALL {
        assert!(all.contains(measure.code), "{} is missing in:\n{all}", measure.code);
    }
    let some = succeeded(taper(&["measures", "Palpation"]));
    assert!(some.contains("palpation_length_cm") && !some.contains("pain_worst_24h"), "{some}");
    let none = failed(taper(&["measures", "nothing-like-it"]));
    assert!(none.contains("no measure has \"nothing-like-it\""), "{none}");
}

#[test]
fn an_address_that_others_can_reach_is_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("data");
    let data_dir = folder.to_str().unwrap();
    for arguments in [
        ["dev", "--data-dir", data_dir, "--listen", "0.0.0.0:0", "--time-zone", "Etc/UTC"],
        ["serve", "all", "--database-url", "sqlite:///nowhere/x.db", "--listen", "[::]:0", ""],
        ["demo", "--data-dir", data_dir, "--once", "--listen", "192.0.2.1:0", ""],
    ] {
        let arguments: Vec<&str> = arguments.into_iter().filter(|one| !one.is_empty()).collect();
        let told = failed(taper(&arguments));
        assert!(told.contains("can be reached by other machines, and there is no TLS"), "{arguments:?}: {told}");
    }
    assert!(!folder.exists(), "a refused start must leave nothing behind");
}

#[test]
fn dev_is_ready_within_a_second_and_answers_health() {
    // The best of three, since other tests share the processors.
    let start = || {
        let folder = tempfile::tempdir().unwrap();
        let began = Instant::now();
        let server = Server::dev(folder.path(), &[]);
        assert_eq!(succeeded(taper(&["health", "--address", &server.address])), "SERVING\n");
        let took = began.elapsed();
        assert!(server.stopped().success());
        took
    };
    let best = (0..3).map(|_| start()).min().unwrap();
    assert!(best < Duration::from_secs(1), "ready after {best:?} at best");
}

#[test]
fn the_banner_says_address_database_clinic_and_that_there_is_no_login() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::dev(folder.path(), &["--time-zone", "America/New_York"]);
    let banner = server.banner.clone();
    let file = folder.path().join("taper.db").display().to_string();
    for part in [
        server.address.as_str(),
        &file,
        "clinics/default, time zone America/New_York",
        "none: whoever reaches",
        "buf curl --protocol grpc --http2-prior-knowledge",
        " demo",
        " health --address",
    ] {
        assert!(banner.contains(part), "{part:?} is missing in:\n{banner}");
    }
    assert!(server.stopped().success());
}

#[test]
fn the_clinic_keeps_the_time_zone_of_the_first_start() {
    let folder = tempfile::tempdir().unwrap();
    let first = Server::dev(folder.path(), &["--time-zone", "Asia/Tokyo"]);
    assert!(first.stopped().success());
    let second = Server::dev(folder.path(), &["--time-zone", "Europe/Paris"]);
    assert!(second.banner.contains("time zone Asia/Tokyo"), "{}", second.banner);
    assert!(second.stopped().success());
}

#[test]
fn a_second_server_on_the_same_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let first = Server::dev(folder.path(), &[]);
    let data_dir = folder.path().to_str().unwrap();
    let told = failed(taper(&["dev", "--data-dir", data_dir, "--listen", "127.0.0.1:0"]));
    assert!(told.starts_with("taper: cannot open") && told.lines().count() == 1, "{told}");
    assert!(first.stopped().success());
}

#[test]
fn a_taken_port_is_refused_with_what_to_do() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let told = failed(taper(&["dev", "--data-dir", folder.path().to_str().unwrap(), "--listen", &address]));
    assert!(told.contains(&address) && told.contains("--listen"), "{told}");
}

#[test]
fn health_of_nobody_is_a_failure_that_says_so() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let told = failed(taper(&["health", "--address", &free]));
    assert!(told.contains("nobody answers at") && told.contains(&free), "{told}");
}

#[test]
fn health_of_one_service_is_told_and_an_unknown_one_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::dev(folder.path(), &[]);
    let ask = |service: &str| taper(&["health", "--address", &server.address, "--service", service]);
    assert_eq!(succeeded(ask("taper.v1.TreatmentPlanService")), "SERVING\n");
    assert!(failed(ask("taper.v1.NoService")).contains("does not serve taper.v1.NoService"));
    assert!(server.stopped().success());
}

#[test]
fn a_database_is_migrated_on_demand_and_its_state_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("clinic.db").display());
    let migrate = |what: &str| succeeded(taper(&["migrate", what, "--database-url", &url]));
    let before = migrate("status");
    assert!(before.contains("pending  ") && before.contains("taper migrate up"), "{before}");
    let first = migrate("up");
    assert!(first.contains("applied  ") && first.contains("up to date"), "{first}");
    assert!(migrate("up").starts_with("Nothing to do"));
    let after = migrate("status");
    assert!(after.contains("applied  ") && !after.contains("pending"), "{after}");
}

#[test]
fn serve_refuses_a_database_with_pending_migrations() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("clinic.db").display());
    let told = failed(taper(&["serve", "all", "--database-url", &url, "--listen", "127.0.0.1:0"]));
    assert!(told.contains("taper migrate up") && told.contains("pending"), "{told}");
}

#[test]
fn a_key_for_a_clinic_that_is_not_there_is_refused_with_who_makes_clinics() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("clinic.db").display());
    succeeded(taper(&["migrate", "up", "--database-url", &url]));
    let create =
        ["keys", "create", "--clinic", "nowhere", "--client", "x", "--role", "auditor", "--database-url", &url];
    let told = failed(taper(&create));
    assert!(told.contains("CreateClinic") && told.contains("clinics/nowhere was not found"), "{told}");
}

#[test]
fn a_key_is_bound_to_the_certificate_whose_fingerprint_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("clinic.db").display());
    succeeded(taper(&["migrate", "up", "--database-url", &url]));
    let create = |client: &str, print: &str| {
        let bound = ["--certificate-sha256", print, "--database-url", &url];
        taper(&[&["keys", "create", "--operator", "--client", client][..], &bound].concat())
    };
    let (plain, colons) = ("0aF9".repeat(16), vec!["0A:f9"; 16].join(":"));
    for (client, print) in [("plain", &plain), ("colons", &colons)] {
        let key = succeeded(create(client, print));
        let id = key.split('_').nth(2).unwrap().to_owned();
        let bytes = tokio::runtime::Runtime::new().unwrap().block_on(async {
            let store = Store::open(&url, Options::default()).await.unwrap();
            let soon = Instant::now() + Duration::from_secs(30);
            let tx = store.begin_read(&ClinicId::deployment(), soon).await.unwrap();
            let (key, _) = taper_store::keys::get(&tx, &id).await.unwrap();
            drop(tx);
            store.close().await;
            key.certificate
        });
        assert_eq!(bytes.unwrap().as_slice(), [0x0a, 0xf9].repeat(16), "{client}");
    }
    for wrong in
        ["", "0a", &plain[2..], &format!("{plain}0a"), &plain.replace('F', "g"), &plain.replace("0a", "+a"), "é"]
    {
        let told = failed(create("wrong", wrong));
        assert!(told.contains("64 hexadecimal digits"), "{wrong:?}: {told}");
    }
}

#[test]
fn serve_serves_the_parts_that_were_asked_for_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("clinic.db").display());
    succeeded(taper(&["migrate", "up", "--database-url", &url]));
    for (part, own, other) in [
        ("patients", "taper.v1.PatientService", "taper.v1.SessionService"),
        ("assessments", "taper.v1.AssessmentService", "taper.v1.PatientService"),
        ("treatment-plans", "taper.v1.SessionService", "taper.v1.AssessmentService"),
    ] {
        let server = Server::serve(part, &url);
        let ask = |service: &str| taper(&["health", "--address", &server.address, "--service", service]);
        assert_eq!(succeeded(ask(own)), "SERVING\n", "{part}");
        failed(ask(other));
        assert!(server.stopped().success());
    }
}

#[test]
fn a_database_url_of_another_kind_is_refused_without_its_password() {
    let told = failed(taper(&["migrate", "status", "--database-url", "mysql://ann:s3cret@db/x"]));
    assert!(told.contains("postgres://") && !told.contains("s3cret"), "{told}");
}

const STORY: &str = "../core/protocols/hamstring-strain/cases/c1.case.toml";

#[test]
fn a_story_is_told_by_date_with_phase_visits_and_reasons() {
    let told = succeeded(taper(&["case", "run", STORY]));
    for part in [
        "C1: First degree",
        "2026-03-03, day 1 (week 1)",
        "  Recorded   Assessment: ",
        "  Phase      1 (reduce pain and inflammation): HOLD",
        "P1-PROG-4 unmet: ",
        "ADVANCE to 2",
        "  Visits     3 a week",
        "  Running    not yet",
    ] {
        assert!(told.contains(part), "{part:?} is missing in:\n{told}");
    }
    assert!(told.lines().all(|line| line.chars().count() <= 100), "{told}");
    assert!(!told.contains('\u{1b}'), "no colour in a pipe");
}

#[test]
fn stories_that_hold_pass_and_are_counted() {
    let told = succeeded(taper(&["case", "test", STORY, STORY]));
    assert_eq!(told, format!("ok      {STORY}\nok      {STORY}\n2 passed, 0 failed\n"));
}

#[test]
fn a_story_that_expects_something_else_fails_with_line_expected_and_found() {
    let text = std::fs::read_to_string(STORY).unwrap();
    let wrong = text.replacen("phase_action = \"advance\"", "phase_action = \"regress\"", 1);
    assert_ne!(text, wrong);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wrong.case.toml");
    std::fs::write(&file, wrong).unwrap();
    let told = told_before_failing(taper(&["case", "test", STORY, file.to_str().unwrap()]));
    assert!(told.contains("phase_action: expected Regress, found Advance"), "{told}");
    assert!(told.contains("    line ") && told.ends_with("1 passed, 1 failed\n"), "{told}");
}

#[test]
fn a_story_that_does_not_read_or_expects_nothing_fails() {
    let folder = tempfile::tempdir().unwrap();
    let check = |text: &str, reason: &str| {
        let file = folder.path().join("bad.case.toml");
        std::fs::write(&file, text).unwrap();
        let told = told_before_failing(taper(&["case", "test", file.to_str().unwrap()]));
        assert!(told.contains(reason) && told.ends_with("0 passed, 1 failed\n"), "{told}");
    };
    check("id = 7", "is no story: line 1");
    let text = std::fs::read_to_string(STORY).unwrap();
    let (start, _) = text.split_once("[[step]]").unwrap();
    check(&format!("{start}[[step]]\nday = 1\n"), "it expects nothing");
    assert!(failed(taper(&["case", "run", "nowhere.case.toml"])).contains("cannot read nowhere.case.toml"));
}

#[test]
fn the_demo_tells_the_whole_story_through_grpc_and_ends() {
    let told = succeeded(taper(&["demo", "--once", "--listen", "127.0.0.1:0"]));
    for part in [
        "The source article, from the first visit to discharge",
        "not started; the findings fit a start in 2",
        "STEP DOWN to 2 a week",
        "ADVANCE to 3",
        "ADVANCE to 4",
        ": DISCHARGE",
        "  Phase      discharged",
        "RF-PERSISTENT routine",
        "allowed, below 9 km/h",
    ] {
        assert!(told.contains(part), "{part:?} is missing in:\n{told}");
    }
}

#[test]
fn the_demo_leaves_its_server_running_and_its_database_where_it_was_asked_to() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::demo(folder.path());
    assert!(server.banner.contains("GetRecommendation"), "{}", server.banner);
    assert_eq!(succeeded(taper(&["health", "--address", &server.address])), "SERVING\n");
    assert!(server.stopped().success());
    assert!(folder.path().join("taper.db").exists());
}
