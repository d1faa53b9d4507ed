//! The parts of `cargo xtask test` that are other programs, and how their results are counted.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};

use crate::arguments::Part;
use crate::place::{self, Place};
use crate::postgres::{self, Postgres};
use crate::process;
use crate::python::Venv;
use crate::requirements::Passed;
use crate::server::Server;
use crate::steps::{Done, Tally};

/// rustfmt finds nothing to change.
pub fn fmt(place: &Place) -> anyhow::Result<Done<()>> {
    place.run(&mut place.cargo(&["fmt", "--all", "--check"]))?;
    Done::passed((), "cargo fmt --check")
}

/// clippy finds nothing, on all targets.
pub fn clippy(place: &Place) -> anyhow::Result<Done<()>> {
    place.run(&mut place.cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    Done::passed((), "warnings denied")
}

/// Everything builds in the dev profile.
pub fn build(place: &Place) -> anyhow::Result<Done<()>> {
    place.run(&mut place.cargo(&["build", "--workspace", "--all-targets"]))?;
    Done::passed((), "dev profile")
}

/// What the README's first command builds.
pub fn release_build(place: &Place) -> anyhow::Result<Done<()>> {
    place.run(&mut place.cargo(&["build", "--release"]))?;
    Done::passed((), "release profile")
}

/// The contract keeps buf's rules.
pub fn buf_lint(place: &Place, venv: &Venv) -> anyhow::Result<Done<()>> {
    let mut buf = Command::new(venv.buf());
    place.run(buf.args(["lint", "proto"]))?;
    Done::passed((), "buf lint proto")
}

/// The contract is formatted.
pub fn buf_format(place: &Place, venv: &Venv) -> anyhow::Result<Done<()>> {
    let mut buf = Command::new(venv.buf());
    place.run(buf.args(["format", "-d", "--exit-code", "proto"]))?;
    Done::passed((), "buf format proto")
}

/// All Rust tests, with the database and the programs that they may ask for; adds those that passed.
pub fn rust(place: &Place, postgres: &Postgres, venv: &Venv, passed: &mut Passed) -> anyhow::Result<Done<()>> {
    let mut test = place.cargo(&["test", "--workspace", "--no-fail-fast"]);
    test.env(postgres::URL_VARIABLE, &postgres.url)
        .env("TAPER_TEST_BUF", venv.buf())
        .env("TAPER_TEST_PYTHON", venv.python())
        .env("TAPER_TEST_BINARY", place.taper());
    let counted = rust_tests(place, &mut test, Part::Rust, passed)?;
    Ok(Done { value: (), tally: counted.tally, note: format!("{} test programs", counted.programs) })
}

/// Another clinic's rows stay hidden where only Postgres hides them: the tenant matrix of a program whose own filters
/// are off. What depends on them is built a second time, beside the first; asked for the whole workspace, all else is
/// the same as for the other tests.
pub fn second_wall(place: &Place, postgres: &Postgres, passed: &mut Passed) -> anyhow::Result<Done<()>> {
    let mut test = place.cargo(&["test", "--workspace", "--test", "tenant_matrix"]);
    test.args(["--features", "taper-tests/without_clinic_filter"]).env(postgres::URL_VARIABLE, &postgres.url);
    let counted = rust_tests(place, &mut test, Part::Wall, passed)?;
    Ok(Done { value: (), tally: counted.tally, note: "the program's own filters off".to_owned() })
}

/// Runs tests, of which there must be some. Cargo says on its other output which program runs.
fn rust_tests(place: &Place, test: &mut Command, part: Part, passed: &mut Passed) -> anyhow::Result<Counted> {
    let (status, lines) = process::run_reading_both(&place.sweeper, test)?;
    passed.read(part, &lines);
    let counted = rust_tally(&lines);
    if !status.success() && counted.tally.failed == 0 {
        bail!("cargo test: {status}, although no test failed");
    }
    if counted.tally.passed == 0 {
        bail!("no Rust test ran");
    }
    Ok(counted)
}

#[derive(Debug, PartialEq, Eq)]
struct Counted {
    tally: Tally,
    programs: usize,
}

/// Sums the lines "test result: ok. 3 passed; 0 failed; 1 ignored; ..". An ignored test did not run, so it failed.
fn rust_tally(lines: &[String]) -> Counted {
    let mut counted = Counted { tally: Tally::default(), programs: 0 };
    for line in lines.iter().filter_map(|line| line.strip_prefix("test result: ")) {
        let passed = number_before(line, " passed").unwrap_or(0);
        let failed = number_before(line, " failed").unwrap_or(0) + number_before(line, " ignored").unwrap_or(0);
        counted.tally = counted.tally.plus(Tally { passed, failed });
        counted.programs += 1;
    }
    counted
}

/// The number that stands right before the words.
fn number_before(line: &str, words: &str) -> Option<usize> {
    let (before, _) = line.split_once(words)?;
    before.rsplit(|sign: char| !sign.is_ascii_digit()).next()?.parse().ok()
}

/// Every patient's story gives its expected answers.
pub fn cases(place: &Place) -> anyhow::Result<Done<()>> {
    let files = place::files_below(&place.root.join("crates/core/protocols"), ".case.toml")?;
    if files.is_empty() {
        bail!("there is no *.case.toml under crates/core/protocols");
    }
    let mut taper = Command::new(place.taper());
    taper.args(["case", "test"]);
    for file in &files {
        taper.arg(file.strip_prefix(&place.root).unwrap_or(file));
    }
    place.run(&mut taper)?;
    let tally = Tally { passed: files.len(), failed: 0 };
    Ok(Done { value: (), tally, note: "*.case.toml".to_owned() })
}

/// So many random records, always the same ones; with two workers they take half a minute.
const RANDOM_RECORDS: &str = "5000";

/// The engine and the second evaluator say the same about random records; any difference fails.
pub fn second_evaluator(place: &Place, venv: &Venv) -> anyhow::Result<Done<()>> {
    let mut compare = Command::new(venv.python());
    compare.args(["-B", "tests/evaluator/compare.py", "--count", RANDOM_RECORDS, "--seed", "1"]);
    compare.arg("--records").arg(place.dev_program("taper-records"));
    compare.arg("--answers").arg(place.dev_program("taper-answers"));
    place.run(&mut compare)?;
    Done::passed((), format!("{RANDOM_RECORDS} random records"))
}

/// The slopes and intervals that core's forecast is tested against still are what SciPy gives.
pub fn slopes(place: &Place, venv: &Venv) -> anyhow::Result<Done<()>> {
    let mut check = Command::new(venv.python());
    place.run(check.args(["-B", "tests/python/forecast_check.py", "--check"]))?;
    Done::passed((), "tests/python/forecast_check.py")
}

/// The suite of tests/python against a running server, which must then stop in good order.
pub fn black_box(place: &Place, venv: &Venv, stubs: &Path, server: Server) -> anyhow::Result<Done<()>> {
    let mut suite = Command::new(venv.python());
    suite
        .args(["-B", "tests/python"])
        .current_dir(&place.root)
        .env("PYTHONPATH", stubs)
        .env("PYTHONUNBUFFERED", "1")
        .env("TAPER_ADDRESS", &server.address);
    let (status, lines) = process::run_reading(&place.sweeper, &mut suite)?;
    let tally = black_box_tally(&lines).with_context(|| format!("the suite ended without a count: {status}"))?;
    if !status.success() && tally.failed == 0 {
        bail!("the suite: {status}, although no test failed");
    }
    server.stop()?;
    Ok(Done { value: (), tally, note: "tests/python through grpcio".to_owned() })
}

/// The suite's last line is "N passed, M failed"; it counts a skipped test as failed.
fn black_box_tally(lines: &[String]) -> Option<Tally> {
    let last = lines.last()?;
    let tally = Tally { passed: number_before(last, " passed")?, failed: number_before(last, " failed")? };
    (tally.passed + tally.failed > 0).then_some(tally)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn the_results_of_all_test_programs_are_summed_and_an_ignored_test_is_a_failure() {
        let said = lines(
            "running 3 tests\ntest a ... ok\n\
             test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
             test result: FAILED. 10 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 1.20s\n",
        );
        let tally = Tally { passed: 13, failed: 3 };
        assert_eq!(rust_tally(&said), Counted { tally, programs: 2 });
    }

    #[test]
    fn the_black_box_suite_is_counted_by_its_last_line() {
        assert_eq!(black_box_tally(&lines("ok\n12 passed, 1 failed")), Some(Tally { passed: 12, failed: 1 }));
    }

    #[test]
    fn a_black_box_suite_that_ran_nothing_or_broke_off_has_no_count() {
        assert_eq!(black_box_tally(&lines("0 passed, 0 failed")), None);
        assert_eq!(black_box_tally(&lines("Traceback")), None);
        assert_eq!(black_box_tally(&[]), None);
    }
}
