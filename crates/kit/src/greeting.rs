//! A short, helpful answer for those who come without gRPC: a browser, curl, a JSON client.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::{HeaderValue, Method, Request, Response, StatusCode, Version};
use http_body::{Body as HttpBody, Frame, SizeHint};
use tonic::body::Body;

/// The answer to a request that is not gRPC, or `None` when it is.
pub(crate) fn for_other_than_grpc<B>(request: &Request<B>, services: &[&str]) -> Option<Response<Body>> {
    let (status, found) = match (content(request), request.method(), request.version()) {
        (Content::Grpc, &Method::POST, Version::HTTP_2) => return None,
        (Content::Grpc, &Method::POST, _) => {
            (StatusCode::HTTP_VERSION_NOT_SUPPORTED, "gRPC needs HTTP/2 from the first byte (prior knowledge).")
        }
        (_, &Method::GET | &Method::HEAD, _) if request.uri().path() == "/" => {
            (StatusCode::OK, "Taper: gRPC services that a clinic's software calls to record and taper hamstring care.")
        }
        (_, &Method::POST, _) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "This server takes application/grpc only."),
        _ => (StatusCode::NOT_FOUND, "There is no page here; this port speaks gRPC."),
    };
    let text = text(found, &host(request), services);
    let mut response = Response::new(Body::new(Text(Some(Bytes::from(text)))));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    Some(response)
}

enum Content {
    Grpc,
    Other,
}

fn content<B>(request: &Request<B>) -> Content {
    let value = request.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let kind = value.split(|b| *b == b';').next().unwrap_or_default().trim_ascii();
    match kind {
        b"application/grpc" | b"application/grpc+proto" => Content::Grpc,
        _ => Content::Other,
    }
}

fn text(found: &str, host: &str, services: &[&str]) -> String {
    let services = services.join("\n  ");
    format!(
        "{found}\n\n\
         Services here:\n  {services}\n\n\
         List the methods:\n  \
         buf curl --protocol grpc --http2-prior-knowledge --list-methods http://{host}\n\n\
         Call one:\n  \
         buf curl --protocol grpc --http2-prior-knowledge -d '{{}}' http://{host}/grpc.health.v1.Health/Check\n"
    )
}

/// The host as the client called it, when it is one; otherwise a word to replace.
fn host<B>(request: &Request<B>) -> String {
    let header = request.headers().get(HOST).and_then(|value| value.to_str().ok());
    let named = request.uri().authority().map(|authority| authority.as_str()).or(header).unwrap_or_default();
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']');
    let is_host = !named.is_empty() && named.len() <= 100 && named.bytes().all(plain);
    if is_host { named.to_owned() } else { "HOST:PORT".to_owned() }
}

/// A body of one piece of text.
struct Text(Option<Bytes>);

impl HttpBody for Text {
    type Data = Bytes;
    type Error = tonic::Status;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Ready(self.0.take().map(|text| Ok(Frame::data(text))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.as_ref().map_or(0, Bytes::len) as u64)
    }
}
