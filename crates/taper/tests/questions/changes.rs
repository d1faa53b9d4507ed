//! The commands that store something: receipts, a clinic's own versions, and plans that move to them.

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
