//! A second process that outlives this one and cleans up after it, however it ends: Ctrl-C, a kill, or its own end.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use anyhow::Context;

use crate::process;

/// The parent's end of the pipe to the sweeper. When it closes, the sweeper stops what still runs and removes the
/// scratch folder.
pub struct Sweeper {
    pipe: Mutex<Option<ChildStdin>>,
    child: Child,
}

impl Sweeper {
    /// Starts the sweeper, in a process group of its own so that Ctrl-C does not reach it.
    pub fn start(scratch: &Path) -> anyhow::Result<Sweeper> {
        let program = std::env::current_exe().context("where is this program?")?;
        let mut child = Command::new(program)
            .arg("sweep")
            .arg(scratch)
            .stdin(Stdio::piped())
            .process_group(0)
            .spawn()
            .context("cannot start the sweeper")?;
        let pipe = Mutex::new(child.stdin.take());
        Ok(Sweeper { pipe, child })
    }

    /// From now on this process must not outlive us; the signal is what stops it.
    pub fn watch(&self, pid: u32, signal: &str) {
        self.say(&format!("watch {pid} {signal}"));
    }

    /// The process has ended.
    pub fn forget(&self, pid: u32) {
        self.say(&format!("forget {pid}"));
    }

    /// A sweeper that is gone costs only the clean-up after an interrupt, so a failed write is not an error.
    fn say(&self, line: &str) {
        if let Ok(mut pipe) = self.pipe.lock()
            && let Some(pipe) = pipe.as_mut()
        {
            let _ = writeln!(pipe, "{line}");
        }
    }
}

impl Drop for Sweeper {
    fn drop(&mut self) {
        if let Ok(mut pipe) = self.pipe.lock() {
            pipe.take();
        }
        let _ = self.child.wait();
    }
}

const GRACE: Duration = Duration::from_secs(10);

/// The sweeper's own work: follow what the parent says until it is gone, then stop what still runs, by its pid, and
/// remove the scratch folder.
pub fn sweep(parent: impl BufRead, scratch: &Path) -> anyhow::Result<()> {
    let left = watched_at_the_end(parent);
    for (pid, signal) in &left {
        process::signal(*pid, signal);
    }
    for pid in left.keys() {
        if !process::gone_within(*pid, GRACE) {
            process::signal(*pid, "KILL");
        }
    }
    if scratch.exists() {
        std::fs::remove_dir_all(scratch).with_context(|| format!("cannot remove {}", scratch.display()))?;
    }
    Ok(())
}

fn watched_at_the_end(parent: impl BufRead) -> BTreeMap<u32, String> {
    let mut watched = BTreeMap::new();
    for line in parent.lines().map_while(Result::ok) {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["watch", pid, signal] => {
                if let Ok(pid) = pid.parse() {
                    watched.insert(pid, (*signal).to_owned());
                }
            }
            ["forget", pid] => {
                if let Ok(pid) = pid.parse::<u32>() {
                    watched.remove(&pid);
                }
            }
            _ => {}
        }
    }
    watched
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_not_forgotten_is_left() {
        let said = "watch 11 TERM\nwatch 12 INT\nforget 11\nnonsense\n";
        let left = watched_at_the_end(said.as_bytes());
        assert_eq!(left, BTreeMap::from([(12, "INT".to_owned())]));
    }

    #[test]
    fn the_sweep_stops_the_process_and_removes_the_folder() {
        let scratch = std::env::temp_dir().join(format!("taper-xtask-sweep-{}", std::process::id()));
        std::fs::create_dir_all(scratch.join("inner")).unwrap();
        let mut sleeper = Command::new("sleep").arg("60").spawn().unwrap();
        let pid = sleeper.id();
        let waiter = std::thread::spawn(move || sleeper.wait().unwrap());

        sweep(format!("watch {pid} TERM\n").as_bytes(), &scratch).unwrap();

        assert!(!waiter.join().unwrap().success());
        assert!(!scratch.exists());
    }
}
