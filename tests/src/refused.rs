//! Reading a refusal as a client would: code, reason, every field, every precondition.

use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// What a status says in its details.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The gRPC code.
    pub code: Code,
    /// The reason of its ErrorInfo.
    pub reason: String,
    /// The paths of its BadRequest, in order.
    pub fields: Vec<String>,
    /// The types and subjects of its PreconditionFailure, in order.
    pub preconditions: Vec<(String, String)>,
    /// The message.
    pub message: String,
}

impl Refused {
    /// Reads a status; one without ErrorInfo of the domain `taper` fails the test.
    pub fn of(status: &Status) -> Self {
        let details = status.get_error_details();
        let info = details.error_info().unwrap_or_else(|| panic!("{status:?} has no ErrorInfo"));
        assert_eq!(info.domain, "taper", "{status:?}");
        let fields = details.bad_request().map(|bad| &bad.field_violations).into_iter().flatten();
        let preconditions = details.precondition_failure().map(|failure| &failure.violations).into_iter().flatten();
        Self {
            code: status.code(),
            reason: info.reason.clone(),
            fields: fields.map(|violation| violation.field.clone()).collect(),
            preconditions: preconditions.map(|one| (one.r#type.clone(), one.subject.clone())).collect(),
            message: status.message().to_owned(),
        }
    }
}
