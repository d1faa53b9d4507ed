//! The Python environment of the tests: pinned packages, the buf tool, and stubs generated from proto/.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use crate::debian;
use crate::place::{self, Place};
use crate::process;

/// A virtual environment under the target folder.
pub struct Venv {
    folder: PathBuf,
}

impl Venv {
    /// Makes the environment, or keeps the one that already holds the pinned packages. Says what it did.
    pub fn ready(place: &Place) -> anyhow::Result<Venv> {
        let venv = Venv { folder: place.target.join("venv") };
        let pinned_file = place.root.join("tests/python/requirements.txt");
        let pinned = std::fs::read_to_string(&pinned_file).context("cannot read tests/python/requirements.txt")?;
        let installed_file = venv.folder.join("installed.txt");
        let installed = std::fs::read_to_string(&installed_file).unwrap_or_default();
        if installed == pinned && process::output(Command::new(venv.python()).arg("--version")).is_ok() {
            println!("{} already holds the pinned packages", place.short(&venv.folder));
            return Ok(venv);
        }
        let python = system_python(place)?;
        println!("making {} with {}", place.short(&venv.folder), python.display());
        place.run(Command::new(&python).args(["-m", "venv", "--clear"]).arg(&venv.folder))?;
        let mut pip = Command::new(venv.python());
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:", "-r"]);
        place.run(pip.arg(&pinned_file))?;
        std::fs::write(&installed_file, pinned)?;
        Ok(venv)
    }

    /// The folder that holds its programs.
    pub fn bin(&self) -> PathBuf {
        self.folder.join("bin")
    }

    /// Its Python.
    pub fn python(&self) -> PathBuf {
        self.bin().join("python3")
    }

    /// Its buf.
    pub fn buf(&self) -> PathBuf {
        self.bin().join("buf")
    }
}

/// Generates the Python stubs of proto/taper into a folder under the target folder.
pub fn stubs(place: &Place, venv: &Venv) -> anyhow::Result<PathBuf> {
    let protos = place::files_below(&place.root.join("proto/taper"), ".proto")?;
    if protos.is_empty() {
        bail!("there is no .proto file under proto/taper");
    }
    let folder = place.target.join("python-stubs");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    let mut protoc = Command::new(venv.python());
    protoc.args(["-m", "grpc_tools.protoc", "-I", "proto"]);
    protoc.arg(format!("--python_out={}", folder.display()));
    protoc.arg(format!("--grpc_python_out={}", folder.display()));
    for proto in &protos {
        protoc.arg(proto.strip_prefix(place.root.join("proto")).unwrap_or(proto));
    }
    process::output(protoc.current_dir(&place.root))?;
    Ok(folder)
}

/// The first Python that can make a virtual environment; Debian's package when there is none and we may install it.
fn system_python(place: &Place) -> anyhow::Result<PathBuf> {
    if let Some(python) = able_python() {
        return Ok(python);
    }
    debian::install(place, "python3-venv", "the tests need a Python 3 with venv, and there is none")?;
    able_python().context("the package python3-venv is installed, but no python3 can import venv and ensurepip")
}

fn able_python() -> Option<PathBuf> {
    let candidates = [Path::new("/usr/bin/python3"), Path::new("python3")];
    let able = |python: &&Path| process::output(Command::new(python).args(["-c", "import venv, ensurepip"])).is_ok();
    candidates.into_iter().find(able).map(Path::to_owned)
}
