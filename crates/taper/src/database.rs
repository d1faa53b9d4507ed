//! Opening the database that the command line names, and telling what is wrong with it.

use anyhow::{Context, bail};
use taper_store::{Options, Store};

/// The variable that names the database where no option does.
pub const URL_VARIABLE: &str = "TAPER_DATABASE_URL";

/// Opens `postgres://...` or `sqlite://PATH`.
pub async fn open(url: &str) -> anyhow::Result<Store> {
    let opened = Store::open(url, Options::default()).await;
    opened.with_context(|| format!("cannot open {}", without_secrets(url)))
}

/// Refuses a database whose schema is not that of this program.
pub async fn check(store: &Store) -> anyhow::Result<()> {
    let states = store.migrate().status().await?;
    let pending = states.iter().filter(|state| !state.applied).count();
    if pending > 0 {
        bail!(
            "the database is not ready: {pending} of {} migrations are pending. Run `taper migrate up` with the same \
             --database-url first",
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
