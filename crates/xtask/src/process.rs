//! Other programs: run to their end, read line by line, or kept in the background and stopped by their own pid.

use std::io::{BufRead, BufReader, PipeReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::sweeper::Sweeper;

/// Runs a program to its end, its output going where ours goes; anything but success is an error.
pub fn run(sweeper: &Sweeper, command: &mut Command) -> anyhow::Result<()> {
    let line = shown(command);
    println!("$ {line}");
    let child = command.stdin(Stdio::null()).spawn().with_context(|| format!("cannot start {line}"))?;
    let status = wait(sweeper, child)?;
    if !status.success() {
        bail!("{line}: {status}");
    }
    Ok(())
}

/// Runs a program to its end; its standard output is passed on and also given back, line by line.
pub fn run_reading(sweeper: &Sweeper, command: &mut Command) -> anyhow::Result<(ExitStatus, Vec<String>)> {
    let line = shown(command);
    println!("$ {line}");
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().with_context(|| format!("cannot start {line}"))?;
    let output = child.stdout.take().context("the program has no output")?;
    read_to_end(sweeper, child, output)
}

/// The same with both of its outputs, in the order in which it writes to them.
pub fn run_reading_both(sweeper: &Sweeper, command: &mut Command) -> anyhow::Result<(ExitStatus, Vec<String>)> {
    println!("$ {}", shown(command));
    let (child, output) = spawn_with_one_output(command)?;
    read_to_end(sweeper, child, output)
}

fn spawn_with_one_output(command: &mut Command) -> anyhow::Result<(Child, PipeReader)> {
    let (output, into) = std::io::pipe()?;
    command.stdin(Stdio::null()).stdout(into.try_clone()?).stderr(into);
    let child = command.spawn().with_context(|| format!("cannot start {}", shown(command)))?;
    // The command would keep our side of the pipe open, and the output would have no end.
    command.stdout(Stdio::inherit()).stderr(Stdio::inherit());
    Ok((child, output))
}

fn read_to_end(sweeper: &Sweeper, child: Child, output: impl Read) -> anyhow::Result<(ExitStatus, Vec<String>)> {
    sweeper.watch(child.id(), "TERM");
    let mut lines = Vec::new();
    for read in BufReader::new(output).split(b'\n') {
        let text = String::from_utf8_lossy(&read?).into_owned();
        println!("{text}");
        lines.push(text);
    }
    let status = wait(sweeper, child)?;
    Ok((status, lines))
}

/// Runs a quick program and gives its output; anything but success is an error that carries what it said.
pub fn output(command: &mut Command) -> anyhow::Result<String> {
    let line = shown(command);
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot start {line}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{line}: {}: {}", output.status, said.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn wait(sweeper: &Sweeper, mut child: Child) -> anyhow::Result<ExitStatus> {
    let pid = child.id();
    sweeper.watch(pid, "TERM");
    let status = child.wait();
    sweeper.forget(pid);
    status.context("lost a child process")
}

/// A program that runs beside us and is stopped when this value goes.
pub struct Background<'s> {
    child: Child,
    signal: &'static str,
    sweeper: &'s Sweeper,
}

/// How long a program may take to stop before it is killed; a server may drain for 20 seconds.
const STOP_GRACE: Duration = Duration::from_secs(30);

impl<'s> Background<'s> {
    /// Starts it, its output going to the file; the signal is the one that stops it in good order.
    pub fn start(
        sweeper: &'s Sweeper,
        command: &mut Command,
        signal: &'static str,
        log: &Path,
    ) -> anyhow::Result<Background<'s>> {
        let line = shown(command);
        println!("$ {line} &");
        let output = std::fs::File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        let errors = output.try_clone()?;
        let child = command
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .spawn()
            .with_context(|| format!("cannot start {line}"))?;
        sweeper.watch(child.id(), signal);
        Ok(Background { child, signal, sweeper })
    }

    /// Its exit status, once it has ended.
    pub fn ended(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Asks it to stop and waits; how it ended, or an error when it had to be killed.
    pub fn stop(mut self) -> anyhow::Result<ExitStatus> {
        self.stop_in_place()
    }

    fn stop_in_place(&mut self) -> anyhow::Result<ExitStatus> {
        let pid = self.child.id();
        if let Some(status) = self.child.try_wait()? {
            self.sweeper.forget(pid);
            return Ok(status);
        }
        signal(pid, self.signal);
        let asked = Instant::now();
        while asked.elapsed() < STOP_GRACE {
            if let Some(status) = self.child.try_wait()? {
                self.sweeper.forget(pid);
                return Ok(status);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.child.kill()?;
        self.child.wait()?;
        self.sweeper.forget(pid);
        bail!("process {pid} did not stop within {STOP_GRACE:?} of SIG{} and was killed", self.signal)
    }
}

impl Drop for Background<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.stop_in_place() {
            eprintln!("xtask: {error:#}");
        }
    }
}

/// Sends a signal to one process. The shell's own `kill` serves, since a small Debian has no other.
pub fn signal(pid: u32, signal: &str) {
    let script = "kill -s \"$0\" \"$1\" 2>/dev/null";
    let _ = Command::new("sh").args(["-c", script, signal, &pid.to_string()]).status();
}

/// Waits until the process is gone; `false` when it is still there after that time.
pub fn gone_within(pid: u32, time: Duration) -> bool {
    let status = format!("/proc/{pid}/stat");
    let began = Instant::now();
    loop {
        let gone = match std::fs::read_to_string(&status) {
            // A zombie has ended; its parent has only not asked yet.
            Ok(text) => text.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z')),
            Err(_) => true,
        };
        if gone || began.elapsed() >= time {
            return gone;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Tries again until the probe succeeds or the time is over; then the probe's last error.
pub fn retry<T>(time: Duration, mut probe: impl FnMut() -> anyhow::Result<T>) -> anyhow::Result<T> {
    let began = Instant::now();
    loop {
        match probe() {
            Ok(value) => return Ok(value),
            Err(error) if began.elapsed() >= time => return Err(error),
            Err(_) => std::thread::sleep(Duration::from_millis(50)),
        }
    }
}

/// A loopback port that nothing listens on.
pub fn free_port() -> anyhow::Result<u16> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").context("no free loopback port")?;
    Ok(listener.local_addr()?.port())
}

/// The command as one would type it, its program without the folder.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut words = vec![program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|argument| argument.to_string_lossy().into_owned()));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quick_program_that_fails_says_what_it_said() {
        let error = output(Command::new("sh").args(["-c", "echo it is broken >&2; exit 3"])).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("it is broken") && text.contains('3'), "{text}");
    }

    #[test]
    fn both_outputs_of_a_program_are_read_in_the_order_in_which_it_wrote_them() {
        let script = "echo one; echo two >&2; echo three; echo four >&2; exit 3";
        let (mut child, mut output) = spawn_with_one_output(Command::new("sh").args(["-c", script])).unwrap();
        let mut text = String::new();
        output.read_to_string(&mut text).unwrap();
        assert_eq!(text, "one\ntwo\nthree\nfour\n");
        assert_eq!(child.wait().unwrap().code(), Some(3));
    }

    #[test]
    fn a_process_that_runs_on_is_not_gone() {
        let mut sleeper = Command::new("sleep").arg("60").spawn().unwrap();
        assert!(!gone_within(sleeper.id(), Duration::from_millis(50)));
        signal(sleeper.id(), "TERM");
        assert!(gone_within(sleeper.id(), Duration::from_secs(5)));
        sleeper.wait().unwrap();
    }

    #[test]
    fn a_retry_gives_the_last_error_when_the_time_is_over() {
        let mut tries = 0;
        let outcome: anyhow::Result<()> = retry(Duration::from_millis(120), || {
            tries += 1;
            bail!("try {tries}")
        });
        assert!(tries > 1);
        assert_eq!(outcome.unwrap_err().to_string(), format!("try {tries}"));
    }
}
