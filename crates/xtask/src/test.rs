//! `cargo xtask test`: sets up what the tests need, then runs the parts; later parts run even when an earlier failed.

use crate::arguments::Part;
use crate::cql;
use crate::parts;
use crate::place::Place;
use crate::postgres::Postgres;
use crate::python::{self, Venv};
use crate::readme;
use crate::requirements::{self, Passed};
use crate::server::Server;
use crate::steps::{Done, Steps};

/// Runs the parts; `false` when a check failed or could not run.
pub fn run(parts: &[Part]) -> anyhow::Result<bool> {
    let place = Place::new()?;
    println!("repository {}", place.root.display());
    println!("target folder {}", place.target.display());
    println!("scratch folder {}, removed at the end", place.scratch.display());
    let mut run =
        Run { place: &place, steps: Steps::new(), venv: None, postgres: None, built: None, passed: Passed::default() };
    run.set_up(parts);
    for part in parts {
        run.part(*part);
    }
    run.requirements(parts);
    run.tear_down();
    Ok(run.steps.close())
}

/// What the parts of one run share.
struct Run<'p> {
    place: &'p Place,
    steps: Steps,
    venv: Option<Venv>,
    postgres: Option<Postgres<'p>>,
    /// Whether the build succeeded, once it was tried.
    built: Option<bool>,
    /// The Rust tests that passed.
    passed: Passed,
}

const EARLIER: &str = "a step that it needs failed";

impl<'p> Run<'p> {
    fn set_up(&mut self, parts: &[Part]) {
        let place = self.place;
        let needs = |some: &[Part]| parts.iter().any(|part| some.contains(part));
        if needs(&[Part::Rust, Part::Wall, Part::Python]) {
            self.postgres = self.steps.run("set up Postgres", || {
                let postgres = Postgres::start(place)?;
                let note = postgres.url.clone();
                Done::passed(postgres, note)
            });
        }
        if needs(&[Part::Buf, Part::Rust, Part::Evaluator, Part::Cql, Part::Python, Part::Readme]) {
            self.venv = self.steps.run("set up Python", || {
                let venv = Venv::ready(place)?;
                let note = place.short(&venv.bin()).to_string();
                Done::passed(venv, note)
            });
        }
    }

    fn part(&mut self, part: Part) {
        let place = self.place;
        match part {
            Part::Fmt => {
                self.steps.run("format", || parts::fmt(place));
            }
            Part::Buf => match &self.venv {
                Some(venv) => {
                    self.steps.run("buf lint", || parts::buf_lint(place, venv));
                    self.steps.run("buf format", || parts::buf_format(place, venv));
                }
                None => self.steps.cannot_run("buf", EARLIER),
            },
            Part::Clippy => {
                self.steps.run("clippy", || parts::clippy(place));
            }
            Part::Rust => self.rust(),
            Part::Wall => match &self.postgres {
                Some(postgres) => {
                    self.steps.run("second wall", || parts::second_wall(place, postgres, &mut self.passed));
                }
                None => self.steps.cannot_run("second wall", EARLIER),
            },
            Part::Cases => {
                if self.build() {
                    self.steps.run("cases", || parts::cases(place));
                } else {
                    self.steps.cannot_run("cases", EARLIER);
                }
            }
            Part::Evaluator => self.evaluator(),
            Part::Cql => self.cql(),
            Part::Python => self.python(),
            Part::Readme => self.readme(),
        }
    }

    /// Builds everything once, in the dev profile, whatever part needs it: the features are then the same for all.
    fn build(&mut self) -> bool {
        if let Some(built) = self.built {
            return built;
        }
        let place = self.place;
        let built = self.steps.run("build", || parts::build(place)).is_some();
        self.built = Some(built);
        built
    }

    fn rust(&mut self) {
        let place = self.place;
        let built = self.build();
        match (built, &self.postgres, &self.venv) {
            (true, Some(postgres), Some(venv)) => {
                self.steps.run("Rust tests", || parts::rust(place, postgres, venv, &mut self.passed));
            }
            _ => self.steps.cannot_run("Rust tests", EARLIER),
        }
    }

    fn evaluator(&mut self) {
        let place = self.place;
        let built = self.build();
        match (built, &self.venv) {
            (true, Some(venv)) => {
                self.steps.run("second evaluator", || parts::second_evaluator(place, venv));
            }
            _ => self.steps.cannot_run("second evaluator", EARLIER),
        }
        match &self.venv {
            Some(venv) => {
                self.steps.run("slopes of SciPy", || parts::slopes(place, venv));
            }
            None => self.steps.cannot_run("slopes of SciPy", EARLIER),
        }
    }

    fn cql(&mut self) {
        let place = self.place;
        let built = self.build();
        match (built, &self.venv) {
            (true, Some(venv)) => {
                self.steps.run("CQL", || cql::compare(place, venv));
            }
            _ => self.steps.cannot_run("CQL", EARLIER),
        }
    }

    fn python(&mut self) {
        let place = self.place;
        let built = self.build();
        let (true, Some(venv)) = (built, &self.venv) else {
            self.steps.cannot_run("black box", EARLIER);
            return;
        };
        let Some(stubs) = self.steps.run("Python stubs", || {
            let stubs = python::stubs(place, venv)?;
            Done::passed(stubs, "generated from proto/")
        }) else {
            self.steps.cannot_run("black box", EARLIER);
            return;
        };
        self.steps.run("black box on SQLite", || parts::black_box(place, venv, &stubs, Server::on_sqlite(place)?));
        match &self.postgres {
            Some(postgres) => {
                self.steps.run("black box on Postgres", || {
                    parts::black_box(place, venv, &stubs, Server::on_postgres(place, postgres)?)
                });
            }
            None => self.steps.cannot_run("black box on Postgres", EARLIER),
        }
    }

    fn readme(&mut self) {
        let place = self.place;
        let built = self.steps.run("release build", || parts::release_build(place)).is_some();
        match (built, &self.venv) {
            (true, Some(venv)) => {
                self.steps.run("README", || readme::check(place, venv));
            }
            _ => self.steps.cannot_run("README", EARLIER),
        }
    }

    /// Once all parts have run: a part that could not run has passed nothing.
    fn requirements(&mut self, parts: &[Part]) {
        let place = self.place;
        if parts.contains(&Part::Rust) || parts.contains(&Part::Wall) {
            self.steps.run("requirements", || requirements::check(place, parts, &self.passed));
        } else {
            println!("\nrequirements: not checked, since neither the part rust nor the part wall was asked for");
        }
    }

    fn tear_down(&mut self) {
        if let Some(postgres) = self.postgres.take() {
            self.steps.run("stop Postgres", || {
                let note = match postgres.stop()? {
                    Some(status) => format!("our cluster ended, {status}"),
                    None => "not ours, left alone".to_owned(),
                };
                Done::passed((), note)
            });
        }
    }
}
