//! A body with an end: after so many bytes, or when something else has happened.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use taper_core::limits;
use tonic::Status;
use tonic::body::Body;

use crate::answer;

/// What ends a body before its own end, and with which status.
pub(crate) type End = Pin<Box<dyn Future<Output = Status> + Send>>;

/// The five bytes before each message: a flag and the length.
const MESSAGE_HEAD_BYTES: u64 = 5;

/// A request's body, bounded in bytes and by an end, so that no service can forget either.
pub(crate) struct Until {
    inner: Body,
    bytes_left: u64,
    end: Option<End>,
}

impl Until {
    /// The body of one request; no method takes a stream of messages yet, so one limit holds for all.
    pub(crate) fn request(inner: Body, end: End) -> Self {
        Self { inner, bytes_left: limits::REQUEST_BYTES_MAX + MESSAGE_HEAD_BYTES, end: Some(end) }
    }
}

impl HttpBody for Until {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let frame = match Pin::new(&mut self.inner).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => frame,
            Poll::Ready(other) => return Poll::Ready(other),
            Poll::Pending => {
                let Some(end) = self.end.as_mut() else {
                    return Poll::Pending;
                };
                let Poll::Ready(status) = end.as_mut().poll(cx) else {
                    return Poll::Pending;
                };
                self.end = None;
                return Poll::Ready(Some(Err(status)));
            }
        };
        let length = frame.data_ref().map_or(0, Bytes::len) as u64;
        match self.bytes_left.checked_sub(length) {
            Some(left) => self.bytes_left = left,
            None => return Poll::Ready(Some(Err(crate::status::status(answer::request_too_large())))),
        }
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
