//! Every built-in protocol parses, every golden case beside it holds, and none is left out of the list.

use std::collections::BTreeSet;
use std::path::Path;

use taper_core::case::Case;
use taper_core::protocol::builtin::DOCUMENTS;
use taper_core::protocol::{self, Protocol};

#[test]
fn every_built_in_protocol_parses_with_its_golden_cases() {
    for document in DOCUMENTS {
        let protocol =
            Protocol::parse(document.text, &[]).unwrap_or_else(|fault| panic!("{}: {fault}", document.folder));
        let mut mismatches = Vec::new();
        for (name, text) in document.cases {
            match Case::parse_for(text, &protocol) {
                Err(fault) => mismatches.push(format!("{name}, {fault}")),
                Ok(case) => {
                    let found = case.check_with(&protocol);
                    mismatches
                        .extend(found.iter().map(|mismatch| format!("{name}, line {}: {mismatch}", mismatch.line)));
                }
            }
        }
        assert!(mismatches.is_empty(), "{}:\n{}", document.folder, mismatches.join("\n"));
        assert!(Protocol::parse(document.text, document.cases).is_ok());
    }
}

#[test]
fn every_document_of_the_folder_is_built_in() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("protocols");
    let names = |path: &Path| -> BTreeSet<String> {
        let entries = std::fs::read_dir(path).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    let listed: BTreeSet<String> = DOCUMENTS.iter().map(|document| document.folder.to_owned()).collect();
    let mut folders = names(&folder);
    assert!(folders.remove("README.md"), "the page on the format of the documents");
    assert_eq!(folders, listed);
    for document in DOCUMENTS {
        let cases: BTreeSet<String> = document.cases.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(names(&folder.join(document.folder).join("cases")), cases, "{}", document.folder);
    }
    assert_eq!(protocol::builtin().len(), DOCUMENTS.len());
}

#[test]
fn a_case_finds_its_built_in_protocol_by_name() {
    for document in DOCUMENTS {
        for (name, text) in document.cases {
            let case = Case::parse(text).unwrap_or_else(|fault| panic!("{name}: {fault}"));
            assert_eq!(case.play().len(), case.steps.len(), "{name}");
            assert!(case.check().is_empty(), "{name}");
        }
    }
}

#[test]
fn a_case_with_a_wrong_expectation_is_told_with_the_rules_behind_it() {
    let document = DOCUMENTS.first().unwrap();
    let protocol = Protocol::parse(document.text, &[]).unwrap();
    let (_, text) = document.cases.iter().find(|(_, text)| text.contains("phase_action = \"hold\"")).unwrap();
    let wrong = text.replacen("phase_action = \"hold\"", "phase_action = \"advance\"", 1);
    let case = Case::parse_for(&wrong, &protocol).unwrap();
    let mismatch = case.check_with(&protocol).into_iter().next().unwrap();
    assert_eq!(
        (mismatch.what.as_str(), mismatch.expected.as_str(), mismatch.found.as_str()),
        ("phase_action", "Advance", "Hold")
    );
    assert!(!mismatch.because.is_empty() && mismatch.day.is_some() && mismatch.line > 1);
    let fault = Protocol::parse(document.text, &[("wrong.case.toml", wrong.as_str())]).unwrap_err();
    assert_eq!((fault.case.as_deref(), fault.line), (Some("wrong.case.toml"), mismatch.line));
}
