//! Answers that are streams: a task fills them, as fast as their reader takes the messages and no faster.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use taper_core::limits;
use taper_core::refusal::{Reason, Refusal};
use tokio::sync::mpsc;
use tonic::codegen::BoxStream;
use tonic::codegen::tokio_stream::Stream;
use tonic::{Request, Response, Status};
use tracing::Instrument;

use crate::call::{Call, unary};
use crate::status::status;

/// Marks an answer whose stream goes on after its handler, so that the edge ends it when the server shuts down.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GoesOn;

/// Answers a call by a stream: `work` gets the call and the message, refuses it, or gives the stream from [`filled`].
pub async fn server_stream<M, T, F>(
    request: Request<M>,
    work: impl FnOnce(Call, M) -> F,
) -> Result<Response<BoxStream<T>>, Status>
where
    F: Future<Output = Result<BoxStream<T>, Refusal>>,
{
    let mut response = unary(request, work).await?;
    response.extensions_mut().insert(GoesOn);
    Ok(response)
}

/// A stream that a task fills. `fill` sends the messages in order; the refusal that it ends with ends the stream.
///
/// One message waits at most. The task is never cut between two statements: it ends at its next message, or where it
/// asks [`Outlet::check`], when the reader has gone or the stream has been open for `OPEN_STREAM_SECONDS_MAX`.
pub fn filled<T, F>(fill: impl FnOnce(Outlet<T>) -> F) -> BoxStream<T>
where
    T: Send + 'static,
    F: Future<Output = Result<(), Refusal>> + Send + 'static,
{
    let longest = Duration::from_secs(limits::OPEN_STREAM_SECONDS_MAX);
    filled_until(Instant::now() + longest, fill)
}

fn filled_until<T, F>(until: Instant, fill: impl FnOnce(Outlet<T>) -> F) -> BoxStream<T>
where
    T: Send + 'static,
    F: Future<Output = Result<(), Refusal>> + Send + 'static,
{
    let (sender, receiver) = mpsc::channel(1);
    let work = fill(Outlet { sender: sender.clone(), until });
    let task = async move {
        let end = match work.await {
            Ok(()) => Item::Whole,
            Err(refusal) => Item::Refused(refusal),
        };
        let _reader_gone = sender.send(end).await;
    };
    tokio::spawn(task.in_current_span());
    Box::pin(Filled { receiver, ended: false })
}

/// What waits between the task and the reader.
enum Item<T> {
    Message(T),
    Refused(Refusal),
    Whole,
}

/// The task's end of a stream.
pub struct Outlet<T> {
    sender: mpsc::Sender<Item<T>>,
    until: Instant,
}

impl<T: Send> Outlet<T> {
    /// Waits until the message before was taken. Refuses as [`Outlet::check`] does; the work is to end with that.
    pub async fn send(&self, message: T) -> Result<(), Refusal> {
        match tokio::time::timeout_at(self.until.into(), self.sender.send(Item::Message(message))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(reader_gone()),
            Err(_) => Err(open_too_long()),
        }
    }

    /// Refuses to go on when the reader has gone or the stream was open for as long as one may be.
    pub fn check(&self) -> Result<(), Refusal> {
        if self.sender.is_closed() {
            return Err(reader_gone());
        }
        if Instant::now() >= self.until { Err(open_too_long()) } else { Ok(()) }
    }
}

/// Nobody reads this one.
fn reader_gone() -> Refusal {
    Refusal::new(Reason::ShuttingDown, "The reader of the stream has gone.")
}

fn open_too_long() -> Refusal {
    let limit = limits::OPEN_STREAM_SECONDS_MAX.to_string();
    let message = format!("The stream was open for {limit} seconds, as long as one may be. It is not whole.");
    Refusal::new(Reason::LimitExceeded, message).with("limit", "OPEN_STREAM_SECONDS_MAX").with("seconds_max", limit)
}

/// The reader's end of a stream.
struct Filled<T> {
    receiver: mpsc::Receiver<Item<T>>,
    ended: bool,
}

impl<T> Stream for Filled<T> {
    type Item = Result<T, Status>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let Poll::Ready(item) = self.receiver.poll_recv(context) else {
            return Poll::Pending;
        };
        let refusal = match item {
            Some(Item::Message(message)) => return Poll::Ready(Some(Ok(message))),
            Some(Item::Refused(refusal)) => Some(refusal),
            Some(Item::Whole) => None,
            // A stream whose task is gone without a last word must not look whole.
            None => Some(Refusal::new(Reason::Internal, "the task that fills the stream panicked")),
        };
        self.ended = true;
        Poll::Ready(refusal.map(|refusal| Err(status(refusal))))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio_stream::StreamExt;
    use tonic::Code;

    use super::*;

    #[tokio::test]
    async fn the_messages_come_in_order_and_then_the_end() {
        let stream = filled(|outlet| async move {
            for number in 0..5 {
                outlet.send(number).await?;
            }
            Ok(())
        });
        let numbers: Vec<i32> = stream.map(Result::unwrap).collect().await;
        assert_eq!(numbers, [0, 1, 2, 3, 4]);
    }

    #[tokio::test]
    async fn a_refusal_ends_the_stream_after_what_came_before_it() {
        let mut stream = filled(|outlet| async move {
            outlet.send(1).await?;
            Err(Refusal::new(Reason::DatabaseUnavailable, "The database cannot be reached."))
        });
        assert_eq!(stream.next().await.unwrap().unwrap(), 1);
        assert_eq!(stream.next().await.unwrap().unwrap_err().code(), Code::Unavailable);
        assert!(stream.next().await.is_none());
    }

    #[tokio::test]
    async fn a_stream_whose_task_panics_does_not_look_whole() {
        let mut stream = filled(|outlet| async move {
            outlet.send(1).await?;
            panic!("on purpose");
        });
        assert_eq!(stream.next().await.unwrap().unwrap(), 1);
        assert_eq!(stream.next().await.unwrap().unwrap_err().code(), Code::Internal);
        assert!(stream.next().await.is_none());
    }

    #[tokio::test]
    async fn a_reader_that_does_not_read_holds_the_task() {
        let sent = Arc::new(AtomicU32::new(0));
        let counted = sent.clone();
        let mut stream = filled(|outlet| async move {
            for number in 0..100 {
                outlet.send(number).await?;
                counted.fetch_add(1, Ordering::SeqCst);
            }
            Ok(())
        });
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(sent.load(Ordering::SeqCst), 1);
        assert_eq!(stream.next().await.unwrap().unwrap(), 0);
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(sent.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn the_task_ends_when_its_reader_has_gone() {
        let (done, ended) = tokio::sync::oneshot::channel();
        let stream = filled(|outlet| async move {
            let mut outcome = Ok(());
            while outcome.is_ok() {
                outcome = outlet.send(1).await;
            }
            done.send(outlet.check().is_err()).unwrap();
            outcome
        });
        drop(stream);
        assert!(tokio::time::timeout(Duration::from_secs(5), ended).await.unwrap().unwrap());
    }

    #[tokio::test]
    async fn a_stream_that_is_open_too_long_ends_by_its_limit() {
        let mut stream = filled_until(Instant::now() + Duration::from_millis(50), |outlet| async move {
            outlet.send(1).await?;
            outlet.send(2).await
        });
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(stream.next().await.unwrap().unwrap(), 1);
        let ended = stream.next().await.unwrap().unwrap_err();
        assert_eq!(ended.code(), Code::ResourceExhausted);
        assert!(ended.message().contains("900 seconds"), "{}", ended.message());
    }
}
