//! Holds the layout of the repository: who imports whom, first lines, forbidden names, and sizes that only shrink.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Who may import whom. The README prints this table.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("taper-core", &[]),
    ("taper-api", &[]),
    ("taper-store", &["taper-core"]),
    ("taper-kit", &["taper-core"]),
    ("taper-login", &["taper-core", "taper-store", "taper-kit"]),
    ("taper-wire", &["taper-core", "taper-api", "taper-store", "taper-kit"]),
    ("taper-patients", &["taper-core", "taper-api", "taper-store", "taper-kit", "taper-wire"]),
    ("taper-assessments", &["taper-core", "taper-api", "taper-store", "taper-kit", "taper-wire"]),
    ("taper-treatment-plans", &["taper-core", "taper-api", "taper-store", "taper-kit", "taper-wire"]),
    (
        "taper",
        &[
            "taper-core",
            "taper-api",
            "taper-store",
            "taper-kit",
            "taper-login",
            "taper-patients",
            "taper-assessments",
            "taper-treatment-plans",
        ],
    ),
    ("xtask", &[]),
];

/// Packages that may import everything.
const MAY_IMPORT_EVERYTHING: &[&str] = &["taper-tests", "taper-load"];

/// What core must not depend on, directly or through others: async, clocks and randomness of the system, IO, gRPC.
const NOT_IN_CORE: &[&str] = &["tokio", "tonic", "prost", "sea-orm", "sqlx", "rand", "hyper", "tracing"];

/// What only store may name.
const ONLY_IN_STORE: &[&str] = &["sea-orm", "sea-orm-migration", "sqlx"];

const FORBIDDEN_NAMES: &[&str] = &["common", "util", "utils", "helper", "helpers", "shared", "misc", "types"];

const FILE_LINES_MAX: usize = 400;
const FUNCTION_LINES_MAX: usize = 60;
const HANDLER_LINES_MAX: usize = 45;

/// Exceptions by file and item, with the size that they have now. An entry may shrink or go, never grow.
const SIZE_EXCEPTIONS: &str = include_str!("size_exceptions.txt");

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every Rust file of ours, relative to the root, with its text.
fn sources() -> Vec<(String, String)> {
    fn walk(dir: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && name != "target" && !name.starts_with('.') && name != "__pycache__" {
                walk(&path, found);
            } else if name.ends_with(".rs") {
                found.push(path);
            }
        }
    }
    let root = root();
    let mut found = Vec::new();
    for top in ["crates", "services", "tests"] {
        walk(&root.join(top), &mut found);
    }
    found.sort();
    assert!(found.len() > 50, "the walk found only {} files", found.len());
    let relative = |path: &Path| path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
    found.iter().map(|path| (relative(path), fs::read_to_string(path).unwrap())).collect()
}

fn metadata() -> serde_json::Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The dependencies of each workspace package, by name: those of its tests and its build script too.
fn direct_dependencies(metadata: &serde_json::Value) -> BTreeMap<String, BTreeSet<String>> {
    let members: BTreeSet<&str> =
        metadata["workspace_members"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages
        .filter(|package| members.contains(package["id"].as_str().unwrap()))
        .map(|package| {
            let dependencies = package["dependencies"].as_array().unwrap().iter();
            let names = dependencies.map(|d| d["name"].as_str().unwrap().to_owned()).collect();
            (package["name"].as_str().unwrap().to_owned(), names)
        })
        .collect()
}

#[test]
fn every_package_imports_only_what_the_table_allows() {
    let dependencies = direct_dependencies(&metadata());
    let ours: BTreeSet<&String> = dependencies.keys().collect();
    for (package, imports) in &dependencies {
        if MAY_IMPORT_EVERYTHING.contains(&package.as_str()) {
            continue;
        }
        let allowed = MAY_IMPORT.iter().find(|(name, _)| name == package);
        let (_, allowed) = allowed.unwrap_or_else(|| panic!("{package} is not in the import table"));
        for import in imports.iter().filter(|name| ours.contains(name)) {
            assert!(allowed.contains(&import.as_str()), "{package} must not import {import}");
        }
    }
    for (package, _) in MAY_IMPORT {
        assert!(ours.iter().any(|name| name == package), "the table names {package}, which does not exist");
    }
}

#[test]
fn the_readme_prints_the_import_table() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for (package, imports) in MAY_IMPORT {
        let row = readme.lines().find(|line| line.starts_with(&format!("| `{package}` |")));
        let row = row.unwrap_or_else(|| panic!("README.md has no row for {package}"));
        for import in *imports {
            assert!(row.contains(&format!("`{import}`")), "README.md's row of {package} misses {import}");
        }
        let printed = row.matches('`').count() / 2 - 1;
        assert_eq!(printed, imports.len(), "README.md's row of {package} prints more than the table: {row}");
    }
}

#[test]
fn core_reaches_no_async_no_database_and_no_grpc() {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--package", "taper-core", "--edges", "normal", "--prefix", "none", "--locked", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).unwrap();
    let names: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    for forbidden in NOT_IN_CORE {
        assert!(!names.contains(forbidden), "taper-core reaches {forbidden}");
    }
    for (path, text) in sources().iter().filter(|(path, _)| path.starts_with("crates/core/src")) {
        for call in ["Timestamp::now", "SystemTime", "Instant", "std::fs", "std::net", "std::env", "now_v7", "async fn"]
        {
            assert!(!text.contains(call), "{path} names {call}: core is pure");
        }
    }
}

#[test]
fn only_store_names_the_database() {
    for (package, imports) in direct_dependencies(&metadata()) {
        if package == "taper-store" || MAY_IMPORT_EVERYTHING.contains(&package.as_str()) {
            continue;
        }
        for name in ONLY_IN_STORE {
            assert!(!imports.contains(*name), "{package} depends on {name}");
        }
    }
    for (path, text) in sources() {
        let outside = (path.starts_with("crates/") || path.starts_with("services/"))
            && !path.starts_with("crates/store/")
            && path.contains("/src/")
            // The log filter silences the libraries by their names.
            && path != "crates/kit/src/logs.rs";
        if outside {
            assert!(!text.contains("sea_orm") && !text.contains("sqlx"), "{path} names the database's library");
        }
    }
}

#[test]
fn every_file_says_in_its_first_line_what_it_is_for() {
    for (path, text) in sources() {
        let first = text.lines().next().unwrap_or_default();
        assert!(first.starts_with("//! ") && first.len() > 10, "{path}: the first line is not `//! ` and a sentence");
    }
}

#[test]
fn no_crate_or_module_has_a_name_that_says_nothing() {
    for (path, text) in sources() {
        let parts = path.split('/').map(|part| part.trim_end_matches(".rs"));
        for part in parts {
            assert!(!FORBIDDEN_NAMES.contains(&part), "{path}: `{part}` says nothing");
        }
        for line in text.lines() {
            let declared = line.trim().trim_start_matches("pub ").strip_prefix("mod ");
            let name = declared.map(|rest| rest.trim_end_matches([';', '{', ' ']));
            assert!(!name.is_some_and(|name| FORBIDDEN_NAMES.contains(&name)), "{path}: {line}");
        }
    }
}

/// The sizes above their limit: `path` or `path::function` with its lines.
fn sizes_above_limit() -> BTreeMap<String, usize> {
    let mut above = BTreeMap::new();
    for (path, text) in sources() {
        let lines: Vec<&str> = text.lines().collect();
        if lines.len() > FILE_LINES_MAX {
            above.insert(path.clone(), lines.len());
        }
        let limit = if path.contains("/src/rpc/") { HANDLER_LINES_MAX } else { FUNCTION_LINES_MAX };
        for (name, length) in functions(&lines) {
            if length > limit {
                above.insert(format!("{path}::{name}"), length);
            }
        }
    }
    above
}

/// Every function with its length in lines. The code is formatted, so a function ends at the brace of its indent.
fn functions(lines: &[&str]) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let head = ["pub(crate) ", "pub(super) ", "pub ", "const ", "async "]
            .iter()
            .fold(code, |rest, word| rest.strip_prefix(word).unwrap_or(rest));
        let Some(rest) = head.strip_prefix("fn ") else { continue };
        let indent = &line[..line.len() - code.len()];
        let closing = format!("{indent}}}");
        let name = rest.split(['(', '<']).next().unwrap().to_owned();
        if let Some(length) = lines[start..].iter().position(|line| *line == closing) {
            found.push((name, length + 1));
        }
    }
    found
}

#[test]
fn sizes_only_shrink() {
    let above = sizes_above_limit();
    let mut listed = BTreeMap::new();
    for line in SIZE_EXCEPTIONS.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let (item, lines) = line.rsplit_once(' ').unwrap();
        listed.insert(item.to_owned(), lines.parse::<usize>().unwrap());
    }
    let mut faults = Vec::new();
    for (item, lines) in &above {
        match listed.get(item) {
            None => faults.push(format!("{item} has {lines} lines: split it")),
            Some(most) if lines > most => faults.push(format!("{item} grew from {most} to {lines} lines")),
            Some(most) if lines < most => faults.push(format!("{item} shrank to {lines}: write that down")),
            Some(_) => {}
        }
    }
    for item in listed.keys().filter(|item| !above.contains_key(*item)) {
        faults.push(format!("{item} is within the limit now: take it off the list"));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_measure_of_functions_sees_a_long_one() {
    let mut lines = vec!["    pub async fn long(a: u8) {"];
    lines.extend(std::iter::repeat_n("        a;", 70));
    lines.push("    }");
    assert_eq!(functions(&lines), vec![("long".to_owned(), 72)]);
}

#[test]
fn tests_that_are_ignored_do_not_exist() {
    for (path, text) in sources() {
        let ignored = text.lines().any(|line| line.trim_start().starts_with("#[ignore"));
        assert!(!ignored, "{path} ignores a test");
    }
}

#[test]
fn the_error_reasons_of_core_and_of_the_contract_are_the_same() {
    use taper_core::refusal::Reason;
    let in_contract: Vec<String> = (1..)
        .map_while(|number| taper_api::v1::ErrorReason::try_from(number).ok())
        .map(|reason| reason.as_str_name().trim_start_matches("ERROR_REASON_").to_owned())
        .collect();
    let in_core: Vec<&str> = Reason::ALL.iter().map(|reason| reason.code()).collect();
    assert_eq!(in_contract, in_core);
}

#[test]
fn the_page_of_the_tests_names_every_test_program_and_no_other() {
    let page = fs::read_to_string(root().join("tests/README.md")).unwrap();
    let named: BTreeSet<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `tests/")?.split('`').next())
        .filter(|name| name.ends_with(".rs"))
        .collect();
    let files = fs::read_dir(root().join("tests/tests")).unwrap().map(|entry| entry.unwrap().file_name());
    let there: BTreeSet<String> =
        files.map(|name| name.to_string_lossy().into_owned()).filter(|name| name.ends_with(".rs")).collect();
    assert_eq!(named, there.iter().map(String::as_str).collect());
}

#[test]
fn every_error_reason_has_an_entry_in_the_contract_page() {
    let page = fs::read_to_string(root().join("proto/README.md")).unwrap();
    for reason in taper_core::refusal::Reason::ALL {
        assert!(page.contains(&format!("`{}`", reason.code())), "proto/README.md says nothing of {}", reason.code());
    }
}

#[test]
fn every_limit_has_an_entry_in_the_contract_page() {
    let page = fs::read_to_string(root().join("proto/README.md")).unwrap();
    for limit in taper_core::limits::ALL {
        let row = format!("| `{}` | {} {} |", limit.name, limit.value, limit.unit);
        assert!(page.contains(&row), "proto/README.md misses the row: {row}");
    }
}
