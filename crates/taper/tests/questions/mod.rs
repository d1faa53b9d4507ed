//! The commands that ask a server about a plan, and those that check protocols without one, from outside.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod changes;
mod holds;

use std::process::Output;
use std::sync::{Arc, Mutex, Weak};

use taper::play::{self, Clinic};
use taper_core::case::Case;
use taper_core::protocol::builtin;
use taper_core::record::clinic::TimeZoneName;

use crate::running::{Server, failed, succeeded, taper, told_before_failing};

/// A server with the demo's case on it; the tests that run at once share it, and none changes what it holds.
struct Demo {
    server: Server,
    plan: String,
    _folder: tempfile::TempDir,
}

static SHARED: Mutex<Weak<Demo>> = Mutex::new(Weak::new());

fn demo() -> Arc<Demo> {
    let mut shared = SHARED.lock().unwrap();
    if let Some(running) = shared.upgrade() {
        return running;
    }
    let folder = tempfile::tempdir().unwrap();
    let server = Server::demo(folder.path());
    // The demo prints the command with the plan's name, to be copied.
    let is_plan = |word: &&str| word.starts_with("clinics/") && word.contains("/treatmentPlans/");
    let plan = server.banner.split_whitespace().find(is_plan).unwrap().to_owned();
    let started = Arc::new(Demo { server, plan, _folder: folder });
    *shared = Arc::downgrade(&started);
    started
}

/// The day on which fewer visits were decided, and the phase is held.
const DAY: &str = "2026-03-23";
const NEXT_DAY: &str = "2026-03-24";

/// The day of the fourth assessment: there are values enough for a trend.
const TREND_DAY: &str = "2026-05-04";

/// Asks about the demo's plan.
fn asked(what: &str, more: &[&str]) -> Output {
    let demo = demo();
    let mut arguments = vec!["plans", what, &demo.plan, "--server", &demo.server.address];
    arguments.extend(more);
    taper(&arguments)
}

fn place(text: &str, part: &str) -> usize {
    text.find(part).unwrap_or_else(|| panic!("{part:?} is missing in:\n{text}"))
}

#[test]
fn explain_prints_the_demos_case_on_one_screen_in_the_order_of_its_weight() {
    let told = succeeded(asked("explain", &["--as-of", DAY]));
    assert!(told.contains("\n  SOURCES    S19 Whiteley 2018"), "{told}");
    assert!(told.lines().count() <= 50, "{} lines:\n{told}", told.lines().count());
    assert!(told.lines().all(|line| line.chars().count() <= 100), "{told}");
    let order = [
        "Rosa Example, born 1986-01-10; left hamstring, tie-in, since 2024-01-02\nPlan ",
        "on 2026-03-23, by hamstring-persistent, version 1",
        "! REFER routine, beside the treatment: persistent pain, open since 2024-04-02",
        "  PHASE      2 (restore range of motion): HOLD",
        "  not met    The painful length on palpation is at most half of the baseline. [P2-PROG-3:",
        "  VISITS     2 a week, 30 min: HOLD (advised: 2 a week)",
        "WHAT WOULD CHANGE IT",
        "  next phase from 2026-",
        "  RUNNING    allowed, below 11 km/h, pain at most 2/10",
        "  STRETCHING blocked",
        "  HANDS-ON   massage allowed",
        "Taper supports a clinician, who decides.",
    ];
    let places: Vec<usize> = order.iter().map(|part| place(&told, part)).collect();
    assert!(places.is_sorted(), "{places:?} in:\n{told}");
}

#[test]
fn every_stage_of_the_demos_case_fits_one_screen() {
    let _demo = demo();
    for day in ["03-02", "03-23", "04-13", "05-04", "06-01", "07-06", "08-03", "08-10", "08-24"] {
        let told = succeeded(asked("explain", &["--as-of", &format!("2026-{day}")]));
        assert!(told.lines().count() <= 50, "{day}, {} lines:\n{told}", told.lines().count());
        assert!(told.lines().all(|line| line.chars().count() <= 100), "{day}:\n{told}");
        assert!(told.contains("! REFER routine") && told.contains("  PHASE      "), "{day}:\n{told}");
    }
}

#[test]
fn explain_takes_a_width_everything_and_what_was_known_at_an_instant() {
    let _demo = demo();
    let narrow = succeeded(asked("explain", &["--as-of", DAY, "--width", "80"]));
    assert!(narrow.lines().all(|line| line.chars().count() <= 80), "{narrow}");
    let all = succeeded(asked("explain", &["--as-of", DAY, "--all"]));
    assert!(all.contains("Every rule that applies") && all.contains("(assessments/"), "{all}");
    // Nothing of the plan had been recorded then.
    let early = failed(asked("explain", &["--known-at", "2020-01-01T00:00:00Z"]));
    assert!(early.contains("RESOURCE_NOT_FOUND"), "{early}");
}

#[test]
fn the_only_plan_of_a_clinic_needs_no_name_and_its_id_is_enough() {
    let demo = demo();
    let address = demo.server.address.as_str();
    let id = demo.plan.rsplit('/').next().unwrap();
    let whole = succeeded(asked("explain", &["--as-of", DAY]));
    let alone = taper(&["plans", "explain", "--clinic", "default", "--as-of", DAY, "--server", address]);
    assert_eq!(succeeded(alone), whole);
    let by_id = taper(&["plans", "explain", id, "--clinic", "default", "--as-of", DAY, "--server", address]);
    assert_eq!(succeeded(by_id), whole);
    let other = taper(&["plans", "explain", "no-such-id", "--clinic", "default", "--server", address]);
    assert!(failed(other).contains("clinics/default has no such plan"));
}

#[test]
fn simulate_shows_the_advice_on_record_beside_the_supposed_one() {
    let _demo = demo();
    // A day later, since of two values of one day the worse one counts.
    let told = succeeded(asked("simulate", &["--measure", "palpation_length_cm=3", "--on", NEXT_DAY]));
    let phase = told.lines().find(|line| line.starts_with("  Phase")).unwrap();
    assert!(phase.contains("HOLD") && told.contains("ADVANCE to 3"), "{told}");
    assert!(told.contains("length of the painful area 3 cm"), "{told}");
    assert!(told.contains("Nothing was stored."), "{told}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("facts.toml");
    std::fs::write(
        &file,
        "[[assess]]\npalpation_length_cm = 3\n[[activity]]\nkind = \"run\"\nspeed_kmh = 8\npain_during = 0\n",
    )
    .unwrap();
    let told = succeeded(asked("simulate", &["--facts", file.to_str().unwrap(), "--on", NEXT_DAY]));
    assert!(told.contains("Run, 8 km/h, pain during 0") && told.contains("ADVANCE to 3"), "{told}");
    // What was supposed is not on record.
    let after = succeeded(asked("explain", &["--as-of", DAY]));
    assert!(after.contains("  PHASE      2 (restore range of motion): HOLD"), "{after}");
}

#[test]
fn simulate_refuses_facts_that_are_wrong_with_the_place_and_the_reason() {
    let _demo = demo();
    let told = failed(asked("simulate", &["--measure", "pain_rest=11"]));
    assert!(told.contains("`pain_rest` is 11"), "{told}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("facts.toml");
    std::fs::write(&file, "[[assess]]\npain_rest = 1\n[[activity]]\nkind = \"swim\"\n").unwrap();
    let told = failed(asked("simulate", &["--facts", file.to_str().unwrap()]));
    assert!(told.contains("facts.toml: [[activity]] 1: "), "{told}");
    assert!(failed(asked("simulate", &["--facts", "nowhere.toml"])).contains("cannot read nowhere.toml"));
}

#[test]
fn forecast_tells_dates_with_an_interval_and_with_a_price_what_each_ladder_costs() {
    let _demo = demo();
    let told = succeeded(asked("forecast", &["--as-of", TREND_DAY]));
    assert!(told.contains("  Visits     ") && told.contains("  Weeks      "), "{told}");
    assert!(told.contains("never a") && !told.contains("patient pays"), "{told}");
    let price = ["--price", "120.00", "--deductible", "400", "--coinsurance", "20", "--authorized", "6"];
    let told = succeeded(asked("forecast", &[&["--as-of", TREND_DAY, "--ladder", "3,1"], &price[..]].concat()));
    assert!(told.contains(" (the plan's)") && told.contains("\n  3-1 "), "{told}");
    assert!(told.contains(" USD") && told.contains("that the deductible does not take in full"), "{told}");
    // The plan ran to 2026-08-10: until the gates of discharge were met only the least can be told, the limits with it.
    for day in [TREND_DAY, "2026-06-01", "2026-07-06"] {
        let told = succeeded(asked("forecast", &[&["--as-of", day], &price[..]].concat()));
        assert!(told.contains("  Visits     at least ") && told.contains("  Weeks      at least "), "{day}:\n{told}");
        assert!(told.contains("also waits for what is not forecast:\n    T4: "), "{day}:\n{told}");
        assert!(told.contains(": 0, needed at least 2\n"), "{day}:\n{told}");
        assert!(told.contains("visit 7, if it comes to that, is the first that is not authorised"), "{day}:\n{told}");
        assert!(!told.contains(" to 2026-"), "{day}:\n{told}");
    }
    let told = succeeded(asked("forecast", &["--as-of", "2026-08-03", "--price", "9000", "--currency", "JPY"]));
    assert!(told.contains("  Visits     1 (1 to 1)") && told.contains("2026-08-09 to 2026-08-10"), "{told}");
    assert!(told.contains("9000 JPY (9000 to 9000)"), "{told}");
    // With two values nothing is drawn out.
    let told = succeeded(asked("forecast", &["--as-of", DAY]));
    assert!(told.contains("too few: values on 4 days are needed"), "{told}");
}

#[test]
fn trends_tell_each_measure_and_what_its_change_is_worth() {
    let told =
        succeeded(asked("trends", &["--as-of", "2026-05-04", "--measure", "pain_worst_24h", "--measure", "lefs"]));
    for part in ["worst pain in 24 hours", "Lower Extremity Functional Scale", "baseline", "2026-03-02", "detectable"] {
        assert!(told.contains(part), "{part:?} is missing in:\n{told}");
    }
    assert!(!told.contains("active knee extension deficit"), "{told}");
}

#[test]
fn trends_fit_one_screen_unless_every_value_is_asked_for() {
    let _demo = demo();
    let told = succeeded(asked("trends", &[]));
    assert!(told.lines().count() <= 45, "{told}");
    let parts =
        ["Numbers: first, latest", "Findings that changed", "changed for the better", "The same at every look: "];
    for part in parts {
        assert!(told.contains(part), "{part:?} is missing in:\n{told}");
    }
    // Every value ends within the error of the best one.
    assert!(!told.contains("PLATEAU") && !told.contains("RED FLAG"), "{told}");
    let all = succeeded(asked("trends", &["--all"]));
    assert!(all.lines().count() > 300 && all.contains("\nchest pain\n  2026-03-02  absent  "), "{all}");
}

#[test]
fn visits_are_counted_and_reviews_told() {
    let told = succeeded(asked("visits", &["--as-of", DAY]));
    for part in ["  Reviews    ", "  Attended   10 of ", "week from", "tie-in", "How visits are counted"] {
        assert!(told.contains(part), "{part:?} is missing in:\n{told}");
    }
}

#[test]
fn the_caseload_is_listed_a_page_at_a_time() {
    let demo = demo();
    let address = demo.server.address.as_str();
    // The demo's plan has ended: nobody is on the caseload.
    let told = succeeded(taper(&["caseload", "--clinic", "default", "--all", "--server", address]));
    assert_eq!(told, "0 plans; that is all.\n");
    let told = failed(taper(&["caseload", "--clinic", "nowhere", "--server", address]));
    assert!(told.contains("RESOURCE_NOT_FOUND"), "{told}");
}

/// Plays built-in cases in a clinic of their own, on the demo's server.
fn played(address: &str, clinic: &str, names: &[&str]) {
    let cases = builtin::DOCUMENTS.iter().flat_map(|document| document.cases);
    let cases = cases.filter(|(name, _)| names.contains(name)).map(|(_, text)| Case::parse(text).unwrap());
    played_cases(address, clinic, cases.collect());
}

fn played_cases(address: &str, clinic: &str, cases: Vec<Case>) {
    let zone = TimeZoneName::parse("Etc/UTC").unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let endpoint = tonic::transport::Endpoint::from_shared(format!("http://{address}")).unwrap();
        let channel = endpoint.connect().await.unwrap();
        let clinic = Clinic::create(channel.clone(), clinic, &zone).await.unwrap();
        for case in cases {
            play::play(channel.clone(), &clinic, &case, |_| Ok(())).await.unwrap();
        }
    });
}

#[test]
fn the_caseload_tells_what_each_active_plan_needs_and_follows_the_pages() {
    let demo = demo();
    let address = demo.server.address.as_str();
    played(address, "north", &["c6.case.toml", "c1.case.toml"]);
    let asked = |more: &[&str]| {
        let arguments = ["caseload", "--clinic", "north", "--as-of", "2026-04-06", "--server", address];
        succeeded(taper(&[&arguments[..], more].concat()))
    };
    let all = asked(&[]);
    assert!(all.starts_with("needs ") && all.contains("NOT RESPONDING"), "{all}");
    assert!(all.contains("2 plans; that is all.\nPlans that were active on 2026-04-06"), "{all}");
    let first = asked(&["--page-size", "1"]);
    assert!(first.contains("1 plan; there are more: --all, or --page-token "), "{first}");
    let pages = asked(&["--page-size", "1", "--all"]);
    assert!(pages.contains("2 plans; that is all.\n") && pages.matches("needs ").count() == 1, "{pages}");
    let one = asked(&["--attention", "not_responding", "--all"]);
    assert!(one.contains("NOT RESPONDING") && one.contains("1 plan; that is all.\n"), "{one}");
    // The name that is printed can be asked about, and more than one plan is never guessed.
    let plan = one.lines().find(|line| line.contains("/treatmentPlans/")).unwrap().trim();
    let told = succeeded(taper(&["plans", "explain", plan, "--as-of", "2026-04-06", "--server", address]));
    assert!(told.contains("RE-EVALUATE"), "{told}");
    let told = failed(taper(&["plans", "explain", "--clinic", "north", "--server", address]));
    assert!(told.contains("clinics/north has 2 plans; name one of them:") && told.contains(plan), "{told}");
}

#[test]
fn protocols_are_listed_tested_and_replayed_by_the_server() {
    let demo = demo();
    let address = demo.server.address.as_str();
    let listed = succeeded(taper(&["protocols", "list", "--clinic", "default", "--server", address]));
    assert!(listed.contains("\nprotocols/hamstring-strain/versions/1 "), "{listed}");
    let version = "protocols/hamstring-persistent/versions/1";
    let tested = succeeded(taper(&["protocols", "test", version, "--server", address]));
    assert!(tested.contains("ok      ARTICLE: ") && tested.ends_with(" passed, 0 failed\n"), "{tested}");
    let replayed = succeeded(taper(&["protocols", "replay", version, "--clinic", "default", "--server", address]));
    assert!(replayed.contains("Manifest\n  Cases      1\n"), "{replayed}");
    assert!(replayed.contains("  Different  0 cases"), "{replayed}");
}

#[test]
fn a_refusal_is_told_with_its_reason_and_each_field() {
    let demo = demo();
    let told = failed(asked("explain", &["--as-of", "2190-01-01"]));
    assert!(told.contains("GetRecommendation was refused: InvalidArgument (INVALID_FIELDS)"), "{told}");
    assert!(told.contains("\n  as_of "), "{told}");
    let (parent, _) = demo.plan.rsplit_once('/').unwrap();
    let other = format!("{parent}/019591b2-1c5e-7c32-9d4f-0a1b2c3d4e5f");
    let told = failed(taper(&["plans", "visits", &other, "--server", &demo.server.address]));
    assert!(told.contains("RESOURCE_NOT_FOUND") && !told.contains("--known-at"), "{told}");
    for command in ["explain", "visits", "trends"] {
        let told = failed(asked(command, &["--known-at", "2020-01-01T00:00:00Z"]));
        assert!(told.contains("RESOURCE_NOT_FOUND"), "{told}");
        assert!(told.ends_with("With --known-at: or it was not recorded yet at that instant.\n"), "{told}");
    }
}

#[test]
fn nobody_at_the_address_is_a_failure_that_says_what_to_do() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    for arguments in [
        vec!["caseload", "--clinic", "default"],
        vec!["protocols", "list"],
        vec!["plans", "explain", "--clinic", "default"],
    ] {
        let told = failed(taper(&[&arguments[..], &["--server", &free]].concat()));
        assert!(told.contains("nobody answers at") && told.contains("--server"), "{arguments:?}: {told}");
    }
}

#[test]
fn a_command_line_that_is_wrong_is_told_before_anybody_is_asked() {
    for (arguments, reason) in [
        (vec!["plans", "explain"], "<PLAN>"),
        (vec!["plans", "explain", "x", "--as-of", "2026-02-30"], "must be a date"),
        (vec!["plans", "explain", "x", "--known-at", "yesterday"], "must be an instant"),
        (vec!["plans", "explain", "x", "--width", "20"], "60..=400"),
        (vec!["plans", "simulate", "x"], "<--facts <FILE>|--measure <CODE=VALUE[@SITE]>>"),
        (vec!["plans", "forecast", "x", "--deductible", "100"], "--price <AMOUNT>"),
        (vec!["plans", "forecast", "x", "--ladder", "3,2,1"], "--price <AMOUNT>"),
        (vec!["plans", "forecast", "x", "--price", "1", "--ladder", "9"], "1 to 7 visits a week"),
        (vec!["plans", "forecast", "x", "--price", "1", "--copay", "1", "--coinsurance", "1"], "cannot be used with"),
        (vec!["plans", "forecast", "x", "--price", "1", "--coinsurance", "101"], "0..=100"),
        (vec!["plans", "forecast", "x", "--price", "1", "--currency", "usd"], "three capital letters"),
        (vec!["caseload"], "--clinic <CLINIC>"),
        (vec!["caseload", "--clinic", "c", "--attention", "tired"], "possible values"),
        (vec!["caseload", "--clinic", "c", "--pages", "2", "--all"], "cannot be used with"),
        (vec!["caseload", "--clinic", "c", "--page-size", "1001"], "1..=1000"),
        (vec!["protocols", "check"], "<FILE>"),
        (vec!["protocols", "replay", "protocols/x/versions/1"], "--clinic <CLINIC>"),
    ] {
        let output = taper(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let told = failed(output);
        assert!(told.contains(reason), "{arguments:?}: {told}");
    }
    for (arguments, reason) in [
        (vec!["plans", "explain", "an-id"], "needs --clinic"),
        (vec!["plans", "explain", "clinics/default/patients/x"], "must look like clinics/"),
        (vec!["plans", "forecast", "an-id", "--price", "1,50"], "no amount of money"),
    ] {
        let told = failed(taper(&arguments));
        assert!(told.contains(reason), "{arguments:?}: {told}");
    }
}

const PROTOCOL: &str = "../core/protocols/hamstring-persistent/protocol.toml";
const ARTICLE: &str = "../core/protocols/hamstring-persistent/cases/article.case.toml";

#[test]
fn a_protocol_is_checked_without_a_server_and_every_fault_has_its_line() {
    let told = succeeded(taper(&["protocols", "check", PROTOCOL]));
    assert!(told.starts_with(&format!("{PROTOCOL}: ok, hamstring-persistent version 1, ")), "{told}");
    let text = std::fs::read_to_string(PROTOCOL).unwrap();
    let wrong = text.replacen("measure = \"palpation_length_cm\"", "measure = \"palpation_length\"", 1);
    let wrong = wrong.replacen("level = \"trial\"", "level = \"hearsay\"", 1);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wrong.toml");
    std::fs::write(&file, &wrong).unwrap();
    let told = told_before_failing(taper(&["protocols", "check", PROTOCOL, file.to_str().unwrap()]));
    let line_of = |part: &str| wrong.lines().position(|line| line.contains(part)).unwrap() + 1;
    for part in ["\"palpation_length\"", "\"hearsay\""] {
        let start = format!("{}:{}: ", file.display(), line_of(part));
        assert!(told.lines().any(|line| line.starts_with(&start)), "{start:?} is missing in:\n{told}");
    }
    assert!(failed(taper(&["protocols", "check", "nowhere.toml"])).contains("cannot read nowhere.toml"));
}

#[test]
fn a_protocol_is_tested_without_a_server_on_the_cases_beside_it_or_on_those_that_are_named() {
    let beside = succeeded(taper(&["protocols", "test", PROTOCOL]));
    assert!(beside.contains(&format!("ok      {ARTICLE}\n")) && beside.ends_with(" passed, 0 failed\n"), "{beside}");
    let text = std::fs::read_to_string(ARTICLE).unwrap();
    let wrong = text.replacen("taper_action = \"step_down\"", "taper_action = \"step_back\"", 1);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wrong.case.toml");
    std::fs::write(&file, wrong).unwrap();
    let named = told_before_failing(taper(&["protocols", "test", PROTOCOL, ARTICLE, file.to_str().unwrap()]));
    assert!(named.contains("taper_action: expected StepBack, found StepDown"), "{named}");
    assert!(named.ends_with("1 passed, 1 failed\n"), "{named}");
    let other = told_before_failing(taper(&[
        "protocols",
        "test",
        PROTOCOL,
        "../core/protocols/hamstring-strain/cases/c1.case.toml",
    ]));
    assert!(other.contains("protocol `hamstring-strain` is not at hand"), "{other}");
}
