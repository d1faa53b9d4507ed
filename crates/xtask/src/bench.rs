//! `cargo xtask bench`: release builds of the server and of the load generator, measured on a Postgres of our own.

use std::process::Command;

use anyhow::Context;

use crate::place::Place;
use crate::postgres::Postgres;
use crate::steps::{Done, Steps};

/// As many chains are written to at once as a large deployment has.
const AUDIT_CLINICS: &str = "200";

/// Builds, starts Postgres, measures; `false` when something failed.
pub fn run(seconds: u32) -> anyhow::Result<bool> {
    let place = Place::new()?;
    let mut steps = Steps::new();
    let built = steps.run("release build", || {
        place.run(&mut place.cargo(&["build", "--release", "-p", "taper", "-p", "taper-load"]))?;
        Done::passed((), "taper and taper-load")
    });
    let postgres = steps.run("postgres", || {
        let postgres = Postgres::start(&place)?;
        Done::passed(postgres, "a cluster of this run's own")
    });
    match (built, &postgres) {
        (Some(()), Some(postgres)) => {
            steps.run("measure", || {
                place.run(&mut load(&place, postgres, seconds)?)?;
                Done::passed((), format!("{seconds} s a figure"))
            });
            steps.run("cost of the audit", || {
                let mut load = load(&place, postgres, seconds)?;
                place.run(load.args(["--audit-clinics", AUDIT_CLINICS, "--rounds", "5"]))?;
                Done::passed((), format!("{AUDIT_CLINICS} clinics"))
            });
        }
        _ => {
            for step in ["measure", "cost of the audit"] {
                steps.cannot_run(step, "a step before it failed");
            }
        }
    }
    if let Some(postgres) = postgres {
        steps.run("stop postgres", || {
            postgres.stop()?;
            Done::passed((), "")
        });
    }
    Ok(steps.close())
}

/// The load generator finds pgbench and psql on its PATH.
fn load(place: &Place, postgres: &Postgres, seconds: u32) -> anyhow::Result<Command> {
    let release = place.target.join("release");
    let mut load = Command::new(release.join("taper-load"));
    load.args(["--postgres-url", &postgres.url]);
    load.arg("--taper-binary").arg(release.join("taper"));
    load.args(["--seconds", &seconds.to_string()]);
    if let Some(binaries) = &postgres.binaries {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(binaries.clone()).chain(std::env::split_paths(&path));
        load.env("PATH", std::env::join_paths(folders).context("a folder on PATH has a colon in its name")?);
    }
    Ok(load)
}
