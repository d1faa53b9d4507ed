//! The golden cases beside the protocols hold, and none is forgotten.

use std::collections::BTreeSet;
use std::path::Path;

use taper_core::case::Case;
use taper_core::protocol::Protocol;
use taper_core::protocol::builtin::DOCUMENTS;

#[test]
fn every_built_in_protocol_is_right_with_each_of_its_golden_cases() {
    let mut faults = Vec::new();
    for document in DOCUMENTS {
        for case in document.cases {
            if let Err(fault) = Protocol::parse(document.text, &[*case]) {
                faults.push(format!("{}: {fault}", document.folder));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_file_of_the_folder_is_built_in() {
    for document in DOCUMENTS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("protocols").join(document.folder).join("cases");
        let files: BTreeSet<String> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        let built_in: BTreeSet<String> = document.cases.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(files, built_in, "{}", document.folder);
    }
}

#[test]
fn the_open_cases_are_all_there() {
    let ids: BTreeSet<String> = DOCUMENTS
        .iter()
        .flat_map(|document| document.cases)
        .filter_map(|(_, text)| text.lines().find_map(|line| line.strip_prefix("id = ")))
        .map(|id| id.trim_matches('"').to_owned())
        .collect();
    for id in ["C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "ARTICLE", "ODD-1", "ODD-2", "ODD-3"] {
        assert!(ids.contains(id), "{id} is missing");
    }
}

/// Golden cases of our own, and the rules that each is there for.
const MAIN_RULES: &[(&str, &[&str])] = &[
    ("ADOLESCENT", &["RF-ADOLESCENT"]),
    ("BILATERAL", &["P2-PROG-2"]),
    ("BLOOD-THINNER", &["RF-ANTICOAGULANT", "RF-COMPARTMENT", "MAS-NO-DEEP", "NEEDLING-BLOCK"]),
    ("CONTRADICTORY", &["P1-PROG-1", "GRADE-M-III", "U-HOLD"]),
    ("FIRST-THERAPIST", &["T6", "NON-RESPONSE", "RF-NO-PROGRESS"]),
    ("FLARE-BACK", &["U-REGRESS-2", "T5", "MAS-72H", "T2"]),
    ("OTHER-TESTER", &["P2-PROG-1", "U-REGRESS-5"]),
    ("STRETCH", &["FLAG-STRETCH-PATTERN", "P4-DIS-8"]),
    ("THROMBOSIS", &["RF-DVT"]),
];

#[test]
fn a_golden_case_of_our_own_fails_without_its_main_rule() {
    for (id, rules) in MAIN_RULES {
        let written = format!("id = \"{id}\"");
        let found = DOCUMENTS.iter().find_map(|document| {
            let case = document.cases.iter().find(|(_, text)| text.lines().any(|line| line == written));
            case.map(|(_, text)| (document, *text))
        });
        let (document, text) = found.unwrap_or_else(|| panic!("no case {id}"));
        let protocol = Protocol::parse(document.text, &[]).unwrap();
        let case = Case::parse_for(text, &protocol).unwrap();
        assert!(case.check_with(&protocol).is_empty(), "{id}");
        for rule_id in *rules {
            let mut without = protocol.clone();
            without.rules.retain(|rule| rule.id != *rule_id);
            assert!(without.rules.len() < protocol.rules.len(), "there is no rule {rule_id}");
            assert!(!case.check_with(&without).is_empty(), "{id} does not notice that {rule_id} is gone");
        }
    }
}
