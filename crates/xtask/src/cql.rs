//! The rules that tests/cql writes as Clinical Quality Language: npm's packages under the target folder, and the comparison.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::place::{self, Place};
use crate::python::Venv;
use crate::steps::Done;

/// So many random records on the protocol, always the same ones.
const RANDOM_RECORDS: &str = "2000";

/// The engine and the CQL say the same about random records; any difference fails, and a verdict that never came up too.
pub fn compare(place: &Place, venv: &Venv) -> anyhow::Result<Done<()>> {
    let folder = ready(place, venv)?;
    let mut compare = Command::new(venv.bin().join("node"));
    compare.arg(folder.join("compare.mjs"));
    compare.args(["--page", "crates/core/protocols/README.md", "--wanted", RANDOM_RECORDS, "--seed", "1"]);
    compare.arg("--records").arg(place.dev_program("taper-records"));
    compare.arg("--answers").arg(place.dev_program("taper-answers"));
    place.run(&mut compare)?;
    Done::passed((), format!("{RANDOM_RECORDS} random records"))
}

/// Copies tests/cql under the target folder, where npm's packages lie beside it, and installs these if they changed.
fn ready(place: &Place, venv: &Venv) -> anyhow::Result<PathBuf> {
    let folder = place.target.join("cql");
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for file in place::files_below(&place.root.join("tests/cql"), "")? {
        let name = file.file_name().context("a file without a name")?;
        std::fs::copy(&file, folder.join(name)).with_context(|| format!("cannot copy {}", file.display()))?;
    }
    let pinned = std::fs::read_to_string(folder.join("package-lock.json"))?;
    let installed_file = folder.join("installed.json");
    if std::fs::read_to_string(&installed_file).is_ok_and(|installed| installed == pinned) {
        println!("{} already holds the pinned packages", place.short(&folder));
        return Ok(folder);
    }
    install(place, venv, &folder)?;
    std::fs::write(&installed_file, pinned)?;
    Ok(folder)
}

/// Installs what package-lock.json pins. None of these packages needs to run a script for that.
fn install(place: &Place, venv: &Venv, folder: &Path) -> anyhow::Result<()> {
    let mut npm = Command::new(venv.bin().join("npm"));
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"]);
    place.run(npm.arg(folder))
}
