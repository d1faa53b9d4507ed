//! The ledger: what happened is written down whatever became of the caller, or the call is not answered.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::{Duration, Instant};

use jiff::Timestamp;
use taper_core::access::{Interaction, Role};
use taper_core::audit::Event;
use taper_core::ids::ClinicId;
use taper_core::refusal::Reason;
use taper_kit::access::Ledger as _;
use taper_login::Ledger;
use taper_store::{Error, MasterKey, Options, Store, audit};
use tempfile::TempDir;

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(30)
}

/// The database in a folder; one program at a time may have it.
async fn open(folder: &TempDir) -> Result<Store, Error> {
    let url = format!("sqlite://{}", folder.path().join("taper.db").display());
    let options = Options { master_key: MasterKey::parse(&"0f".repeat(32)), ..Options::default() };
    Store::open(&url, options).await
}

/// A migrated database in a folder that goes with the test.
async fn store() -> (Store, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await.unwrap();
    store.migrate().up().await.unwrap();
    (store, folder)
}

fn event(call_id: &str) -> Event {
    Event {
        at: Timestamp::from_second(1).unwrap(),
        subject: "key:one".to_owned(),
        role: Some(Role::Operator),
        method: "taper.v1.AdminService/ListClinics".to_owned(),
        interaction: Interaction::Search,
        patient: None,
        resource: None,
        outcome: "OK".to_owned(),
        call_id: call_id.to_owned(),
        by_broken_glass: false,
    }
}

/// The events in the chain of the deployment.
async fn written(store: &Store) -> Vec<Event> {
    let tx = store.begin_read(&ClinicId::deployment(), soon()).await.unwrap();
    let entries = audit::list(&tx, &audit::Filter::default(), 0, 100).await.unwrap();
    entries.into_iter().map(|entry| entry.event).collect()
}

#[tokio::test]
async fn what_happened_is_written_down_also_when_the_callers_time_is_over() {
    let (store, _folder) = store().await;
    let ledger = Ledger::start(store.clone());
    ledger.record(None, event("in time"), soon()).await.unwrap();
    ledger.record(None, event("too late"), Instant::now()).await.unwrap();
    assert_eq!(written(&store).await, [event("in time"), event("too late")]);
}

#[tokio::test]
async fn what_cannot_be_written_down_is_refused_and_may_be_tried_again() {
    let (store, _folder) = store().await;
    let ledger = Ledger::start(store.clone());
    store.close().await;
    let refused = ledger.record(None, event("one"), soon()).await.unwrap_err();
    assert_eq!(refused.reason, Reason::DatabaseUnavailable);
}

#[tokio::test]
async fn the_database_is_let_go_of_with_the_last_ledger() {
    let (store, folder) = store().await;
    let ledger = Ledger::start(store);
    let clone = ledger.clone();
    drop(ledger);
    clone.record(None, event("one"), soon()).await.unwrap();
    assert!(open(&folder).await.is_err(), "it writes for the clone");
    drop(clone);
    let free = async {
        while open(&folder).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(20), free).await.is_ok(), "it holds on for nobody");
}
