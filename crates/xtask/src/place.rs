//! Where this run works: the repository, the target folder, and a scratch folder that goes when the run ends.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::process;
use crate::sweeper::Sweeper;

/// The folders of one run, and the sweeper that guards them.
pub struct Place {
    /// The root of the repository.
    pub root: PathBuf,
    /// Cargo's target folder.
    pub target: PathBuf,
    /// A temporary folder of this run alone.
    pub scratch: PathBuf,
    /// Stops what still runs and removes `scratch` when this process ends.
    pub sweeper: Sweeper,
}

impl Place {
    /// Finds the repository and makes the scratch folder.
    pub fn new() -> anyhow::Result<Place> {
        let root = root()?;
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => root.join(folder),
            None => root.join("target"),
        };
        let scratch = std::env::temp_dir().join(format!("taper-xtask-{}", std::process::id()));
        std::fs::create_dir(&scratch).with_context(|| format!("cannot make {}", scratch.display()))?;
        // Root's umask may be tight, and Postgres, which runs as another user, works below this folder.
        std::fs::set_permissions(&scratch, Permissions::from_mode(0o755))?;
        let sweeper = Sweeper::start(&scratch)?;
        Ok(Place { root, target, scratch, sweeper })
    }

    /// A cargo command in the repository.
    pub fn cargo(&self, arguments: &[&str]) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.args(arguments).current_dir(&self.root);
        command
    }

    /// The taper binary of the dev profile.
    pub fn taper(&self) -> PathBuf {
        self.dev_program("taper")
    }

    /// A program of the dev profile.
    pub fn dev_program(&self, name: &str) -> PathBuf {
        self.target.join("debug").join(name)
    }

    /// Runs the program in the repository to its end.
    pub fn run(&self, command: &mut Command) -> anyhow::Result<()> {
        process::run(&self.sweeper, command.current_dir(&self.root))
    }

    /// The path as seen from the repository, for printing.
    pub fn short<'p>(&self, path: &'p Path) -> std::path::Display<'p> {
        path.strip_prefix(&self.root).unwrap_or(path).display()
    }
}

/// This crate lies in crates/xtask of the repository; cargo says where when it runs us.
fn root() -> anyhow::Result<PathBuf> {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let manifest = PathBuf::from(manifest);
    let root = manifest.ancestors().nth(2).context("this crate does not lie in crates/xtask")?;
    Ok(root.to_owned())
}

/// Every file below the folder whose name ends so, in order.
pub fn files_below(folder: &Path, ending: &str) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
