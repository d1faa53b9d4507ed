//! Whether every test that `tests/security.md` names ran and passed in this very run.

use std::collections::BTreeSet;

use anyhow::{Context, bail};

use crate::arguments::Part;
use crate::place::Place;
use crate::steps::{Done, Tally};

/// The page, as seen from the repository.
const PAGE: &str = "tests/security.md";

/// How the page begins the names of tests that run in the part `wall`: the feature that they run with.
const WALL: &str = "without_clinic_filter/";

/// The ends of a test that runs on both databases; a name without an end means all of them.
const DATABASES: [&str; 2] = ["on_sqlite", "on_postgres"];

/// The tests that passed, each as `program::name`, or `without_clinic_filter/program::name` of the part `wall`.
#[derive(Debug, Default)]
pub struct Passed(BTreeSet<String>);

impl Passed {
    /// Adds what cargo and its test programs said of the part `rust` or `wall`, line by line in the order in which it
    /// was said: cargo names each program before it runs it.
    pub fn read(&mut self, part: Part, lines: &[String]) {
        let before = if part == Part::Wall { WALL } else { "" };
        let mut program = None;
        for line in lines {
            if let Some(name) = program_of(line) {
                program = Some(name);
            }
            if let (Some(program), Some(test)) = (program, passed_test(line)) {
                self.0.insert(format!("{before}{program}::{test}"));
            }
        }
    }

    fn has(&self, name: &str) -> bool {
        self.0.contains(name) || DATABASES.iter().all(|end| self.0.contains(&format!("{name}::{end}")))
    }
}

/// Of `Running tests/login.rs (target/debug/deps/login-0123456789abcdef)` the program `login`.
fn program_of(line: &str) -> Option<&str> {
    let (_, path) = line.trim_start().strip_prefix("Running ")?.strip_suffix(')')?.rsplit_once('(')?;
    let (program, hash) = path.rsplit('/').next()?.rsplit_once('-')?;
    (hash.len() == 16 && hash.bytes().all(|sign| sign.is_ascii_hexdigit())).then_some(program)
}

/// Of `test the::name ... ok` the name. What another process wrote may stand before it on its line.
fn passed_test(line: &str) -> Option<&str> {
    let (_, name) = line.strip_suffix(" ... ok")?.rsplit_once("test ")?;
    (!name.contains(' ')).then_some(name)
}

/// The tests that the page names: what stands between backticks in the last column of its tables, where that is a name.
fn named(page: &str) -> Vec<&str> {
    let rows = page.lines().filter_map(|line| line.strip_prefix('|')?.strip_suffix('|'));
    let last = rows.filter_map(|row| row.rsplit_once('|')).map(|(_, cell)| cell);
    let quoted = last.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    quoted.filter(|text| text.contains("::") && !text.contains(' ')).collect()
}

/// Names each test of the page that did not pass in this run; those of a part that was not asked for are counted apart.
pub fn check(place: &Place, parts: &[Part], passed: &Passed) -> anyhow::Result<Done<()>> {
    let page = std::fs::read_to_string(place.root.join(PAGE)).with_context(|| format!("cannot read {PAGE}"))?;
    let outcome = compare(&page, parts, passed)?;
    for name in &outcome.missing {
        println!("{PAGE} names {name}, which did not run and pass in this run");
    }
    let tally = Tally { passed: outcome.passed, failed: outcome.missing.len() };
    let note = match outcome.not_asked_for {
        0 => format!("named in {PAGE}"),
        count => format!("named in {PAGE}; {count} more not checked, their part was not asked for"),
    };
    Ok(Done { value: (), tally, note })
}

#[derive(Debug, PartialEq, Eq)]
struct Outcome<'p> {
    passed: usize,
    missing: Vec<&'p str>,
    not_asked_for: usize,
}

fn compare<'p>(page: &'p str, parts: &[Part], passed: &Passed) -> anyhow::Result<Outcome<'p>> {
    let names: BTreeSet<&str> = named(page).into_iter().collect();
    if names.is_empty() {
        bail!("{PAGE} names no test");
    }
    let mut outcome = Outcome { passed: 0, missing: Vec::new(), not_asked_for: 0 };
    for name in names {
        let part = if name.starts_with(WALL) { Part::Wall } else { Part::Rust };
        if !parts.contains(&part) {
            outcome.not_asked_for += 1;
        } else if passed.has(name) {
            outcome.passed += 1;
        } else {
            outcome.missing.push(name);
        }
    }
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "\
# Page with `no::test` in a text\n\
| R1 | holds by `code::of_ours` | `login::one`, `store::audit::both`, `without_clinic_filter/matrix::hidden` |\n\
| R2 | holds | `login::ignored` `taper_core::a::unit` |\n";

    const SAID: &str = "\
   Compiling taper v0.1.0 (/somewhere)\n\
     Running unittests src/lib.rs (target/debug/deps/taper_core-0123456789abcdef)\n\
running 2 tests\n\
test a::unit ... ok\n\
test a::broken ... FAILED\n\
     Running tests/login.rs (/target/debug/deps/login-fedcba9876543210)\n\
from a server: {\"x\":1}test one ... ok\n\
test ignored ... ignored\n\
test a test that is said to be ... ok\n\
     Running tests/conformance/main.rs (target/debug/deps/store-00000000000000ff)\n\
test audit::both::on_postgres ... ok\n\
test audit::both::on_sqlite ... ok\n\
test audit::one::on_sqlite ... ok\n\
   Doc-tests taper_core\n";

    fn passed(part: Part, said: &str) -> Passed {
        let mut passed = Passed::default();
        passed.read(part, &said.lines().map(str::to_owned).collect::<Vec<_>>());
        passed
    }

    #[test]
    fn a_test_that_passed_is_known_by_its_program() {
        let found = passed(Part::Rust, SAID);
        let expected = [
            "login::one",
            "store::audit::both::on_postgres",
            "store::audit::both::on_sqlite",
            "store::audit::one::on_sqlite",
            "taper_core::a::unit",
        ];
        assert_eq!(found.0.iter().map(String::as_str).collect::<Vec<_>>(), expected);
        assert!(found.has("store::audit::both") && !found.has("store::audit::one"));
    }

    #[test]
    fn a_name_that_does_not_exist_and_one_that_did_not_run_are_both_reported() {
        let found = passed(Part::Rust, SAID);
        let outcome = compare(PAGE, &[Part::Rust], &found).unwrap();
        assert_eq!(outcome, Outcome { passed: 3, missing: vec!["login::ignored"], not_asked_for: 1 });
        let page = PAGE.replace("login::one", "login::no_such_test");
        let outcome = compare(&page, &[Part::Rust], &found).unwrap();
        assert_eq!(outcome.missing, ["login::ignored", "login::no_such_test"]);
        // The same name in another program is another test, and a part that was asked for and did not run passes nothing.
        let page = PAGE.replace("login::one", "streams::one");
        assert_eq!(compare(&page, &[Part::Rust], &found).unwrap().missing, ["login::ignored", "streams::one"]);
        assert_eq!(compare(PAGE, &[Part::Rust], &Passed::default()).unwrap().missing.len(), 4);
    }

    #[test]
    fn what_the_second_wall_holds_is_not_proven_by_the_first_run() {
        let said = "     Running tests/m.rs (target/debug/deps/matrix-0123456789abcdef)\ntest hidden ... ok\n";
        let missing = |found: &Passed| compare(PAGE, &[Part::Wall], found).unwrap().missing.len();
        assert_eq!(missing(&passed(Part::Rust, said)), 1);
        assert_eq!(missing(&passed(Part::Wall, said)), 0);
    }

    #[test]
    fn a_page_that_names_no_test_is_an_error_and_what_was_not_asked_for_is_counted_apart() {
        assert!(compare("| R1 | nothing |", &[Part::Rust], &Passed::default()).is_err());
        let outcome = compare(PAGE, &[Part::Fmt], &Passed::default()).unwrap();
        assert_eq!(outcome, Outcome { passed: 0, missing: Vec::new(), not_asked_for: 5 });
    }
}
