//! A server process under measurement: taper itself, or the bare echo.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use taper_store::MasterKey;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::cpu;

/// A child process that serves; it ends with this value.
pub struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`.
    pub address: String,
}

impl Server {
    /// Migrates the database and starts `taper serve all` on it.
    pub async fn taper(binary: &Path, database_url: &str) -> Result<Self> {
        let database = ["--database-url", database_url];
        let migrated =
            Command::new(binary).args(["migrate", "up"]).args(database).stdout(Stdio::null()).status().await?;
        ensure!(migrated.success(), "taper migrate up failed");
        let port = free_port()?;
        let listen = format!("127.0.0.1:{port}");
        let mut command = Command::new(binary);
        command.args(["serve", "all", "--open", "--listen", &listen]).args(database).env("TAPER_LOG", "warn");
        command.arg("--master-key").arg(master_key_file()?);
        let child = command.stdout(Stdio::null()).kill_on_drop(true).spawn().context("starting taper")?;
        let server = Self { child, address: format!("http://{listen}") };
        server.wait_until_it_listens(port).await?;
        Ok(server)
    }

    /// Starts this program as the bare echo.
    pub async fn echo(response_bytes: usize) -> Result<Self> {
        Self::own(&["--echo-response-bytes", &response_bytes.to_string()]).await
    }

    /// Starts this program as Taper on a migrated database, with the audit or without.
    pub async fn taper_in_this_program(database_url: &str, is_audited: bool) -> Result<Self> {
        let audit = if is_audited { "with-audit" } else { "without-audit" };
        Self::own(&["--serve", audit, "--database-url", database_url]).await
    }

    /// Starts this program as a server, which prints its address in one line first.
    async fn own(arguments: &[&str]) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        let required = ["--postgres-url", "none", "--taper-binary", "none"];
        command.args(required).args(arguments);
        let mut child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn().context("starting a server")?;
        let output = child.stdout.take().context("the server's output")?;
        let line = BufReader::new(output).lines().next_line().await?.context("the server said nothing")?;
        Ok(Self { child, address: format!("http://{line}") })
    }

    /// CPU microseconds so far.
    pub fn cpu_us(&self) -> u64 {
        self.child.id().map_or(0, cpu::of_process)
    }

    /// A line of /proc/PID/status in KiB: `VmRSS` for the resident memory, `VmHWM` for the most it ever was.
    pub fn memory_kib(&self, line: &str) -> Result<u64> {
        let pid = self.child.id().context("the server has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
        let found = status.lines().find_map(|entry| entry.strip_prefix(line)?.strip_prefix(':'));
        let number = found.and_then(|value| value.split_whitespace().next()).context("no such line")?;
        Ok(number.parse()?)
    }

    async fn wait_until_it_listens(&self, port: u16) -> Result<()> {
        for _ in 0..100 {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("taper did not listen within five seconds")
    }
}

fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// The master key of the databases that are loaded.
pub fn master_key() -> Result<MasterKey> {
    MasterKey::parse(&"0f".repeat(32)).context("a master key is 64 hexadecimal digits")
}

fn master_key_file() -> Result<PathBuf> {
    let file = std::env::temp_dir().join("taper-load-master.key");
    std::fs::write(&file, master_key()?.to_text())?;
    Ok(file)
}
