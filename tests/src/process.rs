//! The built binary as a process: `taper dev` on a folder, to be killed; `taper serve` on a database, to be weighed.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tempfile::NamedTempFile;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::database::master_key_file;

/// A running `taper dev`.
pub struct DevServer {
    child: Child,
    /// Where it listens, as its banner says.
    pub address: SocketAddr,
}

impl DevServer {
    /// Starts the built binary on a folder, on a port of the system's choice, and waits for its banner.
    pub async fn start(folder: &Path) -> Self {
        let mut command = Command::new(binary());
        command.args(["dev", "--listen", "127.0.0.1:0", "--time-zone", "Etc/UTC", "--data-dir"]).arg(folder);
        command.env("TAPER_LOG", "warn").stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let mut child = command.spawn().expect("starting taper dev");
        let output = child.stdout.take().unwrap();
        let address = tokio::time::timeout(Duration::from_secs(30), banner_address(output)).await;
        Self { child, address: address.expect("taper dev did not say its address within 30 s") }
    }

    /// Ends it with SIGKILL, as a crash would, and waits until it is gone.
    pub async fn kill_9(mut self) {
        self.child.kill().await.expect("killing taper dev");
    }
}

/// Runs the built binary on a database to its end; gives whether it succeeded, and what it printed.
pub async fn taper_on(database_url: &str, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(binary());
    command.args(arguments).args(["--database-url", database_url]).stdin(Stdio::null());
    let output = command.output().await.expect("running taper");
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

/// A running `taper serve all`; it ends with this value.
pub struct Served {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// What it writes, to both of its outputs.
    output: NamedTempFile,
}

impl Served {
    /// Starts the built binary on a migrated database, for everybody, and waits until it listens.
    pub async fn start(database_url: &str) -> Self {
        Self::start_with(database_url, &["--open"], "warn").await
    }

    /// The same with these arguments and this filter of the log.
    pub async fn start_with(database_url: &str, arguments: &[&str], filter: &str) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let output = NamedTempFile::new().unwrap();
        let mut command = Command::new(binary());
        command.args(["serve", "all", "--listen", &address.to_string(), "--database-url", database_url]);
        command.arg("--master-key").arg(master_key_file());
        // RUST_LOG is what other programs read; this one must not.
        command.args(arguments).env("TAPER_LOG", filter).env("RUST_LOG", filter).kill_on_drop(true);
        let file = output.reopen().unwrap();
        command.stdout(file.try_clone().unwrap()).stderr(file);
        let child = command.spawn().expect("starting taper serve");
        for _ in 0..300 {
            if tokio::net::TcpStream::connect(address).await.is_ok() {
                return Self { child, address, output };
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("taper serve did not listen within 30 s: {}", std::fs::read_to_string(output.path()).unwrap());
    }

    /// Ends it with SIGTERM; gives all that it wrote.
    pub async fn stop(mut self) -> String {
        let pid = self.child.id().expect("taper serve has ended").to_string();
        let signalled = Command::new("kill").args(["-TERM", &pid]).status().await.unwrap();
        assert!(signalled.success(), "SIGTERM could not be sent");
        let ended = tokio::time::timeout(Duration::from_secs(60), self.child.wait()).await;
        let status = ended.expect("taper serve did not end").unwrap();
        let text = String::from_utf8_lossy(&std::fs::read(self.output.path()).unwrap()).into_owned();
        assert!(status.success(), "{status}: {text}");
        text
    }

    /// The most resident memory that it ever held, in KiB.
    pub fn peak_memory_kib(&self) -> u64 {
        let pid = self.child.id().expect("taper serve has ended");
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        peak.split_whitespace().next().unwrap().parse().unwrap()
    }
}

/// Reads the banner's `Address   127.0.0.1:PORT, ...`, and goes on reading so that the server never waits for us.
async fn banner_address(output: tokio::process::ChildStdout) -> SocketAddr {
    let mut lines = BufReader::new(output).lines();
    loop {
        let line = lines.next_line().await.unwrap().expect("taper dev ended before its banner");
        if let Some(rest) = line.trim().strip_prefix("Address") {
            let address = rest.trim().split([',', ' ']).next().unwrap().parse().expect("the banner's address");
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return address;
        }
    }
}

/// The binary that TAPER_TEST_BINARY names.
fn binary() -> PathBuf {
    let path = std::env::var_os("TAPER_TEST_BINARY")
        .expect("TAPER_TEST_BINARY is not set: run `cargo xtask test`, which builds taper and names it");
    PathBuf::from(path)
}
