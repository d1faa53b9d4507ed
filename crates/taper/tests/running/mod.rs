//! Runs the built program, to its end or as a server that is stopped again.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};

/// The program, as from a shell that says nothing to it.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_taper"));
    command.args(arguments).stdin(Stdio::null());
    // What the tester's shell says must not reach the program.
    for variable in ["TAPER_DATA_DIR", "TAPER_DATABASE_URL", "TAPER_KEY", "TAPER_LOG", "TAPER_MASTER_KEY_FILE"] {
        command.env_remove(variable);
    }
    command
}

/// Runs the program to its end.
pub fn taper(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

/// What it printed; fails when the program did.
pub fn succeeded(output: Output) -> String {
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{}: {told}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

/// What it said on stderr; fails when the program did not.
pub fn failed(output: Output) -> String {
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success(), "it should have failed; it said: {told}");
    assert!(!told.contains("panicked") && !told.contains("stack backtrace"), "{told}");
    told
}

/// What it printed on stdout; fails when the program did not.
pub fn told_before_failing(output: Output) -> String {
    let told = String::from_utf8(output.stdout.clone()).unwrap();
    failed(output);
    told
}

/// A server that runs until this value goes.
pub struct Server {
    /// `127.0.0.1:PORT`.
    pub address: String,
    /// What it printed until it was ready.
    pub banner: String,
    child: Child,
}

impl Server {
    /// `taper dev` on any free port; ready when this returns.
    pub fn dev(folder: &Path, more: &[&str]) -> Self {
        Self::embedded("dev", folder, more)
    }

    /// `taper demo` on any free port; the story is told when this returns.
    pub fn demo(folder: &Path) -> Self {
        Self::embedded("demo", folder, &[])
    }

    fn embedded(which: &str, folder: &Path, more: &[&str]) -> Self {
        let mut arguments = vec![which, "--listen", "127.0.0.1:0", "--data-dir", folder.to_str().unwrap()];
        arguments.extend(more);
        let mut child = command(&arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let banner = read_until(child.stdout.take().unwrap(), "Ctrl-C");
        let address = word_after(&banner, "Address");
        Self { address, banner, child }
    }

    /// `taper serve` of one part on any free port; its log, in JSON, says the address.
    pub fn serve(part: &str, url: &str) -> Self {
        Self::serve_with(part, url, &[])
    }

    /// The same with more arguments.
    pub fn serve_with(part: &str, url: &str, more: &[String]) -> Self {
        let mut arguments = vec!["serve", part, "--open", "--listen", "127.0.0.1:0", "--database-url", url];
        arguments.extend(more.iter().map(String::as_str));
        let mut child = command(&arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let banner = read_until(child.stderr.take().unwrap(), "\"serving\"");
        let address = banner.split("\"address\":\"").nth(1).and_then(|rest| rest.split('"').next());
        let address = address.unwrap_or_else(|| panic!("no address in: {banner}")).to_owned();
        Self { address, banner, child }
    }

    /// Asks it to stop, and waits until it has.
    pub fn stopped(mut self) -> ExitStatus {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.child.wait().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already unless a test failed on the way.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The lines up to the one that holds the mark. The rest is read by a thread, so that the program can go on.
fn read_until(from: impl Read + Send + 'static, mark: &str) -> String {
    let mut lines = BufReader::new(from).lines();
    let mut seen = String::new();
    for line in lines.by_ref() {
        let line = line.unwrap();
        seen.push_str(&line);
        seen.push('\n');
        if line.contains(mark) {
            std::thread::spawn(move || lines.for_each(drop));
            return seen;
        }
    }
    panic!("the server ended at its start; it said: {seen}");
}

fn word_after(text: &str, label: &str) -> String {
    let rest = text.split(label).nth(1).unwrap_or_else(|| panic!("no {label} in: {text}"));
    rest.split_whitespace().next().unwrap().trim_end_matches(',').to_owned()
}
