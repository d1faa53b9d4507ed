//! What is written down of each call: one event, whatever became of the handler and of its caller.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use taper_core::access::{Row, Table};
use taper_core::audit::Event;
use taper_core::ids::ClinicId;
use taper_core::refusal::Refusal;
use taper_kit::Gate;
use taper_kit::access::{Ledger, other_rows};
use tonic::Code;

use crate::running::{Running, call, call_within, reason};

/// Keeps the outcomes that are written down.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<String>>>);

#[tonic::async_trait]
impl Ledger for Kept {
    async fn record(&self, _: Option<ClinicId>, event: Event, _: Instant) -> Result<(), Refusal> {
        self.0.lock().unwrap().push(format!("{} {}", event.method.rsplit('/').next().unwrap(), event.outcome));
        Ok(())
    }
}

impl Kept {
    fn events(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

/// A table in which everybody may call these methods of the probe.
pub fn table() -> Table {
    let [check, ..] = other_rows();
    let methods = [
        "/taper.test.v1.Probe/GetEcho",
        "/taper.test.v1.Probe/GetPanic",
        "/taper.test.v1.Probe/CreateThenPanic",
        "/taper.test.v1.Probe/CreateSlow",
        "/taper.test.v1.Probe/CreateGated",
        "/taper.test.v1.Probe/StreamEndless",
    ];
    let rows = methods.map(|path| Row { path, resource: "Probe", ..check });
    Table::of(&rows.into_iter().chain(other_rows()).collect::<Vec<_>>()).unwrap()
}

async fn running() -> (Running, Kept) {
    let kept = Kept::default();
    let gate = Gate::open().with_table(table()).with_ledger(kept.clone());
    (Running::start_with(None, gate).await, kept)
}

#[tokio::test]
async fn a_handler_that_panics_leaves_one_event_and_the_server_goes_on() {
    let (server, kept) = running().await;
    let channel = server.channel().await;
    let refused = call(&channel, "GetPanic", "").await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::Internal, "INTERNAL"));
    assert_eq!(kept.events(), ["GetPanic INTERNAL"]);
    call(&channel, "GetEcho", "here").await.unwrap();
    assert_eq!(kept.events(), ["GetPanic INTERNAL", "GetEcho OK"]);
}

#[tokio::test]
async fn a_handler_that_panics_after_its_own_transaction_wrote_the_event_leaves_no_second_one() {
    let (server, kept) = running().await;
    let refused = call(&server.channel().await, "CreateThenPanic", "").await.unwrap_err();
    assert_eq!(refused.code(), Code::Internal);
    assert!(kept.events().is_empty(), "{:?}", kept.events());
}

#[tokio::test]
async fn a_call_whose_deadline_passes_leaves_one_event_of_what_became_of_its_work() {
    let (server, kept) = running().await;
    let refused = call_within(server.address, "50m", "CreateSlow", "300").await.unwrap_err();
    assert_eq!(reason(&refused), "DEADLINE_EXCEEDED");
    server.probe.until_done(1).await;
    let recorded = async {
        while kept.events().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), recorded).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(kept.events(), ["CreateSlow OK"]);
}

#[tokio::test]
async fn a_caller_that_hangs_up_leaves_one_event_of_what_became_of_its_work() {
    let (server, kept) = running().await;
    let channel = server.channel().await;
    let calling = tokio::spawn(async move { call(&channel, "CreateGated", "").await.map(|_| ()) });
    server.probe.until_begun(1).await;
    calling.abort();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(kept.events().is_empty(), "nothing has ended yet");
    server.probe.gate.add_permits(1);
    server.probe.until_done(1).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(kept.events(), ["CreateGated OK"]);
}
