//! Debian packages that the tests need: installed when we may, otherwise named.

use std::path::Path;
use std::process::Command;

use anyhow::bail;

use crate::place::Place;
use crate::process;

/// Installs a package, or fails saying what to install and why.
pub fn install(place: &Place, package: &str, reason: &str) -> anyhow::Result<()> {
    if !Path::new("/etc/debian_version").exists() || !Path::new("/usr/bin/apt-get").exists() {
        bail!("{reason}: please install what your system calls {package}");
    }
    if !is_root()? {
        bail!("{reason}: please run `sudo apt-get install {package}`, then this command again");
    }
    println!("{reason}; installing the Debian package {package}");
    let quiet = |arguments: &[&str]| {
        let mut apt = Command::new("apt-get");
        apt.args(["-qq", "-o", "Dpkg::Use-Pty=0"]).args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        apt
    };
    place.run(&mut quiet(&["update"]))?;
    place.run(&mut quiet(&["install", "-y", "--no-install-recommends", package]))
}

/// Whether this process runs as root.
pub fn is_root() -> anyhow::Result<bool> {
    Ok(process::output(Command::new("id").arg("-u"))?.trim() == "0")
}
