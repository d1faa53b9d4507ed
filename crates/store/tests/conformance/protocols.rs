//! A clinic's own protocol versions: published once, read as they were published, and kept parsed.

use std::sync::Arc;

use taper_core::protocol::{self, Protocol};
use taper_core::record::plan::ProtocolRef;
use taper_store::{Error, Options, Store, protocols};

use crate::harness::{Home, Kind, clinic, instant, on_both, soon};

on_both! {
    a_published_version_reads_back_and_never_changes;
    a_built_in_version_cannot_be_published_and_is_found_everywhere;
    a_clinics_protocol_is_unknown_to_another_clinic;
    protocols_come_page_by_page_by_id_and_version;
    a_protocol_is_parsed_once;
    a_change_of_any_stored_column_is_found;
}

/// The first built-in protocol under another version.
fn own(version: &str) -> Protocol {
    let built_in = &protocol::builtin()[0];
    let line = format!("version = \"{}\"", built_in.reference.version);
    assert!(built_in.document.contains(&line));
    let document = built_in.document.replacen(&line, &format!("version = \"{version}\""), 1);
    Protocol::parse(&document, &[]).unwrap()
}

fn reference(version: &str) -> ProtocolRef {
    ProtocolRef { version: version.to_owned(), ..protocol::builtin()[0].reference.clone() }
}

async fn a_published_version_reads_back_and_never_changes(home: &Home) {
    let content = own("here-1");
    let tx = home.write("here").await;
    let cases = ["second = 2".to_owned(), "first = 1".to_owned()];
    protocols::create(&tx, &content, &cases, instant(20)).await.unwrap();
    tx.commit().await.unwrap();
    let tx = home.write("here").await;
    assert_eq!(protocols::golden_cases(&tx, &reference("here-1")).await.unwrap(), cases);
    assert_eq!(protocols::golden_cases(&tx, &reference("here-2")).await.unwrap(), [""; 0]);
    assert_eq!(*protocols::get(&tx, &reference("here-1")).await.unwrap(), content);
    assert_eq!(*protocols::pinned(&tx, &reference("here-1")).await.unwrap(), content);
    let again = protocols::create(&tx, &content, &[], instant(21)).await;
    assert_eq!(again, Err(Error::AlreadyExists { what: "this version of the protocol" }));
}

async fn a_built_in_version_cannot_be_published_and_is_found_everywhere(home: &Home) {
    let tx = home.write("here").await;
    let refused = protocols::create(&tx, &protocol::builtin()[0], &[], instant(20)).await;
    assert_eq!(refused, Err(Error::AlreadyExists { what: "this version of the protocol" }));
    let before = tx.statements();
    for built_in in protocol::builtin() {
        let found = protocols::pinned(&tx, &built_in.reference).await.unwrap();
        assert_eq!(*found, *built_in);
        assert!(Arc::ptr_eq(&found, &protocols::get(&tx, &built_in.reference).await.unwrap()));
    }
    assert_eq!(tx.statements(), before);
}

async fn a_clinics_protocol_is_unknown_to_another_clinic(home: &Home) {
    let tx = home.write("here").await;
    protocols::create(&tx, &own("here-1"), &[], instant(20)).await.unwrap();
    protocols::pinned(&tx, &reference("here-1")).await.unwrap();
    tx.commit().await.unwrap();
    let tx = home.write("there").await;
    let id = &reference("here-1").protocol;
    let missing = Error::NotFound { name: format!("clinics/there/protocols/{id}/versions/here-1") };
    assert_eq!(protocols::get(&tx, &reference("here-1")).await.err(), Some(missing.clone()));
    assert_eq!(protocols::pinned(&tx, &reference("here-1")).await.err(), Some(missing));
    assert_eq!(protocols::find(&tx, &reference("here-1")).await, Ok(None));
    assert_eq!(protocols::list(&tx, None, 9).await, Ok(vec![]));
    protocols::create(&tx, &own("here-1"), &[], instant(20)).await.unwrap();
    drop(tx);
    let tx = home.write("nowhere").await;
    let missing = Error::NotFound { name: "clinics/nowhere".to_owned() };
    assert_eq!(protocols::list(&tx, None, 9).await, Err(missing.clone()));
    assert_eq!(protocols::create(&tx, &own("1-b"), &[], instant(20)).await, Err(missing));
}

async fn protocols_come_page_by_page_by_id_and_version(home: &Home) {
    let tx = home.write("here").await;
    for version in ["c", "a-1", "b.1", "d", "10"] {
        protocols::create(&tx, &own(version), &[], instant(20)).await.unwrap();
    }
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = protocols::list(&tx, after.as_ref(), 2).await.unwrap();
        after = page.last().map(|protocol| protocol.reference.clone());
        if page.is_empty() {
            break;
        }
        seen.extend(page.iter().map(|protocol| protocol.reference.version.clone()));
    }
    assert_eq!(seen, ["10", "a-1", "b.1", "c", "d"]);
}

async fn a_protocol_is_parsed_once(home: &Home) {
    let tx = home.write("here").await;
    protocols::create(&tx, &own("here-1"), &[], instant(20)).await.unwrap();
    tx.commit().await.unwrap();
    let tx = home.read("here").await;
    let first = protocols::pinned(&tx, &reference("here-1")).await.unwrap();
    drop(tx);
    let tx = home.read("here").await;
    let before = tx.statements();
    let second = protocols::pinned(&tx, &reference("here-1")).await.unwrap();
    assert_eq!(tx.statements() - before, 1);
    assert!(Arc::ptr_eq(&first, &second));
}

async fn a_change_of_any_stored_column_is_found(home: &Home) {
    let tx = home.write("here").await;
    protocols::create(&tx, &own("here-1"), &[], instant(20)).await.unwrap();
    tx.commit().await.unwrap();
    home.tamper("CREATE TABLE untouched AS SELECT * FROM protocols".to_owned()).await.unwrap();
    // created_at does not count: nothing follows from when a version was published.
    for change in [
        "clinic_id = 'herex'",
        "protocol_id = protocol_id || 'x'",
        "version = version || 'x'",
        "document = replace(document, 'pain', 'Pain')",
        "document = document || ' '",
        "document = ''",
        "sha256 = replace(sha256, 'a', 'b')",
    ] {
        home.tamper(format!("UPDATE protocols SET {change}")).await.unwrap();
        let tx = home.read("here").await;
        let found = protocols::get(&tx, &reference("here-1")).await.err();
        assert!(matches!(found, Some(Error::Damaged { .. } | Error::NotFound { .. })), "{change}: {found:?}");
        if home.kind == Kind::Postgres {
            // Another process, which has not parsed it yet.
            let other = Store::open(&home.url, Options::default()).await.unwrap();
            let tx = other.begin_read(&clinic("here"), soon()).await.unwrap();
            let found = protocols::pinned(&tx, &reference("here-1")).await.err();
            assert!(matches!(found, Some(Error::Damaged { .. } | Error::NotFound { .. })), "{change}: {found:?}");
            drop(tx);
            other.close().await;
        }
        drop(tx);
        home.tamper("DELETE FROM protocols; INSERT INTO protocols SELECT * FROM untouched".to_owned()).await.unwrap();
    }
    let tx = home.read("here").await;
    // A version under another name: the document says which it is.
    home.tamper("UPDATE protocols SET version = 'here-2'".to_owned()).await.unwrap();
    drop(tx);
    let tx = home.read("here").await;
    let found = protocols::pinned(&tx, &reference("here-2")).await.err();
    assert_eq!(found, Some(Error::Damaged { what: "protocols".to_owned() }));
}
