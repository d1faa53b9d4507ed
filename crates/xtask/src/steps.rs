//! The steps of a run: each is announced, timed and counted, and a table closes the run.

use std::time::{Duration, Instant};

/// How many checks of a step passed and failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Checks that passed.
    pub passed: usize,
    /// Checks that failed.
    pub failed: usize,
}

impl Tally {
    /// The step as a whole is the one check.
    pub const ONE_PASSED: Tally = Tally { passed: 1, failed: 0 };
    /// The step as a whole is the one check, and it failed.
    pub const ONE_FAILED: Tally = Tally { passed: 0, failed: 1 };

    /// Both together.
    pub fn plus(self, other: Tally) -> Tally {
        Tally { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }
}

/// What a step that ran to its end gives back.
pub struct Done<T> {
    /// What later steps need of it.
    pub value: T,
    /// Its checks.
    pub tally: Tally,
    /// A few words for the table.
    pub note: String,
}

impl<T> Done<T> {
    /// A step that is one check, passed.
    pub fn passed(value: T, note: impl Into<String>) -> anyhow::Result<Done<T>> {
        Ok(Done { value, tally: Tally::ONE_PASSED, note: note.into() })
    }
}

struct Row {
    name: String,
    tally: Tally,
    took: Duration,
    note: String,
}

/// The steps so far.
pub struct Steps {
    rows: Vec<Row>,
    began: Instant,
}

impl Steps {
    /// No step yet; the clock starts.
    pub fn new() -> Steps {
        Steps { rows: Vec::new(), began: Instant::now() }
    }

    /// Runs one step. An error is a failed step, printed here; the value is there when no check failed.
    pub fn run<T>(&mut self, name: &str, step: impl FnOnce() -> anyhow::Result<Done<T>>) -> Option<T> {
        println!("\n== {name}");
        let began = Instant::now();
        let outcome = step();
        let took = began.elapsed();
        match outcome {
            Ok(done) => {
                let passed = done.tally.failed == 0;
                println!("-- {name}: {} in {} ({})", verdict(done.tally), seconds(took), done.note);
                self.rows.push(Row { name: name.to_owned(), tally: done.tally, took, note: done.note });
                passed.then_some(done.value)
            }
            Err(error) => {
                println!("-- {name}: FAILED in {}: {error:#}", seconds(took));
                let note = first_line(&format!("{error:#}"));
                self.rows.push(Row { name: name.to_owned(), tally: Tally::ONE_FAILED, took, note });
                None
            }
        }
    }

    /// A step that cannot run because something before it failed: it counts as failed.
    pub fn cannot_run(&mut self, name: &str, why: &str) {
        println!("\n== {name}\n-- {name}: FAILED: cannot run, {why}");
        let note = format!("cannot run, {why}");
        self.rows.push(Row { name: name.to_owned(), tally: Tally::ONE_FAILED, took: Duration::ZERO, note });
    }

    /// Prints the table and the closing line; `true` when nothing failed.
    pub fn close(self) -> bool {
        let total = self.rows.iter().fold(Tally::default(), |sum, row| sum.plus(row.tally));
        let width = self.rows.iter().map(|row| row.name.len()).max().unwrap_or(0);
        println!("\n{:width$}  {:>8}  {:>6}  {:>6}  note", "step", "time", "passed", "failed");
        for Row { name, tally, took, note } in &self.rows {
            println!("{name:width$}  {:>8}  {:>6}  {:>6}  {note}", seconds(*took), tally.passed, tally.failed);
        }
        println!("{:width$}  {:>8}", "all", seconds(self.began.elapsed()));
        println!("\n{} passed, {} failed", total.passed, total.failed);
        total.failed == 0
    }
}

fn verdict(tally: Tally) -> &'static str {
    if tally.failed == 0 { "ok" } else { "FAILED" }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_fails_gives_no_value_and_fails_the_run() {
        let mut steps = Steps::new();
        assert_eq!(steps.run("good", || Done::passed(7, "")), Some(7));
        assert_eq!(steps.run::<i32>("bad", || anyhow::bail!("broken")), None);
        assert!(!steps.close());
    }

    #[test]
    fn a_step_with_one_failed_check_among_many_fails_the_run() {
        let mut steps = Steps::new();
        let tally = Tally { passed: 9, failed: 1 };
        assert_eq!(steps.run("tests", || Ok(Done { value: (), tally, note: String::new() })), None);
        assert!(!steps.close());
    }

    #[test]
    fn a_step_that_cannot_run_fails_the_run() {
        let mut steps = Steps::new();
        steps.cannot_run("readme", "the build failed");
        assert!(!steps.close());
    }

    #[test]
    fn a_run_without_failures_passes() {
        let mut steps = Steps::new();
        steps.run("good", || Done::passed((), ""));
        assert!(steps.close());
    }
}
