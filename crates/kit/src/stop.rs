//! When to stop: on SIGTERM or SIGINT in good order, on a second one at once.

use std::future::Future;
use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// The exit status of a server that was told to stop twice.
const EXIT_AT_ONCE: i32 = 130;

/// A future that ends at the first SIGTERM or SIGINT. From then on the next one ends the process at once.
///
/// The signals are caught from this call on, not from the first poll.
pub fn requested() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        let name = either(&mut terminate, &mut interrupt).await;
        tracing::info!(signal = name, "stopping: finishing the calls at work; a second signal stops at once");
        tokio::spawn(async move {
            either(&mut terminate, &mut interrupt).await;
            std::process::exit(EXIT_AT_ONCE);
        });
    })
}

async fn either(terminate: &mut Signal, interrupt: &mut Signal) -> &'static str {
    tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    }
}
