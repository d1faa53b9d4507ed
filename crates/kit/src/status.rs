//! How a refusal becomes a gRPC status with its details.

use std::collections::HashMap;
use std::time::Duration;

use taper_core::limits;
use taper_core::refusal::{Kind, Reason, Refusal};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, PreconditionViolation, StatusExt};

/// The domain of every `google.rpc.ErrorInfo` that we send.
pub const DOMAIN: &str = "taper";

/// The status of a refusal: ErrorInfo always; BadRequest, PreconditionFailure and RetryInfo where they apply.
///
/// An internal fault says nothing of its cause; the edge adds the call's id.
pub fn status(refusal: Refusal) -> Status {
    if refusal.kind() == Kind::Internal {
        return internal("");
    }
    let mut items_kept = refusal.violations.len().max(refusal.preconditions.len());
    loop {
        let status = with_items(&refusal, items_kept);
        let fits = status.details().len() as u64 <= limits::ERROR_DETAILS_BYTES_MAX;
        if fits || items_kept == 0 {
            return status;
        }
        // The details travel in a header, and clients drop an answer whose headers are too large.
        items_kept = items_kept * 3 / 4;
    }
}

/// The one answer to a fault of ours: the call's id and nothing else.
pub(crate) fn internal(call_id: &str) -> Status {
    let reason = Reason::Internal;
    let message = format!("Something failed on our side. If it lasts, report it with the request id {call_id}");
    let metadata = HashMap::from([("request_id".to_owned(), call_id.to_owned())]);
    let details = ErrorDetails::with_error_info(reason.code(), DOMAIN, metadata);
    Status::with_error_details(code(reason.kind()), message.trim_end(), details)
}

/// The code of a kind: the only such table.
fn code(kind: Kind) -> Code {
    match kind {
        Kind::InvalidArgument => Code::InvalidArgument,
        Kind::NotFound => Code::NotFound,
        Kind::AlreadyExists => Code::AlreadyExists,
        Kind::FailedPrecondition => Code::FailedPrecondition,
        Kind::Aborted => Code::Aborted,
        Kind::PermissionDenied => Code::PermissionDenied,
        Kind::Unauthenticated => Code::Unauthenticated,
        Kind::ResourceExhausted => Code::ResourceExhausted,
        Kind::DeadlineExceeded => Code::DeadlineExceeded,
        Kind::Unavailable => Code::Unavailable,
        Kind::Unimplemented => Code::Unimplemented,
        Kind::DataLoss => Code::DataLoss,
        Kind::Internal => Code::Internal,
    }
}

/// The status with at most so many violations and preconditions; the metadata counts those left out.
fn with_items(refusal: &Refusal, items_kept: usize) -> Status {
    let mut metadata: HashMap<String, String> =
        refusal.metadata.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    let left_out =
        refusal.violations.len().saturating_sub(items_kept) + refusal.preconditions.len().saturating_sub(items_kept);
    if left_out > 0 {
        metadata.insert("violations_left_out".to_owned(), left_out.to_string());
    }

    let mut details = ErrorDetails::with_error_info(refusal.reason.code(), DOMAIN, metadata);
    if !refusal.violations.is_empty() {
        let violation = |v: &taper_core::refusal::Violation| FieldViolation::new(&v.field, &v.message);
        details.set_bad_request(refusal.violations.iter().take(items_kept).map(violation).collect::<Vec<_>>());
    }
    if !refusal.preconditions.is_empty() {
        let violation =
            |p: &taper_core::refusal::Precondition| PreconditionViolation::new(p.kind, &p.subject, &p.message);
        let violations: Vec<_> = refusal.preconditions.iter().take(items_kept).map(violation).collect();
        details.set_precondition_failure(violations);
    }
    if matches!(refusal.kind(), Kind::ResourceExhausted | Kind::Unavailable) {
        details.set_retry_info(Some(Duration::from_secs(limits::RETRY_AFTER_SECONDS)));
    }
    Status::with_error_details(code(refusal.kind()), shortened(&refusal.message), details)
}

fn shortened(message: &str) -> String {
    let characters_max = limits::ERROR_MESSAGE_CHARACTERS_MAX as usize;
    if message.chars().count() <= characters_max {
        return message.to_owned();
    }
    let mut short: String = message.chars().take(characters_max).collect();
    short.push_str("...");
    short
}

#[cfg(test)]
mod tests {
    use taper_core::refusal::{Precondition, Violations};

    use super::*;

    #[test]
    fn every_reason_has_error_info_of_our_domain_and_the_code_of_its_kind() {
        for &reason in Reason::ALL {
            let status = status(Refusal::new(reason, "what was found"));
            let info = status.get_details_error_info().unwrap();
            assert_eq!((info.domain.as_str(), info.reason.as_str()), (DOMAIN, reason.code()));
            assert_eq!(status.code(), code(reason.kind()), "{reason:?}");
            let retries = matches!(status.code(), Code::ResourceExhausted | Code::Unavailable);
            assert_eq!(status.get_details_retry_info().is_some(), retries, "{reason:?}");
        }
    }

    #[test]
    fn no_two_kinds_share_a_code() {
        let kinds: std::collections::HashSet<Kind> = Reason::ALL.iter().map(|reason| reason.kind()).collect();
        let codes: std::collections::HashSet<Code> = kinds.iter().map(|kind| code(*kind)).collect();
        assert_eq!(kinds.len(), codes.len());
    }

    #[test]
    fn all_violations_are_named_at_once() {
        let mut violations = Violations::new();
        violations.add("session.minutes", "is 0; 1 to 600 are possible");
        violations.add("session.focus[1].share", "is 101; 0 to 100 are possible");
        let status = status(violations.finish().unwrap_err());
        let fields: Vec<String> =
            status.get_details_bad_request().unwrap().field_violations.into_iter().map(|v| v.field).collect();
        assert_eq!(fields, ["session.minutes", "session.focus[1].share"]);
        assert_eq!(status.code(), Code::InvalidArgument);
    }

    #[test]
    fn all_preconditions_are_named_at_once() {
        let mut refusal = Refusal::new(Reason::OverrideReasonNeeded, "The decision goes against the advice.");
        for rule in ["P2-PROG-1", "P2-PROG-2"] {
            let message = "not measured".to_owned();
            refusal.preconditions.push(Precondition { kind: "CRITERION_UNKNOWN", subject: rule.to_owned(), message });
        }
        let failure = status(refusal).get_details_precondition_failure().unwrap();
        let subjects: Vec<&str> = failure.violations.iter().map(|v| v.subject.as_str()).collect();
        assert_eq!(subjects, ["P2-PROG-1", "P2-PROG-2"]);
    }

    #[test]
    fn an_etag_mismatch_carries_the_current_etag() {
        let refusal = Refusal::new(Reason::EtagMismatch, "The plan changed.").with("etag", "W7");
        let info = status(refusal).get_details_error_info().unwrap();
        assert_eq!(info.metadata.get("etag").map(String::as_str), Some("W7"));
    }

    #[test]
    fn an_internal_fault_says_nothing_of_its_cause() {
        let mut refusal = Refusal::new(Reason::Internal, "duplicate key (family_name)=(Miller)");
        refusal.metadata.insert("row", "Miller".to_owned());
        let status = status(refusal);
        let seen = format!("{} {:?}", status.message(), status.get_error_details());
        assert_eq!(status.code(), Code::Internal);
        assert!(!seen.contains("Miller") && !seen.contains("family_name"), "{seen}");
    }

    #[test]
    fn the_details_stay_below_what_clients_accept_as_headers() {
        let mut violations = Violations::new();
        for index in 0..500 {
            violations.add(format!("measures[{index}].value"), "is 400; 0 to 180 are possible, in whole degrees");
        }
        let status = status(violations.finish().unwrap_err());
        let mut headers = http::HeaderMap::new();
        status.add_header(&mut headers).unwrap();
        let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 32).sum();
        assert!(bytes < 8192 - 400, "{bytes} bytes of headers");
        let named = status.get_details_bad_request().unwrap().field_violations.len();
        let left_out: usize =
            status.get_details_error_info().unwrap().metadata.get("violations_left_out").unwrap().parse().unwrap();
        assert_eq!(named + left_out, 500);
        assert!(named > 20, "{named}");
    }
}
