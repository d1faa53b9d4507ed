//! What happened in a clinic, as its chain tells it, verified.

use std::time::{Duration, Instant};

use taper_core::audit::{Entry, Verifier};
use taper_store::audit;

use crate::world::World;

impl World {
    /// Every event of a clinic, the oldest first; a chain that is not as it was written fails the test.
    pub async fn events(&self, clinic: &str) -> Vec<Entry> {
        let id = clinic.trim_start_matches("clinics/").parse().unwrap();
        let store = self.store.as_ref().expect("a world of this process");
        let tx = store.begin_read(&id, Instant::now() + Duration::from_secs(30)).await.unwrap();
        let entries = audit::list(&tx, &audit::Filter::default(), 0, 100_000).await.unwrap();
        let mut verifier = Verifier::new(tx.clinic().as_str(), Vec::new());
        entries.iter().for_each(|entry| verifier.read(entry).unwrap());
        verifier.end(audit::head(&tx).await.unwrap()).unwrap();
        entries
    }
}
