//! One reading of the README: a shell for each block, all in the repository, with one home folder of their own.

use std::fs::File;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::place::Place;
use crate::process::{self, Background};
use crate::python::Venv;

use super::blocks::Block;
use super::database::Database;
use super::matching::difference;

/// How long one block may run, and how long a server may take until it says what is expected.
const BLOCK_WITHIN: Duration = Duration::from_secs(20 * 60);
const SERVER_WITHIN: Duration = Duration::from_secs(120);

/// What a block leaves in the shell is there for the next one and for servers, as it is for a reader in one shell.
const AS_BEFORE: &str = r#"if [ -f "$HOME/.shell" ]; then . "$HOME/.shell"; fi"#;
const KEEP: &str = r#"{ export -p; declare -f; umask -p; printf "cd %q\n" "$PWD"; } >"$HOME/.shell""#;

/// The state that the blocks hand on: files, variables, and servers that run until the end.
pub struct Replay<'p> {
    place: &'p Place,
    database: &'p Database<'p>,
    home: PathBuf,
    path: std::ffi::OsString,
    servers: Vec<Background<'p>>,
    blocks_run: usize,
}

impl<'p> Replay<'p> {
    /// An empty home folder; the venv's programs come first on the PATH.
    pub fn new(place: &'p Place, venv: &Venv, database: &'p Database<'p>) -> anyhow::Result<Replay<'p>> {
        let home = place.scratch.join("home");
        std::fs::create_dir_all(&home)?;
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(venv.bin()).chain(std::env::split_paths(&path));
        let path = std::env::join_paths(folders).context("a folder on PATH has a colon in its name")?;
        Ok(Replay { place, database, home, path, servers: Vec::new(), blocks_run: 0 })
    }

    /// Runs a block to its end; it must succeed and say what the README shows.
    pub fn run(&mut self, block: &Block) -> anyhow::Result<()> {
        let log = self.next_log();
        let file = File::create(&log)?;
        let commands = self.database.in_place_of_debians(&block.script)?;
        let script = format!("set -e -a\n{AS_BEFORE}\ntrap '{KEEP}' EXIT\n{commands}");
        let mut child = self.shell(&script).stdout(file.try_clone()?).stderr(file).spawn()?;
        let pid = child.id();
        self.place.sweeper.watch(pid, "TERM");
        let began = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break Some(status);
            }
            if began.elapsed() > BLOCK_WITHIN {
                child.kill()?;
                child.wait()?;
                break None;
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        self.place.sweeper.forget(pid);
        let said = read(&log)?;
        print!("{said}");
        judge(block, status, &said)
    }

    /// Starts a server and waits until it said what the README shows, and is healthy at its address.
    pub fn serve(&mut self, block: &Block) -> anyhow::Result<()> {
        let log = self.next_log();
        let command = self.database.in_place_of_debians(&block.script)?;
        let mut shell = self.shell(&format!("set -e\n{AS_BEFORE}\nexec {command}"));
        let mut server = Background::start(&self.place.sweeper, &mut shell, "TERM", &log)?;
        let outcome = process::retry(SERVER_WITHIN, || {
            if let Some(status) = server.ended()? {
                bail!("the server ended: {status}");
            }
            let said = read(&log)?;
            let address = address_in(&said).or_else(|| address_in(&command));
            self.is_ready(&address.context("the server has not yet said where it listens")?, &command)?;
            match block.output.as_deref().and_then(|expected| difference(expected, &said)) {
                Some(difference) => bail!("{difference}"),
                None => Ok(()),
            }
        });
        print!("{}", read(&log)?);
        self.servers.push(server);
        outcome
    }

    /// A server with TLS and login answers nobody whom only the README can name: it listens, and the README asks it.
    fn is_ready(&self, address: &str, command: &str) -> anyhow::Result<()> {
        if command.contains("--tls-certificate") {
            std::net::TcpStream::connect(address).with_context(|| format!("nobody listens on {address}"))?;
            return Ok(());
        }
        let taper = self.place.target.join("release/taper");
        process::output(Command::new(taper).args(["health", "--address", address])).map(|_| ())
    }

    /// Stops the servers, the last one first; each must end in good order.
    pub fn end(mut self) -> anyhow::Result<()> {
        while let Some(server) = self.servers.pop() {
            let status = server.stop()?;
            if !status.success() {
                bail!("a server of the README did not end in good order on SIGTERM: {status}");
            }
        }
        Ok(())
    }

    fn next_log(&mut self) -> PathBuf {
        self.blocks_run += 1;
        self.place.scratch.join(format!("readme-{}.log", self.blocks_run))
    }

    /// Bash as a new user has it, but with the real cargo and rustup folders.
    fn shell(&self, script: &str) -> Command {
        let mut bash = Command::new("bash");
        bash.args(["--noprofile", "--norc", "-c", script])
            .current_dir(&self.place.root)
            .stdin(std::process::Stdio::null());
        let real_home = PathBuf::from(std::env::var_os("HOME").unwrap_or_default());
        for (variable, folder) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
            if std::env::var_os(variable).is_none() {
                bash.env(variable, real_home.join(folder));
            }
        }
        for (variable, _) in std::env::vars_os() {
            let name = variable.to_string_lossy();
            if name.starts_with("XDG_") || name.starts_with("TAPER_") {
                bash.env_remove(&variable);
            }
        }
        bash.env("HOME", &self.home).env("PATH", &self.path);
        bash
    }
}

fn read(log: &std::path::Path) -> anyhow::Result<String> {
    Ok(String::from_utf8_lossy(&std::fs::read(log)?).into_owned())
}

fn judge(block: &Block, status: Option<ExitStatus>, said: &str) -> anyhow::Result<()> {
    let Some(status) = status else {
        bail!("it did not end within {BLOCK_WITHIN:?}");
    };
    if !status.success() {
        bail!("{status}");
    }
    match block.output.as_deref().and_then(|expected| difference(expected, said)) {
        Some(difference) => bail!("{difference}"),
        None => Ok(()),
    }
}

/// The first loopback address with a port in what a server said.
fn address_in(said: &str) -> Option<String> {
    ["127.0.0.1:", "[::1]:", "localhost:"].into_iter().find_map(|host| {
        let (_, after) = said.split_once(host)?;
        let port: String = after.chars().take_while(char::is_ascii_digit).collect();
        (!port.is_empty()).then(|| format!("{host}{port}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_in_a_banner() {
        assert_eq!(address_in("taper dev\n  gRPC  http://127.0.0.1:50051\n"), Some("127.0.0.1:50051".to_owned()));
        assert_eq!(address_in("nothing here 127.0.0.1: none"), None);
    }
}
