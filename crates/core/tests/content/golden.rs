//! The golden cases beside the protocols hold, and none is forgotten.

use std::collections::BTreeSet;
use std::path::Path;

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
