//! The log: one line a call, of ids and codes, and never of what a request or an answer holds.

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Instant;

use http::Request;
use tonic::{Code, Status};
use tonic_types::StatusExt;
use tracing::Subscriber;
use tracing_subscriber::filter::{EnvFilter, FilterExt, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

/// The variable that holds the filter, for example `debug` or `taper_store=debug`.
pub const FILTER_VARIABLE: &str = "TAPER_LOG";

/// Whether people or machines read the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One JSON object a line.
    Json,
    /// Short text for a terminal.
    Text,
}

/// Only our own crates write, whatever the filter says. Others print statements, frames, headers and values at their finest
/// levels, and nobody knows what their next version prints.
const OURS: &str = "taper";

/// Starts logging to stderr: `info`, unless `TAPER_LOG` says otherwise. Call once, first thing in main.
pub fn init(form: Form) -> Result<(), TryInitError> {
    let chosen = std::env::var(FILTER_VARIABLE).unwrap_or_default();
    subscriber(form, &chosen, std::io::stderr).try_init()?;
    std::panic::set_hook(Box::new(|panic| {
        // The message of a panic may hold values; its place does not.
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panicked");
    }));
    Ok(())
}

/// What [`init`] installs, with a filter and a place to write to of the caller's choice.
pub fn subscriber<W>(form: Form, filter: &str, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let filter = EnvFilter::builder().with_default_directive(tracing::Level::INFO.into()).parse_lossy(filter);
    let filter = filter.and(filter_fn(|metadata| is_ours(metadata.target())));
    let layer = tracing_subscriber::fmt::layer().with_writer(writer);
    let lines = match form {
        Form::Json => layer.json().flatten_event(true).with_span_list(false).boxed(),
        Form::Text => layer.compact().with_target(false).with_ansi(std::io::stderr().is_terminal()).boxed(),
    };
    tracing_subscriber::registry().with(lines.with_filter(filter))
}

fn is_ours(target: &str) -> bool {
    let name = target.split("::").next().unwrap_or_default();
    name.strip_prefix(OURS).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
}

/// The line of one call; written when the call has ended, also when its caller hung up.
pub(crate) struct CallLine {
    call_id: Arc<str>,
    method: String,
    began: Instant,
    code: Option<&'static str>,
    severity: Severity,
    reason: String,
    fields: String,
}

enum Severity {
    Quiet,
    Usual,
    Strain,
    Fault,
}

impl CallLine {
    /// A path that is no method is the caller's own text and stays out of the log.
    pub(crate) fn begin<B>(request: &Request<B>, call_id: Arc<str>, is_method: bool) -> Self {
        let method = if is_method { method(request) } else { "other".to_owned() };
        let severity = if method.starts_with("/grpc.") { Severity::Quiet } else { Severity::Usual };
        let (reason, fields) = (String::new(), String::new());
        Self { call_id, method, began: Instant::now(), code: None, severity, reason, fields }
    }

    pub(crate) fn call_id(&self) -> Arc<str> {
        self.call_id.clone()
    }

    pub(crate) fn method(&self) -> &str {
        &self.method
    }

    /// The call ended with this status. Only its reason and the paths of its fields are kept.
    pub(crate) fn ended(&mut self, status: &Status) {
        self.code = Some(code_name(status.code()));
        if status.code() == Code::Ok {
            return;
        }
        self.severity = severity(status.code());
        let details = status.get_error_details();
        self.reason = details.error_info().map(|info| info.reason.clone()).unwrap_or_default();
        let fields = details.bad_request().map(|request| request.field_violations.iter()).into_iter().flatten();
        self.fields = fields.map(|violation| violation.field.as_str()).collect::<Vec<_>>().join(" ");
    }

    /// The call was plain HTTP and got a text for an answer.
    pub(crate) fn ended_as_text(&mut self) {
        self.code = Some("PLAIN_HTTP");
        self.severity = Severity::Quiet;
    }
}

impl Drop for CallLine {
    fn drop(&mut self) {
        let Self { call_id, method, reason, fields, .. } = self;
        let code = self.code.unwrap_or("CANCELLED");
        let ms = u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX) as f64 / 1000.0;
        match self.severity {
            Severity::Quiet => tracing::debug!(method, code, ms, request_id = &**call_id, reason, fields, "call"),
            Severity::Usual if reason.is_empty() => {
                tracing::info!(method, code, ms, request_id = &**call_id, "call");
            }
            Severity::Usual => tracing::info!(method, code, ms, request_id = &**call_id, reason, fields, "call"),
            Severity::Strain => tracing::warn!(method, code, ms, request_id = &**call_id, reason, fields, "call"),
            Severity::Fault => tracing::error!(method, code, ms, request_id = &**call_id, reason, fields, "call"),
        }
    }
}

/// The method, when it looks like one; any other path is the caller's own text and stays out of the log.
fn method<B>(request: &Request<B>) -> String {
    let path = request.uri().path();
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'/');
    let looks_like_one = path.len() <= 120 && path.matches('/').count() == 2 && path.bytes().all(plain);
    if looks_like_one { path.to_owned() } else { "other".to_owned() }
}

fn severity(code: Code) -> Severity {
    match code {
        Code::Ok | Code::Cancelled | Code::InvalidArgument | Code::NotFound | Code::AlreadyExists => Severity::Usual,
        Code::PermissionDenied | Code::FailedPrecondition | Code::Aborted | Code::OutOfRange => Severity::Usual,
        Code::Unimplemented | Code::Unauthenticated => Severity::Usual,
        Code::DeadlineExceeded | Code::ResourceExhausted | Code::Unavailable => Severity::Strain,
        Code::Unknown | Code::Internal | Code::DataLoss => Severity::Fault,
    }
}

fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_is_no_method_stays_out_of_the_log() {
        let method_of = |path: &str| method(&Request::builder().uri(path).body(()).unwrap());
        assert_eq!(method_of("/taper.v1.PatientService/GetPatient"), "/taper.v1.PatientService/GetPatient");
        for other in ["/", "/patients/Ann%20Miller", "/a/b/c", "/a/b-c", &format!("/a/{}", "b".repeat(200))] {
            assert_eq!(method_of(other), "other", "{other}");
        }
    }

    #[test]
    fn only_our_own_crates_write() {
        for ours in ["taper", "taper::server", "taper_store", "taper_store::error"] {
            assert!(is_ours(ours), "{ours}");
        }
        for other in ["sqlx::query", "sea_orm::driver", "h2", "hyper", "tonic", "rustls::conn", "", "tapered", "log"] {
            assert!(!is_ours(other), "{other}");
        }
    }

    #[test]
    fn the_codes_are_named_as_in_the_grpc_documents() {
        for number in 0..=16 {
            let code = Code::from(number);
            let camel: String =
                code_name(code).split('_').map(|w| w[..1].to_owned() + &w[1..].to_lowercase()).collect();
            assert_eq!(format!("{code:?}"), camel);
        }
    }
}
