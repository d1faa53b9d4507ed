//! Work that may panic: what it was about is still written down.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// The output of the future, or `None` when it panicked. What it held is dropped by then: its transaction is undone.
pub(crate) async fn caught<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(poll) => poll.map(Some),
        // A future is not polled again after its end, and neither is this one.
        Err(_its_message_may_hold_values) => Poll::Ready(None),
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test]
    async fn work_that_panics_gives_nothing_and_has_let_go_of_what_it_held() {
        let held = Arc::new(());
        let holds = held.clone();
        let panics = async move {
            let _held = holds;
            tokio::task::yield_now().await;
            panic!("on purpose");
        };
        assert_eq!(caught(panics).await, None::<()>);
        assert_eq!(Arc::strong_count(&held), 1);
    }

    #[tokio::test]
    async fn work_that_does_not_panic_gives_what_it_gives() {
        let waits = async {
            tokio::task::yield_now().await;
            7
        };
        assert_eq!(caught(waits).await, Some(7));
    }
}
