//! Why a request is refused: the one list of error kinds and reasons that every crate speaks.

use std::collections::BTreeMap;
use std::fmt;

/// The class of a refusal; `kit` maps each to one gRPC status code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// The request itself is wrong, whatever the state of the system.
    InvalidArgument,
    /// The resource does not exist, or belongs to another clinic.
    NotFound,
    /// A unique key (an external id, a slug) is taken.
    AlreadyExists,
    /// The request is right, but not in the present state.
    FailedPrecondition,
    /// The resource changed since the caller read it; read again and retry.
    Aborted,
    /// The caller may not do this.
    PermissionDenied,
    /// It is not known who calls.
    Unauthenticated,
    /// A named limit is exceeded.
    ResourceExhausted,
    /// The caller's deadline, or ours, has passed.
    DeadlineExceeded,
    /// The database cannot be reached, or the outcome of a commit is unknown; retry with the same request_id.
    Unavailable,
    /// The method exists in the contract, but not here.
    Unimplemented,
    /// A stored record does not read back as it was written.
    DataLoss,
    /// A fault of ours; the caller gets a request id and nothing else.
    Internal,
}

macro_rules! reasons {
    ($($(#[doc = $doc:literal])* $variant:ident => $code:literal, $kind:ident;)*) => {
        /// A stable, machine-readable reason; on the wire it is `google.rpc.ErrorInfo.reason`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Reason { $($(#[doc = $doc])* $variant,)* }

        impl Reason {
            /// Every reason, in the order of the list.
            pub const ALL: &'static [Reason] = &[$(Reason::$variant,)*];

            /// The code on the wire, for example `INVALID_FIELDS`.
            pub fn code(self) -> &'static str {
                match self { $(Reason::$variant => $code,)* }
            }

            /// The kind of refusal that this reason always has.
            pub fn kind(self) -> Kind {
                match self { $(Reason::$variant => Kind::$kind,)* }
            }
        }
    };
}

reasons! {
    /// One or more fields are missing, out of range or contradict each other; each is named.
    InvalidFields => "INVALID_FIELDS", InvalidArgument;
    /// The bytes are not a message of the method's request type.
    MalformedRequest => "MALFORMED_REQUEST", InvalidArgument;
    /// The page token is not one that this list gave for these arguments.
    InvalidPageToken => "INVALID_PAGE_TOKEN", InvalidArgument;
    /// The request_id was used before, for another request.
    RequestIdReused => "REQUEST_ID_REUSED", InvalidArgument;
    /// No such resource for this caller.
    ResourceNotFound => "RESOURCE_NOT_FOUND", NotFound;
    /// An external id, or a clinic's slug, is taken already.
    AlreadyExists => "ALREADY_EXISTS", AlreadyExists;
    /// The etag is not that of the current revision; the current one is in the metadata.
    EtagMismatch => "ETAG_MISMATCH", Aborted;
    /// The transaction lost against another one; retry.
    Conflict => "CONFLICT", Aborted;
    /// The resource's state does not allow this (a cancelled session is completed, a plan is activated twice).
    WrongState => "WRONG_STATE", FailedPrecondition;
    /// The decision goes against the advice and names no reason; each unmet criterion is a violation.
    OverrideReasonNeeded => "OVERRIDE_REASON_NEEDED", FailedPrecondition;
    /// An advance while a STOP referral is open; clear it first.
    StopReferralOpen => "STOP_REFERRAL_OPEN", FailedPrecondition;
    /// Another plan of this injury is active.
    PlanAlreadyActive => "PLAN_ALREADY_ACTIVE", FailedPrecondition;
    /// The message, a page or a list is larger than its limit.
    LimitExceeded => "LIMIT_EXCEEDED", ResourceExhausted;
    /// The server is at its limit of work at once; retry later.
    Overloaded => "OVERLOADED", ResourceExhausted;
    /// The deadline passed before the answer was ready.
    DeadlineExceeded => "DEADLINE_EXCEEDED", DeadlineExceeded;
    /// The database cannot be reached now.
    DatabaseUnavailable => "DATABASE_UNAVAILABLE", Unavailable;
    /// The commit was sent and its outcome is not known; retry with the same request_id.
    OutcomeUnknown => "OUTCOME_UNKNOWN", Unavailable;
    /// The server is shutting down.
    ShuttingDown => "SHUTTING_DOWN", Unavailable;
    /// There is no such method here.
    UnknownMethod => "UNKNOWN_METHOD", Unimplemented;
    /// The caller may not do this.
    PermissionDenied => "PERMISSION_DENIED", PermissionDenied;
    /// A stored record does not read back as it was written.
    StoredRecordDamaged => "STORED_RECORD_DAMAGED", DataLoss;
    /// A fault of ours.
    Internal => "INTERNAL", Internal;
    /// The decision overrides a setback or an open referral, and its note is empty.
    OverrideNoteNeeded => "OVERRIDE_NOTE_NEEDED", FailedPrecondition;
    /// There is no valid key, token or certificate; which of them is wrong is not said.
    NotAuthenticated => "NOT_AUTHENTICATED", Unauthenticated;
    /// The role may do this only in an emergency: break the glass first.
    GlassNotBroken => "GLASS_NOT_BROKEN", PermissionDenied;
    /// The patient is deleted, so that nothing of it can be changed.
    PatientDeleted => "PATIENT_DELETED", FailedPrecondition;
    /// The law of the clinic keeps the record until a later day, which is in the metadata.
    RetentionNotOver => "RETENTION_NOT_OVER", FailedPrecondition;
}

/// One offending field of a request, for example `session.focus[0].minutes`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// Path in proto field names, as the caller wrote it.
    pub field: String,
    /// What was found and what is needed. Holds no patient data.
    pub message: String,
}

/// One unmet precondition, for example a criterion that the advice waits for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Precondition {
    /// A stable type, for example `CRITERION_UNMET`, `CRITERION_UNKNOWN`, `STOP_REFERRAL`.
    pub kind: &'static str,
    /// The rule id or resource name that it is about.
    pub subject: String,
    /// What is needed.
    pub message: String,
}

/// A refusal, complete: what the caller reads, and nothing that it may not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The stable reason; it fixes the kind.
    pub reason: Reason,
    /// One sentence: what was found, what is needed, what to do next.
    pub message: String,
    /// The values that the message names, by key. Ids and limits only, never patient data.
    pub metadata: BTreeMap<&'static str, String>,
    /// Every offending field at once.
    pub violations: Vec<Violation>,
    /// Every unmet precondition at once.
    pub preconditions: Vec<Precondition>,
}

impl Refusal {
    /// A refusal with a reason and a sentence.
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self {
            reason,
            message: message.into(),
            metadata: BTreeMap::new(),
            violations: Vec::new(),
            preconditions: Vec::new(),
        }
    }

    /// The same refusal with one more value in its metadata.
    pub fn with(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.metadata.insert(key, value.into());
        self
    }

    /// The resource is not there for this caller. The answer is the same for one that never existed.
    pub fn not_found(name: &str) -> Self {
        Self::new(
            Reason::ResourceNotFound,
            format!("{name} was not found. Check the name; a resource of another clinic is never shown."),
        )
        .with("name", name)
    }

    /// The class of the refusal.
    pub fn kind(&self) -> Kind {
        self.reason.kind()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.reason.code(), self.message)
    }
}

impl std::error::Error for Refusal {}

/// Collects every offending field of one request, so that all are reported at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// No violations yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes one offending field.
    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.push(Violation { field: field.into(), message: message.into() });
    }

    /// Takes the value, or notes why the field has none.
    pub fn take<T, E: fmt::Display>(&mut self, field: impl Into<String>, parsed: Result<T, E>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(fault) => {
                self.add(field, fault.to_string());
                None
            }
        }
    }

    /// Whether nothing was noted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What was noted, in order.
    pub fn as_slice(&self) -> &[Violation] {
        &self.0
    }

    /// `Ok` when nothing was noted, otherwise a refusal that names every field.
    pub fn finish(self) -> Result<(), Refusal> {
        if self.0.is_empty() {
            return Ok(());
        }
        let mut fields: Vec<&str> = Vec::new();
        for field in self.0.iter().map(|violation| violation.field.as_str()) {
            // A field with several faults is named once; each of its faults is told with it.
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
        let message = format!("The request was not accepted and nothing was stored. Mend: {}.", fields.join(", "));
        let mut refusal = Refusal::new(Reason::InvalidFields, message);
        refusal.violations = self.0;
        Err(refusal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_with_two_faults_is_named_once_and_both_are_told() {
        let mut violations = Violations::default();
        for (field, message) in
            [("cases[0]", "line 3: one"), ("document", "line 1: two"), ("cases[0]", "line 4: three")]
        {
            violations.add(field, message);
        }
        let refusal = violations.finish().unwrap_err();
        assert!(refusal.message.ends_with("Mend: cases[0], document."), "{}", refusal.message);
        assert_eq!(refusal.violations.len(), 3);
    }
}
