//! The page `security.md` against the sources: every requirement has a row, and every test that it names exists.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What is required; R8 has three parts more.
fn required() -> BTreeSet<String> {
    let numbered = |letter: char, numbers: std::ops::RangeInclusive<u8>| numbers.map(move |n| format!("{letter}{n}"));
    let parts = ["R8b", "R8c", "R8d", "G19"].map(str::to_owned);
    numbered('R', 1..=25).chain(numbered('G', 5..=10)).chain(parts).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn page() -> String {
    fs::read_to_string(root().join("tests/security.md")).unwrap()
}

/// The cells of each row of the page's tables that begins with a requirement.
fn rows(page: &str) -> Vec<Vec<&str>> {
    let rows = page.lines().filter_map(|line| line.strip_prefix('|')?.strip_suffix('|'));
    let cells = rows.map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
    cells.filter(|cells| required().contains(cells[0])).collect()
}

/// The tests that the page names, as `cargo xtask test` reads them.
fn named(page: &str) -> Vec<&str> {
    let last = rows(page).into_iter().filter_map(|cells| cells.last().copied());
    let quoted = last.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    quoted.filter(|text| text.contains("::") && !text.contains(' ')).collect()
}

/// The first file of each test program of the workspace, by the program's name and its package.
fn programs() -> BTreeMap<String, Vec<(String, PathBuf)>> {
    let mut programs: BTreeMap<String, Vec<(String, PathBuf)>> = BTreeMap::new();
    let entries = |folder: &Path| fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let mut packages: Vec<PathBuf> = ["crates", "services"].iter().flat_map(|top| entries(&root().join(top))).collect();
    packages.push(root().join("tests"));
    for folder in packages.iter().filter(|folder| folder.join("Cargo.toml").exists()) {
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let package = manifest.lines().find_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"')).unwrap();
        let mut add = |name: &str, file: PathBuf| {
            let name = name.replace('-', "_");
            programs.entry(name).or_default().push((package.to_owned(), file));
        };
        let unit = ["src/lib.rs", "src/main.rs"].map(|file| folder.join(file)).into_iter().find(|file| file.exists());
        add(package, unit.unwrap());
        for path in entries(&folder.join("tests")) {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && path.join("main.rs").exists() {
                add(&name, path.join("main.rs"));
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                add(&name, path);
            }
        }
    }
    programs
}

/// The text of the module that a path of modules leads to, from a program's first file.
fn module(first: &Path, path: &[&str]) -> Option<String> {
    let (mut file, mut folder) = (first.to_owned(), first.parent()?.to_owned());
    for name in path {
        let below = folder.join(name);
        let found = [below.with_extension("rs"), below.join("mod.rs")].into_iter().find(|file| file.exists());
        match found {
            Some(found) => (file, folder) = (found, below),
            None if fs::read_to_string(&file).ok()?.contains(&format!("\nmod {name} {{")) => {}
            None => return None,
        }
    }
    fs::read_to_string(file).ok()
}

/// Whether a function of this name is there and has the attribute of a test.
fn declares(text: &str, test: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let is_it = |line: &str| {
        let rest = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
        rest.and_then(|rest| rest.strip_prefix(test)).is_some_and(|rest| rest.starts_with('('))
    };
    lines.iter().enumerate().any(|(place, line)| {
        let mut above =
            lines[..place].iter().rev().take_while(|line| line.starts_with("#[") || line.starts_with("///"));
        is_it(line) && above.any(|line| line.contains("test]") || line.contains("test("))
    })
}

/// Whether the macro of tests that run on both databases makes a test of it.
fn runs_on_both(text: &str, test: &str) -> bool {
    let lists = text.split("on_both! {").skip(1).filter_map(|rest| rest.split('}').next());
    lists.flat_map(str::lines).any(|line| line.trim().strip_suffix(';') == Some(test))
}

/// Which packages have a test that is named `[feature/]program::modules::name`, without the end where it has two.
fn packages_with(programs: &BTreeMap<String, Vec<(String, PathBuf)>>, name: &str) -> Vec<String> {
    let name = name.split_once('/').map_or(name, |(_, name)| name);
    let (program, rest) = name.split_once("::").unwrap();
    let mut path: Vec<&str> = rest.split("::").collect();
    path.pop_if(|end| ["on_sqlite", "on_postgres"].contains(end));
    let test = path.pop().unwrap();
    let of = programs.get(program).into_iter().flatten();
    let has = |(_, first): &&(String, PathBuf)| {
        module(first, &path).is_some_and(|text| declares(&text, test) || runs_on_both(&text, test))
    };
    of.filter(has).map(|(package, _)| package.clone()).collect()
}

#[test]
fn every_requirement_has_a_row_and_each_that_holds_names_its_tests() {
    let page = page();
    let told: BTreeSet<String> = rows(&page).iter().map(|cells| cells[0].to_owned()).collect();
    assert_eq!(told, required());
    let (holds, open) = page.split_once("\n## Not covered yet\n").expect("the page has two parts");
    assert!(rows(open).len() >= 10 && named(open).is_empty(), "what is not covered names no test");
    for cells in rows(holds) {
        let row = format!("| {} |", cells.join(" | "));
        assert!(cells.len() == 3 && !cells[1].is_empty(), "{row}: a requirement, what holds, and its tests");
        assert!(!named(&row).is_empty(), "{row} names no test");
        // What stands there and is no name of a test would be proven by nobody.
        let quoted = cells[2].split('`').skip(1).step_by(2).count();
        assert_eq!(named(&row).len(), quoted, "{row} names what is no test");
    }
}

#[test]
fn every_test_that_the_page_names_exists_in_one_package_that_the_page_names() {
    let (page, programs) = (page(), programs());
    let names = named(&page);
    assert!(names.len() > 80, "only {} tests are named", names.len());
    for name in names {
        let found = packages_with(&programs, name);
        assert_eq!(found.len(), 1, "{name} is a test of {found:?}: rename it there, or on the page");
        let program = name.split("::").next().unwrap().rsplit('/').next().unwrap();
        let row = page.lines().find(|line| line.starts_with(&format!("| `{}` |", found[0])));
        let row = row.unwrap_or_else(|| panic!("the page has no row of {}", found[0]));
        assert!(row.contains(&format!("`{program}`")), "the page's row of {} misses {program}", found[0]);
    }
}

#[test]
fn a_name_that_is_no_test_is_found() {
    let programs = programs();
    let found = |name: &str| packages_with(&programs, name);
    assert_eq!(found("requirements::a_name_that_is_no_test_is_found"), ["taper-tests"]);
    assert_eq!(found("feature/requirements::a_name_that_is_no_test_is_found"), ["taper-tests"]);
    assert_eq!(found("conformance::audit::chains_of_clinics_are_apart_and_each_begins_at_one"), ["taper-store"]);
    assert_eq!(found("taper_store::vault::tests::a_master_key_is_64_hexadecimal_digits_and_is_never_printed").len(), 1);
    for none in [
        "requirements::no_such_test",
        "requirements::packages_with",
        "streams::a_name_that_is_no_test_is_found",
        "requirements::tests::a_name_that_is_no_test_is_found",
        "no_such_program::a_name_that_is_no_test_is_found",
        "conformance::audit::written",
        "conformance::chains_of_clinics_are_apart_and_each_begins_at_one",
    ] {
        assert!(found(none).is_empty(), "{none}");
    }
    // Two packages have a program of this name, and both a test of this one: cargo does not say whose it ran.
    assert_eq!(found("records::empty::an_empty_request_names_every_field_that_is_needed").len(), 2);
}
