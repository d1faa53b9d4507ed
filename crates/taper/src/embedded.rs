//! The embedded server: a SQLite file of its own, migrated, with a clinic in it, and all services on it.

use std::fs::DirBuilder;
use std::future::Future;
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use taper_core::ids::ClinicId;
use taper_core::record::clinic::{Clinic, TimeZoneName};
use taper_core::text::Line;
use taper_kit::Clock;
use taper_store::{Error, Store, clinics};
use tokio::net::TcpListener;

use crate::server::{self, Part};
use crate::{database, gate, loopback};

/// The variable that names the folder of the database where no option does.
pub const FOLDER_VARIABLE: &str = "TAPER_DATA_DIR";

/// The clinic that exists after the first start.
pub const CLINIC: &str = "default";

const FILE: &str = "taper.db";

/// Only for the few statements of the start.
const START_WITHIN: Duration = Duration::from_secs(10);

/// A server that is ready to serve: its database is open, its port is taken.
pub struct Embedded {
    store: Store,
    listener: TcpListener,
    address: SocketAddr,
    file: PathBuf,
    zone: TimeZoneName,
}

impl Embedded {
    /// Opens or makes the database in the folder, migrates it, and makes the clinic on the first start.
    pub async fn open(folder: &Path, listen: SocketAddr, zone: Option<TimeZoneName>) -> anyhow::Result<Self> {
        let listener = loopback::bind(listen).await?;
        let address = listener.local_addr()?;
        let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.with_context(|| format!("cannot make the folder {}; name another with --data-dir", folder.display()))?;
        let file = folder.join(FILE);
        let (store, key) = database::open_with_key(&format!("sqlite://{}", file.display()), None).await?;
        store.migrate().up().await?;
        database::check_key(&store, &key).await?;
        let zone = clinic(&store, zone).await?;
        Ok(Self { store, listener, address, file, zone })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The time zone of its clinic.
    pub fn zone(&self) -> &TimeZoneName {
        &self.zone
    }

    /// Serves until `stop` ends.
    pub async fn serve(self, stop: impl Future<Output = ()>) -> anyhow::Result<()> {
        let gate = gate::open(&self.store)?;
        server::serve(self.listener, self.store, Part::All, gate, stop).await
    }

    /// What it is, for people.
    pub fn facts(&self) -> String {
        format!(
            "  Address   {}, gRPC without TLS, from this machine only\n  \
               Database  {}\n  \
               Clinic    clinics/{CLINIC}, time zone {}\n  \
               Login     none: whoever reaches this address may read and change everything",
            self.address,
            self.file.display(),
            self.zone.as_str(),
        )
    }
}

/// Finds the clinic, or makes it; answers with its time zone.
async fn clinic(store: &Store, zone: Option<TimeZoneName>) -> anyhow::Result<TimeZoneName> {
    let id: ClinicId = CLINIC.parse()?;
    let deadline = Instant::now() + START_WITHIN;
    let write = store.begin_write(&id, deadline).await?;
    match clinics::get(&write).await {
        Ok(found) => {
            let kept = found.content.time_zone;
            if zone.is_some_and(|asked| asked != kept) {
                let (clinic, zone) = (CLINIC, kept.as_str());
                tracing::warn!("clinics/{clinic} keeps its time zone {zone}; --time-zone is for the first start");
            }
            Ok(kept)
        }
        Err(Error::NotFound { .. }) => {
            let time_zone = zone.map_or_else(zone_of_this_machine, Ok)?;
            let display_name = Line::parse("Default clinic")?;
            let clinic = Clinic { id, display_name, time_zone: time_zone.clone() };
            clinics::create(&write, &clinic, Clock::system().now()).await?;
            write.commit().await?;
            Ok(time_zone)
        }
        Err(fault) => Err(fault.into()),
    }
}

/// Reads the name of a time zone.
pub fn zone(name: &str) -> Result<TimeZoneName, String> {
    TimeZoneName::parse(name).map_err(|fault| fault.to_string())
}

/// The machine's zone, or UTC where it names none.
fn zone_of_this_machine() -> anyhow::Result<TimeZoneName> {
    let system = jiff::tz::TimeZone::try_system().ok();
    let name = system.as_ref().and_then(|zone| zone.iana_name()).unwrap_or("Etc/UTC");
    Ok(TimeZoneName::parse(name).or_else(|_| TimeZoneName::parse("Etc/UTC"))?)
}

/// `$XDG_DATA_HOME/taper`, or `~/.local/share/taper`.
pub fn default_folder() -> anyhow::Result<PathBuf> {
    let absolute = |variable: &str| {
        let folder = std::env::var_os(variable).map(PathBuf::from);
        folder.filter(|folder| folder.is_absolute())
    };
    if let Some(data) = absolute("XDG_DATA_HOME") {
        return Ok(data.join("taper"));
    }
    match absolute("HOME") {
        Some(home) => Ok(home.join(".local/share/taper")),
        None => bail!("there is no place for the database: neither XDG_DATA_HOME nor HOME is set. Give --data-dir"),
    }
}
