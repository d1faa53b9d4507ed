//! Opening the database that the command line names, and telling what is wrong with it.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use taper_kit::Clock;
use taper_store::{MasterKey, Options, Store};

/// The variable that names the database where no option does.
pub const URL_VARIABLE: &str = "TAPER_DATABASE_URL";

/// The variable that names the file of the master key where no option does.
pub const KEY_VARIABLE: &str = "TAPER_MASTER_KEY_FILE";

/// Only for the one statement of the check.
const CHECK_WITHIN: Duration = Duration::from_secs(10);

/// Opens `postgres://...` or `sqlite://PATH`, for what needs no patient's name.
pub async fn open(url: &str) -> anyhow::Result<Store> {
    let opened = Store::open(url, Options::default()).await;
    opened.with_context(|| format!("cannot open {}", without_secrets(url)))
}

/// Opens the database together with its master key, to be checked by [`check_key`] once the schema is there. A file that
/// is missing is made: a database that was used with another key refuses it.
pub async fn open_with_key(url: &str, file: Option<PathBuf>) -> anyhow::Result<(Store, KeyFile)> {
    let file = match file.or_else(|| beside(url)) {
        Some(file) => file,
        None => bail!("name the file of the master key with --master-key; a file that is missing is made"),
    };
    let at = || format!("the master key {}", file.display());
    let (key, is_new) = match std::fs::read_to_string(&file) {
        Ok(text) => (MasterKey::parse(&text).with_context(|| format!("{} is not 64 hexadecimal digits", at()))?, false),
        Err(fault) if fault.kind() == ErrorKind::NotFound => (MasterKey::random()?, true),
        Err(fault) => return Err(fault).with_context(|| format!("cannot read {}", at())),
    };
    let opened = Store::open(url, Options { master_key: Some(key.clone()), ..Options::default() }).await;
    let store = opened.with_context(|| format!("cannot open {}", without_secrets(url)))?;
    Ok((store, KeyFile { file, new: is_new.then_some(key) }))
}

/// Where the master key is, and the key itself where the file is still to be made.
pub struct KeyFile {
    file: PathBuf,
    new: Option<MasterKey>,
}

/// Refuses another master key than the database's own. A new one is on the disk before it is used.
pub async fn check_key(store: &Store, key: &KeyFile) -> anyhow::Result<()> {
    let file = key.file.display();
    if let Some(new) = &key.new {
        write_new(&key.file, new).with_context(|| format!("cannot make the master key {file}"))?;
    }
    let checked = store.check_master_key(Clock::system().now(), Instant::now() + CHECK_WITHIN).await;
    if key.new.is_some() {
        match checked {
            Ok(()) => {
                let file = file.to_string();
                tracing::warn!(file, "made the master key: keep a copy apart from the database, or no name reads back");
            }
            // It opens nothing here, and the right one is to be put in its place.
            Err(_) => std::fs::remove_file(&key.file)?,
        }
    }
    checked.with_context(|| format!("the master key {file} does not belong to this database"))
}

/// `taper.db.key` beside `taper.db`. Nothing else has a place of its own.
fn beside(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    Some(PathBuf::from(format!("{}.key", path.split('?').next()?)))
}

/// Only its owner reads it.
fn write_new(file: &Path, key: &MasterKey) -> anyhow::Result<()> {
    let mut opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    opened.write_all(key.to_text().as_bytes())?;
    Ok(opened.sync_all()?)
}

/// Refuses a database whose schema is not that of this program.
pub async fn check(store: &Store) -> anyhow::Result<()> {
    let states = store.migrate().status().await?;
    let pending = states.iter().filter(|state| !state.applied).count();
    if pending > 0 {
        // A user who may read nothing sees no migration either.
        let or_else =
            if pending == states.len() { ", or, on Postgres, this user is no member of taper_app" } else { "" };
        bail!(
            "the database is not ready: {pending} of {} migrations are pending{or_else}. Run `taper migrate up` on it \
             first; on Postgres as the user that owns it",
            states.len()
        );
    }
    store.check_schema().await?;
    Ok(())
}

/// The URL without user, password and parameters, so that it may be printed.
pub fn without_secrets(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    match url.split_once("://") {
        Some((scheme, rest)) => {
            let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
            format!("{scheme}://{place}")
        }
        None => "a URL without ://".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_master_key_has_a_place_beside_a_file_only() {
        assert_eq!(beside("sqlite:///var/lib/taper.db"), Some(PathBuf::from("/var/lib/taper.db.key")));
        assert_eq!(beside("sqlite://taper.db?mode=rw"), Some(PathBuf::from("taper.db.key")));
        assert_eq!(beside("postgres://ann@db/taper"), None);
    }

    #[test]
    fn a_printed_url_holds_no_password() {
        for (url, printed) in [
            ("postgres://ann:s3cret@db:5432/taper", "postgres://db:5432/taper"),
            ("postgres://ann:p@ss@db/taper?password=s3cret", "postgres://db/taper"),
            ("sqlite:///var/lib/taper/taper.db", "sqlite:///var/lib/taper/taper.db"),
            ("ann:s3cret", "a URL without ://"),
        ] {
            assert_eq!(without_secrets(url), printed);
        }
    }
}
