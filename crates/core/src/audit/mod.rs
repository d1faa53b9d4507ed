//! What happened: one event per call, chained per clinic, so that an edit, a deletion, a swap or a cut is found and named.

mod chain;

pub use chain::{Entry, Fault, Hash, Head, Verifier};

use jiff::Timestamp;

use crate::access::{Interaction, Principal, Role};
use crate::ids::PatientId;

/// One call, as it is told for good. It names people by ids only, and holds nothing that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When it was answered.
    pub at: Timestamp,
    /// Who called: `key:{id}`, `token:{issuer}|{subject}`, or `open` where there is no login.
    pub subject: String,
    /// What the caller is; none where there is no login.
    pub role: Option<Role>,
    /// `taper.v1.PatientService/GetPatient`.
    pub method: String,
    /// What the method does.
    pub interaction: Interaction,
    /// The patient that it was about; none for lists over patients and for what is about none.
    pub patient: Option<PatientId>,
    /// The name of the resource that it made, or else was about, `clinics/north/apiKeys/…`; where something was to be made
    /// and was not, of what it was to be in. None for lists, and where no valid name was given.
    pub resource: Option<String>,
    /// `OK`, or the reason of the refusal. Where that is `OUTCOME_UNKNOWN`, the call's own event may be there too.
    pub outcome: String,
    /// The call's id, by which it is found in the logs.
    pub call_id: String,
    /// It was allowed only because the glass was broken.
    pub by_broken_glass: bool,
}

impl Event {
    /// What the caller of an event is and is called.
    pub fn caller(principal: &Principal) -> (String, Option<Role>) {
        (principal.subject().to_owned(), principal.role())
    }
}

#[cfg(test)]
mod tests;
