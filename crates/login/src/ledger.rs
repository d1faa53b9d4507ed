//! Writes down what happened: events that wait together are written together, each clinic's in one transaction.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use taper_core::audit::Event;
use taper_core::ids::ClinicId;
use taper_core::refusal::{Reason, Refusal};
use taper_store::{Error, Store, audit};
use tokio::sync::{mpsc, oneshot};

/// Events that may wait to be written; a call that finds no room waits for it.
const WAITING_MAX: usize = 1024;

/// Events that are written in one go.
const TOGETHER_MAX: usize = 256;

/// Clinics that are written to at once.
const CLINICS_AT_ONCE: usize = 4;

/// What one clinic's part may take, whatever the callers' deadlines: whoever waits gives up by itself.
const WRITE_WITHIN: Duration = Duration::from_secs(5);

/// Writes events into the chains of their clinics. A clone writes into the same.
#[derive(Clone)]
pub struct Ledger {
    waiting: mpsc::Sender<Waiting>,
}

struct Waiting {
    clinic: ClinicId,
    event: Event,
    done: oneshot::Sender<Result<(), Error>>,
}

impl Ledger {
    /// Starts the task that writes; it ends with the last clone.
    pub fn start(store: Store) -> Self {
        let (waiting, queue) = mpsc::channel(WAITING_MAX);
        tokio::spawn(write_all(store, queue));
        Self { waiting }
    }
}

#[tonic::async_trait]
impl taper_kit::access::Ledger for Ledger {
    async fn record(&self, clinic: Option<ClinicId>, event: Event, deadline: Instant) -> Result<(), Refusal> {
        let clinic = clinic.unwrap_or_else(ClinicId::deployment);
        let (done, written) = oneshot::channel();
        let recording = async {
            let closed = || Error::Unavailable;
            self.waiting.send(Waiting { clinic, event, done }).await.map_err(|_| closed())?;
            written.await.map_err(|_| closed())?
        };
        // What the caller did with its time must not keep what happened from being written down.
        let within = deadline.max(Instant::now() + WRITE_WITHIN);
        match tokio::time::timeout_at(within.into(), recording).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(not_written()),
        }
    }
}

/// Nothing is answered that could not be written down.
fn not_written() -> Refusal {
    let message =
        "The call could not be written down, so it is not answered. Retry in a moment with the same request_id.";
    Refusal::new(Reason::DatabaseUnavailable, message)
}

async fn write_all(store: Store, mut queue: mpsc::Receiver<Waiting>) {
    let mut together = Vec::with_capacity(TOGETHER_MAX);
    while queue.recv_many(&mut together, TOGETHER_MAX).await > 0 {
        let mut by_clinic: BTreeMap<String, Vec<Waiting>> = BTreeMap::new();
        for waiting in together.drain(..) {
            by_clinic.entry(waiting.clinic.to_string()).or_default().push(waiting);
        }
        let clinics = futures_util::stream::iter(by_clinic.into_values());
        clinics.for_each_concurrent(CLINICS_AT_ONCE, |waiting| write(&store, waiting)).await;
    }
}

async fn write(store: &Store, waiting: Vec<Waiting>) {
    let Some(clinic) = waiting.first().map(|waiting| waiting.clinic.clone()) else { return };
    let (events, done): (Vec<Event>, Vec<_>) = waiting.into_iter().map(|waiting| (waiting.event, waiting.done)).unzip();
    let written = append(store, &clinic, events).await;
    if let Err(fault) = &written {
        tracing::error!(%fault, count = done.len(), "what happened could not be written down");
    }
    for one in done {
        // Nobody is told whose caller has gone.
        let _gone = one.send(written.clone());
    }
}

async fn append(store: &Store, clinic: &ClinicId, events: Vec<Event>) -> Result<(), Error> {
    let tx = store.begin_write(clinic, Instant::now() + WRITE_WITHIN).await?;
    audit::append(&tx, events).await?;
    tx.commit().await
}
