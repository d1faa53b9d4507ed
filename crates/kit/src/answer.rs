//! The one form of every answer: each error has our details, each call one line in the log.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response};
use http_body::{Body as HttpBody, Frame, SizeHint};
use taper_core::limits;
use taper_core::refusal::{Reason, Refusal};
use tonic::body::Body;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::call::REQUEST_ID_HEADER;
use crate::logs::CallLine;
use crate::status::{DOMAIN, internal, status};
use crate::until::End;

/// Brings a service's answer into our form. `end` ends a stream early, with its status.
pub(crate) fn finished(mut response: Response<Body>, mut line: CallLine, end: Option<End>) -> Response<Body> {
    let call_id = line.call_id();
    if let Ok(value) = HeaderValue::from_str(&call_id) {
        response.headers_mut().insert(REQUEST_ID_HEADER, value);
    }
    if response.headers().contains_key(Status::GRPC_STATUS) {
        mend_headers(response.headers_mut(), &mut line);
        return response.map(|_| Body::empty());
    }
    response.map(|inner| Body::new(AnswerBody { inner, call_id, line: Some(line), end }))
}

/// How a call ended, in one word: `OK`, our reason, or the code of a status that is not ours. Of a stream, how it began.
pub(crate) fn outcome(response: &Response<Body>) -> String {
    let Some(given) = Status::from_header_map(response.headers()) else { return "OK".to_owned() };
    match given.get_details_error_info().filter(|info| info.domain == DOMAIN) {
        Some(info) => info.reason,
        None if given.code() == Code::Ok => "OK".to_owned(),
        None => match refusal_of_others(given.code(), given.message()) {
            Some(refusal) => refusal.reason.code().to_owned(),
            None => Reason::Internal.code().to_owned(),
        },
    }
}

/// The refusal of a request that is larger than its limit.
pub(crate) fn request_too_large() -> Refusal {
    let limit = limits::REQUEST_BYTES_MAX.to_string();
    let message = format!("The request is larger than {limit} bytes. Send less at once.");
    Refusal::new(Reason::LimitExceeded, message).with("limit", "REQUEST_BYTES_MAX").with("bytes_max", limit)
}

fn response_too_large() -> Refusal {
    let limit = limits::RESPONSE_BYTES_MAX.to_string();
    let message =
        format!("The answer would be larger than {limit} bytes. Ask for less, for example a smaller page_size.");
    Refusal::new(Reason::LimitExceeded, message).with("limit", "RESPONSE_BYTES_MAX").with("bytes_max", limit)
}

/// The status as we would have given it: ours with the call's id where needed, others' in our words.
fn mended(given: Status, call_id: &str) -> Status {
    let is_ours = given.get_details_error_info().is_some_and(|info| info.domain == DOMAIN);
    match given.code() {
        Code::Ok => given,
        Code::Internal if is_ours => internal(call_id),
        _ if is_ours => given,
        _ => match refusal_of_others(given.code(), given.message()) {
            Some(refusal) => status(refusal),
            None => internal(call_id),
        },
    }
}

/// What tonic's codec, router, health and reflection mean by a status of theirs; `None` is a fault of ours.
///
/// tonic has no types for these, so its texts are read; a test of each fails when an upgrade changes them.
fn refusal_of_others(code: Code, message: &str) -> Option<Refusal> {
    let undecodable = ["failed to decode Protobuf", "protocol error:", "Unexpected EOF", "Missing request message"];
    match code {
        Code::OutOfRange if message.contains("encoded message length") => Some(response_too_large()),
        Code::OutOfRange | Code::ResourceExhausted => Some(request_too_large()),
        Code::Internal if undecodable.iter().any(|start| message.starts_with(start)) => Some(malformed()),
        Code::InvalidArgument => Some(malformed()),
        Code::Unimplemented if message.contains("compressed") => Some(compressed()),
        Code::Unimplemented => Some(unknown_method()),
        Code::NotFound => {
            let message = "Nothing is registered here under this name; reflection lists what is.";
            Some(Refusal::new(Reason::ResourceNotFound, message))
        }
        Code::Cancelled | Code::DeadlineExceeded => Some(crate::deadline::passed()),
        Code::Unavailable => Some(shutting_down()),
        Code::Ok | Code::Unknown | Code::Internal | Code::DataLoss | Code::Aborted => None,
        Code::AlreadyExists | Code::FailedPrecondition => None,
        Code::PermissionDenied | Code::Unauthenticated => None,
    }
}

fn malformed() -> Refusal {
    let message = "The request does not decode as the method's request message. \
                   Compare the client's .proto files with the server's; reflection gives the server's.";
    Refusal::new(Reason::MalformedRequest, message)
}

fn compressed() -> Refusal {
    let message = "Compressed requests are not accepted. Send the request without grpc-encoding.";
    Refusal::new(Reason::UnknownMethod, message)
}

/// The refusal of a method that does not exist here.
pub(crate) fn unknown_method() -> Refusal {
    let message = "There is no such method here. Check package, service and method; reflection lists them: \
                   buf curl --protocol grpc --http2-prior-knowledge --list-methods http://HOST";
    Refusal::new(Reason::UnknownMethod, message)
}

/// The refusal of a stream that has to end because the server does.
pub(crate) fn shutting_down() -> Refusal {
    Refusal::new(Reason::ShuttingDown, "This server ends the stream or is shutting down. Open it again.")
}

/// Mends the status in headers or trailers, and tells the line of it.
fn mend_headers(headers: &mut HeaderMap, line: &mut CallLine) {
    let has_status = headers.get(Status::GRPC_STATUS).map(HeaderValue::as_bytes);
    if has_status == Some(b"0") {
        return line.ended(&Status::ok(""));
    }
    let Some(given) = Status::from_header_map(headers) else {
        return;
    };
    // Only what the status says is mended; the headers that a handler added stay.
    let plain = Status::with_details(given.code(), given.message(), Bytes::copy_from_slice(given.details()));
    let mended = mended(plain, &line.call_id());
    for name in [Status::GRPC_MESSAGE, Status::GRPC_STATUS_DETAILS] {
        headers.remove(name);
    }
    line.ended(&mended);
    if let Err(status) = mended.add_header(headers) {
        tracing::error!(code = ?status.code(), "a status could not be written as headers");
    }
}

/// The body of an answer: mends its trailers, bounds its messages, and ends its line.
struct AnswerBody {
    inner: Body,
    call_id: Arc<str>,
    /// Taken when the body has ended.
    line: Option<CallLine>,
    end: Option<End>,
}

impl AnswerBody {
    /// Ends the body here, with this status in the trailers.
    fn end_with(&mut self, given: Status) -> Frame<Bytes> {
        let mut trailers = HeaderMap::new();
        let mended = mended(given, &self.call_id);
        if mended.add_header(&mut trailers).is_err() {
            trailers.insert(Status::GRPC_STATUS, HeaderValue::from_static("13"));
        }
        if let Some(mut line) = self.line.take() {
            line.ended(&mended);
        }
        Frame::trailers(trailers)
    }

    fn checked(&mut self, frame: Frame<Bytes>) -> Frame<Bytes> {
        let bytes_max = limits::RESPONSE_BYTES_MAX + 5;
        if frame.data_ref().is_some_and(|data| data.len() as u64 > bytes_max) {
            return self.end_with(status(response_too_large()));
        }
        match frame.into_trailers() {
            Ok(mut trailers) => {
                if let Some(mut line) = self.line.take() {
                    mend_headers(&mut trailers, &mut line);
                }
                Frame::trailers(trailers)
            }
            Err(data) => data,
        }
    }
}

impl HttpBody for AnswerBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if self.line.is_none() {
            return Poll::Ready(None);
        }
        // First, so that a stream that always has a message ready does end.
        if let Some(end) = self.end.as_mut()
            && let Poll::Ready(status) = end.as_mut().poll(cx)
        {
            return Poll::Ready(Some(Ok(self.end_with(status))));
        }
        match Pin::new(&mut self.inner).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => Poll::Ready(Some(Ok(self.checked(frame)))),
            Poll::Ready(Some(Err(status))) => Poll::Ready(Some(Ok(self.end_with(status)))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.line.is_none() || self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
