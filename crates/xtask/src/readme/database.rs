//! The README's Postgres: a cluster of this run's own in the place of the one that Debian starts, with its manners.

use std::process::ExitStatus;

use anyhow::bail;

use crate::place::Place;
use crate::postgres::Cluster;

/// What the README says of Debian's cluster: how its superuser comes in, and where everybody else does.
const DEBIANS_SUPERUSER: &str = "sudo -iu postgres psql";
const DEBIANS_ADDRESS: &str = "127.0.0.1:5432";

/// The cluster. Its superuser comes in by the socket, and everybody else by TCP with a password, as on Debian.
pub struct Database<'p>(Cluster<'p>);

impl<'p> Database<'p> {
    /// Starts it, with no role but the superuser's.
    pub fn start(place: &'p Place) -> anyhow::Result<Database<'p>> {
        Ok(Database(Cluster::start(place, "postgres-readme", "scram-sha-256")?))
    }

    /// The commands with this cluster in the place of Debian's.
    pub fn in_place_of_debians(&self, script: &str) -> anyhow::Result<String> {
        let Cluster { folder, port, binaries, .. } = &self.0;
        let psql = binaries.join("psql");
        let superuser = format!("{} -X -h {} -p {port} -U postgres", psql.display(), folder.display());
        replaced(script, &superuser, &format!("127.0.0.1:{port}"))
    }

    /// Stops it.
    pub fn stop(self) -> anyhow::Result<ExitStatus> {
        self.0.stop()
    }
}

/// Nothing of a block may reach the machine's own cluster, or anything else as another user.
fn replaced(script: &str, superuser: &str, address: &str) -> anyhow::Result<String> {
    let script = script.replace(DEBIANS_SUPERUSER, superuser).replace(DEBIANS_ADDRESS, address);
    for left in ["sudo", "5432/"] {
        if script.contains(left) {
            bail!(
                "{left} is not replaced; write `{DEBIANS_SUPERUSER}` and {DEBIANS_ADDRESS}, so that a test can run it"
            );
        }
    }
    Ok(script)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_debians_becomes_this_runs() {
        let script = "sudo -iu postgres psql <<END\nEND\ntaper --database-url postgres://a:b@127.0.0.1:5432/taper\n";
        let expected = "psql -p 1 <<END\nEND\ntaper --database-url postgres://a:b@127.0.0.1:1/taper\n";
        assert_eq!(replaced(script, "psql -p 1", "127.0.0.1:1").unwrap(), expected);
    }

    #[test]
    fn what_would_reach_the_machines_own_cluster_is_refused() {
        for script in ["sudo -u postgres psql", "sudo apt-get install x", "taper postgres://a@localhost:5432/taper"] {
            assert!(replaced(script, "psql", "127.0.0.1:1").is_err(), "{script}");
        }
    }
}
