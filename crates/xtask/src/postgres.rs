//! Throwaway Postgres clusters of this run's own, from the binaries that the machine has.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use anyhow::{Context, bail};

use crate::debian;
use crate::place::Place;
use crate::process::{self, Background};

/// The variable that names a server to use instead, and that tells the tests where theirs is.
pub const URL_VARIABLE: &str = "TAPER_TEST_POSTGRES_URL";

const OLDEST_MAJOR_VERSION: u32 = 15;
const READY_WITHIN: Duration = Duration::from_secs(30);

/// A cluster of this run's own, in a folder below the scratch folder.
pub struct Cluster<'p> {
    /// The folder of its socket; whoever connects there is believed to be who he says.
    pub folder: PathBuf,
    /// Its port, on 127.0.0.1 and in the name of the socket.
    pub port: u16,
    /// Its programs.
    pub binaries: PathBuf,
    process: Background<'p>,
}

impl<'p> Cluster<'p> {
    /// Starts it and waits until it answers; `over_tcp` is how it knows who connects to its port (`trust`, ..).
    pub fn start(place: &'p Place, name: &str, over_tcp: &str) -> anyhow::Result<Cluster<'p>> {
        let binaries = binaries(place)?;
        let account = Account::unprivileged()?;
        let folder = place.scratch.join(name);
        std::fs::create_dir(&folder)?;
        if let Some(Account { uid, gid }) = account {
            std::os::unix::fs::chown(&folder, Some(uid), Some(gid))?;
        }
        println!("binaries of {}, cluster in {}", binaries.display(), folder.display());
        initdb(&binaries, account, &folder, over_tcp)?;
        let port = process::free_port()?;
        let log = place.scratch.join(format!("{name}.log"));
        let mut process = serve(place, &binaries, account, &folder, port, &log)?;
        let answered = process::retry(READY_WITHIN, || {
            if let Some(status) = process.ended()? {
                bail!("Postgres ended at its start: {status}");
            }
            let mut probe = Command::new(binaries.join("pg_isready"));
            process::output(probe.args(["-h", "127.0.0.1", "-p", &port.to_string(), "-U", "postgres"])).map(|_| ())
        });
        if let Err(error) = answered {
            let log = std::fs::read_to_string(&log).unwrap_or_default();
            return Err(error.context(format!("Postgres does not answer; its log:\n{log}")));
        }
        Ok(Cluster { folder, port, binaries, process })
    }

    /// Stops it.
    pub fn stop(self) -> anyhow::Result<ExitStatus> {
        self.process.stop()
    }
}

/// A Postgres server for the tests: ours, or the one that the environment names.
pub struct Postgres<'p> {
    /// A superuser's URL of its database `postgres`.
    pub url: String,
    /// Where psql and pgbench are; none when the server is not ours.
    pub binaries: Option<PathBuf>,
    cluster: Option<Cluster<'p>>,
}

impl<'p> Postgres<'p> {
    /// Starts a cluster in the scratch folder, unless the environment names a server. Says what it did.
    pub fn start(place: &'p Place) -> anyhow::Result<Postgres<'p>> {
        if let Ok(url) = std::env::var(URL_VARIABLE) {
            println!("using the server that {URL_VARIABLE} names");
            let binaries = find_binaries(Path::new("/usr/lib/postgresql"));
            return Ok(Postgres { url, binaries, cluster: None });
        }
        let cluster = Cluster::start(place, "postgres", "trust")?;
        let url = format!("postgres://postgres@127.0.0.1:{}/postgres", cluster.port);
        println!("ready: {URL_VARIABLE}={url}");
        Ok(Postgres { url, binaries: Some(cluster.binaries.clone()), cluster: Some(cluster) })
    }

    /// Makes an empty database and gives its URL.
    pub fn database(&self, name: &str) -> anyhow::Result<String> {
        let binaries = self.binaries.as_ref().context("psql is needed to make a database; please install it")?;
        let statement = format!("CREATE DATABASE {name}");
        let mut psql = Command::new(binaries.join("psql"));
        process::output(psql.args(["-X", "-q", "-d", &self.url, "-c", &statement]))?;
        with_database(&self.url, name)
    }

    /// Stops the cluster, if it is ours.
    pub fn stop(self) -> anyhow::Result<Option<ExitStatus>> {
        self.cluster.map(Cluster::stop).transpose()
    }
}

/// The same server's URL for another database.
fn with_database(url: &str, name: &str) -> anyhow::Result<String> {
    let (base, parameters) = match url.split_once('?') {
        Some((base, parameters)) => (base, Some(parameters)),
        None => (url, None),
    };
    let (server, _) = base.rsplit_once('/').with_context(|| format!("{URL_VARIABLE} names no database"))?;
    Ok(match parameters {
        Some(parameters) => format!("{server}/{name}?{parameters}"),
        None => format!("{server}/{name}"),
    })
}

/// The account that Postgres runs as when we are root, since it refuses root.
#[derive(Clone, Copy)]
struct Account {
    uid: u32,
    gid: u32,
}

impl Account {
    fn unprivileged() -> anyhow::Result<Option<Account>> {
        if !debian::is_root()? {
            return Ok(None);
        }
        let id = |what: &str| -> anyhow::Result<u32> {
            let text = process::output(Command::new("id").args([what, "postgres"]))
                .context("Postgres refuses to run as root, and there is no user `postgres`")?;
            Ok(text.trim().parse()?)
        };
        Ok(Some(Account { uid: id("-u")?, gid: id("-g")? }))
    }
}

fn command(binaries: &Path, program: &str, account: Option<Account>, folder: &Path) -> Command {
    let mut command = Command::new(binaries.join(program));
    command.current_dir(folder).env("HOME", folder).env("LC_ALL", "C");
    if let Some(Account { uid, gid }) = account {
        command.uid(uid).gid(gid);
    }
    command
}

fn initdb(binaries: &Path, account: Option<Account>, folder: &Path, over_tcp: &str) -> anyhow::Result<()> {
    let mut initdb = command(binaries, "initdb", account, folder);
    initdb.args(["-D", "data", "-U", "postgres", "--encoding=UTF8", "--locale=C", "--auth-local=trust"]);
    initdb.arg(format!("--auth-host={over_tcp}"));
    process::output(&mut initdb).map(|_| ())
}

/// fsync stays on: tests that kill servers ask whether acknowledged writes are there.
fn serve<'p>(
    place: &'p Place,
    binaries: &Path,
    account: Option<Account>,
    folder: &Path,
    port: u16,
    log: &Path,
) -> anyhow::Result<Background<'p>> {
    let mut postgres = command(binaries, "postgres", account, folder);
    postgres.args(["-D", "data", "-p", &port.to_string()]);
    postgres.args(["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200", "-c", "fsync=on"]);
    postgres.arg("-c").arg(format!("unix_socket_directories={}", folder.display()));
    // SIGINT is Postgres's fast shutdown: it does not wait for clients.
    Background::start(&place.sweeper, &mut postgres, "INT", log)
}

/// The newest binaries on the machine; Debian's package when there are none and we may install it.
fn binaries(place: &Place) -> anyhow::Result<PathBuf> {
    let debian_versions = Path::new("/usr/lib/postgresql");
    if let Some(found) = find_binaries(debian_versions) {
        return Ok(found);
    }
    debian::install(place, "postgresql", "the tests need Postgres 15 or later, and there is none")?;
    find_binaries(debian_versions).context("the package postgresql is installed, but there is no initdb of 15 or later")
}

fn find_binaries(debian_versions: &Path) -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir(debian_versions)
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version = path.file_name()?.to_str()?.parse().ok()?;
            Some((version, path.join("bin")))
        })
        .filter(|(version, bin)| *version >= OLDEST_MAJOR_VERSION && complete(bin))
        .collect();
    versions.sort();
    versions.pop().map(|(_, bin)| bin).or_else(on_path)
}

fn on_path() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).find(|folder| complete(folder) && major_version(folder) >= Some(OLDEST_MAJOR_VERSION))
}

fn complete(bin: &Path) -> bool {
    ["initdb", "postgres", "pg_isready", "psql"].iter().all(|program| bin.join(program).exists())
}

/// `postgres --version` answers "postgres (PostgreSQL) 15.18 (Debian ..)".
fn major_version(bin: &Path) -> Option<u32> {
    let text = process::output(Command::new(bin.join("postgres")).arg("--version")).ok()?;
    let number = text.split_whitespace().find(|word| word.starts_with(|first: char| first.is_ascii_digit()))?;
    number.split(|sign: char| !sign.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_database_of_the_same_server_keeps_user_port_and_parameters() {
        let url = with_database("postgres://postgres@127.0.0.1:5555/postgres", "taper_1").unwrap();
        assert_eq!(url, "postgres://postgres@127.0.0.1:5555/taper_1");
        let url = with_database("postgres://a:b@db:1/postgres?sslmode=disable", "taper_1").unwrap();
        assert_eq!(url, "postgres://a:b@db:1/taper_1?sslmode=disable");
    }

    #[test]
    fn the_newest_complete_version_is_taken() {
        let versions = std::env::temp_dir().join(format!("taper-xtask-versions-{}", std::process::id()));
        for (version, programs) in [("9", 4), ("17", 4), ("16", 4), ("18", 3)] {
            let bin = versions.join(version).join("bin");
            std::fs::create_dir_all(&bin).unwrap();
            for program in ["initdb", "postgres", "pg_isready", "psql"].iter().take(programs) {
                std::fs::write(bin.join(program), "").unwrap();
            }
        }
        assert_eq!(find_binaries(&versions), Some(versions.join("17").join("bin")));
        std::fs::remove_dir_all(&versions).unwrap();
    }
}
