//! What was asked for on the command line.

use std::path::PathBuf;

use anyhow::{Context, bail};

/// The text of `cargo xtask help`.
pub const HELP: &str = "\
cargo xtask test [--only PART]...   sets up Postgres and Python, then runs every check (or only those parts:
                                    fmt, buf, clippy, rust, wall, cases, evaluator, cql, python, readme)
cargo xtask bench [--quick]         measures GetRecommendation and CreateSession on Postgres, in release builds";

/// One command of this program.
#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    /// Run the checks, all of them or some.
    Test {
        /// The parts to run, in the order of `Part::ALL`.
        parts: Vec<Part>,
    },
    /// Measure, each figure for this many seconds.
    Bench {
        /// Seconds a figure.
        seconds: u32,
    },
    /// Wait for the parent's end, then clean up after it. Started by this program itself only.
    Sweep {
        /// The folder to remove.
        scratch: PathBuf,
    },
    /// Print what there is.
    Help,
}

/// One part of `cargo xtask test`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// `cargo fmt --check`.
    Fmt,
    /// `buf lint` and `buf format`.
    Buf,
    /// `cargo clippy`, warnings denied.
    Clippy,
    /// `cargo test --workspace`, on both databases.
    Rust,
    /// The tenant matrix once more, of a program that leaves it to Postgres to keep clinics apart.
    Wall,
    /// The patients' stories.
    Cases,
    /// The independent implementations: the second evaluator on random records, and SciPy's slopes.
    Evaluator,
    /// The rules that are also written as CQL, on random records.
    Cql,
    /// The black-box suite, on both databases.
    Python,
    /// The commands of the README.
    Readme,
}

impl Part {
    /// Every part, in the order in which they run: the quick ones first.
    pub const ALL: [Part; 10] = [
        Part::Fmt,
        Part::Buf,
        Part::Clippy,
        Part::Rust,
        Part::Wall,
        Part::Cases,
        Part::Evaluator,
        Part::Cql,
        Part::Python,
        Part::Readme,
    ];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Part::Fmt => "fmt",
            Part::Buf => "buf",
            Part::Clippy => "clippy",
            Part::Rust => "rust",
            Part::Wall => "wall",
            Part::Cases => "cases",
            Part::Evaluator => "evaluator",
            Part::Cql => "cql",
            Part::Python => "python",
            Part::Readme => "readme",
        }
    }

    fn named(name: &str) -> anyhow::Result<Part> {
        let known = Part::ALL.map(Part::name).join(", ");
        Part::ALL
            .into_iter()
            .find(|part| part.name() == name)
            .with_context(|| format!("there is no part {name:?}; the parts are {known}"))
    }
}

const BENCH_SECONDS: u32 = 10;
const QUICK_BENCH_SECONDS: u32 = 2;

/// Reads the arguments after the program's name.
pub fn parse(mut arguments: impl Iterator<Item = String>) -> anyhow::Result<Command> {
    match arguments.next().as_deref() {
        Some("test") => parse_test(arguments),
        Some("bench") => parse_bench(arguments),
        Some("sweep") => {
            let scratch = arguments.next().context("sweep needs the folder to remove")?;
            Ok(Command::Sweep { scratch: PathBuf::from(scratch) })
        }
        None | Some("help" | "--help" | "-h") => Ok(Command::Help),
        Some(other) => bail!("there is no command {other:?}\n{HELP}"),
    }
}

fn parse_test(mut arguments: impl Iterator<Item = String>) -> anyhow::Result<Command> {
    let mut chosen = Vec::new();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--only" => {
                let names = arguments.next().context("--only needs the name of a part")?;
                for name in names.split(',') {
                    chosen.push(Part::named(name)?);
                }
            }
            other => bail!("test does not know {other:?}\n{HELP}"),
        }
    }
    if chosen.is_empty() {
        return Ok(Command::Test { parts: Part::ALL.to_vec() });
    }
    let parts = Part::ALL.into_iter().filter(|part| chosen.contains(part)).collect();
    Ok(Command::Test { parts })
}

fn parse_bench(arguments: impl Iterator<Item = String>) -> anyhow::Result<Command> {
    let mut seconds = BENCH_SECONDS;
    for argument in arguments {
        match argument.as_str() {
            "--quick" => seconds = QUICK_BENCH_SECONDS,
            other => bail!("bench does not know {other:?}\n{HELP}"),
        }
    }
    Ok(Command::Bench { seconds })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> anyhow::Result<Command> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn a_plain_test_runs_every_part() {
        assert_eq!(parsed("test").unwrap(), Command::Test { parts: Part::ALL.to_vec() });
    }

    #[test]
    fn chosen_parts_run_in_the_usual_order() {
        let parts = vec![Part::Fmt, Part::Clippy, Part::Python];
        assert_eq!(parsed("test --only python --only clippy,fmt").unwrap(), Command::Test { parts });
    }

    #[test]
    fn an_unknown_part_is_refused_with_the_list_of_parts() {
        let error = parsed("test --only rusty").unwrap_err().to_string();
        assert!(error.contains("rusty") && error.contains("fmt, buf, clippy"), "{error}");
    }

    #[test]
    fn an_unknown_option_is_refused() {
        assert!(parsed("bench --fast").is_err());
        assert!(parsed("tset").is_err());
    }

    #[test]
    fn a_quick_bench_is_shorter() {
        assert_eq!(parsed("bench").unwrap(), Command::Bench { seconds: BENCH_SECONDS });
        assert_eq!(parsed("bench --quick").unwrap(), Command::Bench { seconds: QUICK_BENCH_SECONDS });
    }
}
