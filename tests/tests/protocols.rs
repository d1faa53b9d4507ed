//! A clinic's own protocol versions: published with their golden cases, tested by name, refused with every fault.

use std::time::{Duration, Instant};

use taper_api::v1;
use taper_tests::{Clinic, Database, Refused, World, request_id};
use tonic::Code;

const STRAIN: &str = include_str!("../../crates/core/protocols/hamstring-strain/protocol.toml");
const C1: &str = include_str!("../../crates/core/protocols/hamstring-strain/cases/c1.case.toml");
const ODD_LASER: &str = include_str!("../../crates/core/protocols/hamstring-strain/cases/odd-laser.case.toml");

/// The built-in document under another version.
fn own(version: &str) -> String {
    STRAIN.replacen("version = \"1\"", &format!("version = \"{version}\""), 1)
}

fn publish(clinic: &Clinic, document: String, cases: &[&str]) -> v1::CreateProtocolVersionRequest {
    let cases = cases.iter().map(|case| (*case).to_owned()).collect();
    v1::CreateProtocolVersionRequest { parent: clinic.name.clone(), document, cases, request_id: request_id() }
}

fn by_name(name: &str) -> v1::TestProtocolRequest {
    v1::TestProtocolRequest { name: name.to_owned(), ..Default::default() }
}

#[tokio::test]
async fn a_version_is_tested_on_the_golden_cases_that_it_was_published_with() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let clinic = Clinic::open(&world).await;
        let mut protocols = world.protocols();
        let request = publish(&clinic, own("own-1"), &[ODD_LASER, C1]);
        let name = protocols.create_protocol_version(request).await.unwrap().into_inner().name;

        let answer = protocols.test_protocol(by_name(&name)).await.unwrap().into_inner();
        assert_eq!((answer.passed_count, answer.failed_count), (2, 0), "{database:?} {answer:?}");
        let ids: Vec<&str> = answer.results.iter().map(|result| result.case_id.as_str()).collect();
        assert_eq!(ids, ["ODD-2", "C1"], "in the order in which they were published");

        let built_in = protocols.test_protocol(by_name("protocols/hamstring-strain/versions/1")).await.unwrap();
        assert!(built_in.into_inner().passed_count > 20, "{database:?}");
        world.stop().await;
    }
}

#[tokio::test]
async fn a_test_of_nothing_is_refused() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let clinic = Clinic::open(&world).await;
        let mut protocols = world.protocols();
        let request = publish(&clinic, own("own-1"), &[]);
        let name = protocols.create_protocol_version(request).await.unwrap().into_inner().name;
        let document = v1::TestProtocolRequest { document: own("own-2"), ..Default::default() };
        for request in [by_name(&name), document] {
            let refused = Refused::of(&protocols.test_protocol(request).await.unwrap_err());
            assert_eq!(refused.code, Code::InvalidArgument, "{database:?}");
            assert_eq!(refused.fields, ["cases"], "{database:?}");
        }
        world.stop().await;
    }
}

#[tokio::test]
async fn a_version_that_fails_a_golden_case_is_not_published() {
    let (start, _) = ODD_LASER.split_once("[step.expect]").expect("the case expects something");
    let wrong = format!("{start}[step.expect]\nmodalities = {{ laser = {{ permission = \"blocked\" }} }}\n");
    for database in Database::ALL {
        let world = World::start(database).await;
        let clinic = Clinic::open(&world).await;
        let mut protocols = world.protocols();
        let request = publish(&clinic, own("own-1"), &[C1, &wrong, start]);
        let refused = Refused::of(&protocols.create_protocol_version(request).await.unwrap_err());
        assert_eq!(refused.code, Code::InvalidArgument, "{database:?}");
        assert_eq!(refused.fields, ["cases[1]", "cases[2]"], "{database:?}: one is wrong, one expects nothing");
        let name = format!("{}/protocols/hamstring-strain/versions/own-1", clinic.name);
        let missing = protocols.get_protocol(v1::GetProtocolRequest { name }).await.unwrap_err();
        assert_eq!(missing.code(), Code::NotFound, "{database:?}");
        world.stop().await;
    }
}

#[tokio::test]
async fn a_hostile_document_is_refused_quickly_and_by_name() {
    let world = World::start(Database::Sqlite).await;
    let mut protocols = world.protocols();
    let nested = format!("{}x = {}1{}", own("n"), "[".repeat(10_000), "]".repeat(10_000));
    let test = r#"{ fact = "activity_degree", op = "=", value = "first" }"#;
    let deep = format!("{}{test}{}", "{ all = [".repeat(10_000), "] }".repeat(10_000));
    // 122 KB more than the document's own: a version with nothing else.
    let (head, _) = own("g").split_once("[[rule]]").map(|(head, rest)| (head.to_owned(), rest.to_owned())).unwrap();
    let rule = STRAIN.split("[[rule]]").find(|rule| rule.contains(test)).expect("a rule with this test");
    let groups = format!("{head}[[rule]]{}", rule.replacen(test, &deep, 1));
    let figure = own("f").replacen("value = 48", "value = nan", 1);
    for (document, says) in [(nested, "nest"), (groups, "nested too deeply"), (figure, "nan")] {
        let begun = Instant::now();
        let request = v1::ValidateProtocolRequest { document };
        let answer = protocols.validate_protocol(request).await.expect("faults are the answer").into_inner();
        assert!(begun.elapsed() < Duration::from_secs(2), "{says}: {:?}", begun.elapsed());
        let faults = &answer.faults;
        assert!(faults.iter().any(|fault| fault.line > 0 && fault.reason.to_lowercase().contains(says)), "{faults:?}");
    }
    let begun = Instant::now();
    let request = v1::ValidateProtocolRequest { document: "#".repeat(100 << 20) };
    let refused = protocols.max_encoding_message_size(200 << 20).validate_protocol(request).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    world.stop().await;
}
