//! The envelope of a mutation: done once under its request id, answered again as it was, and refused on a wrong etag.

use jiff::Timestamp;
use prost::Message;
use taper_core::ids::PatientId;
use taper_core::refusal::{Reason, Refusal};
use taper_core::text::Note;
use taper_kit::Call;
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_store::{Amendment, Claim, Version, Write, audit, requests};

/// Claims the mutation's id for this transaction, or gives the answer of the first time.
pub async fn answered_before<A>(tx: &Write, mutation: &Mutation, call: &Call) -> Result<Option<A>, Refusal>
where
    A: Message + Default,
{
    let Some(id) = mutation.id else { return Ok(None) };
    match requests::claim(tx, id, mutation.method, &mutation.hash, call.now).await? {
        Claim::New => Ok(None),
        Claim::Done(bytes) => match A::decode(bytes.as_slice()) {
            Ok(answer) => {
                note_name(call, &bytes);
                Ok(Some(answer))
            }
            Err(_) => {
                let message =
                    "The stored answer to this request_id does not read back. Tell the operator; do not retry.";
                Err(Refusal::new(Reason::StoredRecordDamaged, message))
            }
        },
    }
}

/// Every resource of the contract has its name in the first field.
#[derive(Message)]
struct Named {
    #[prost(string, tag = "1")]
    name: String,
}

/// Notes the name of what is answered, which the call may just have made.
fn note_name(call: &Call, answer: &[u8]) {
    if let Ok(named) = Named::decode(answer) {
        call.names(&named.name);
    }
}

/// Keeps the answer for a repeat, encrypted with the key of the patient that the call is of, and makes the change durable.
pub async fn commit<A: Message>(tx: Write, call: &Call, mutation: &Mutation, answer: A) -> Result<A, Refusal> {
    end(tx, call, mutation, answer, call.patient()).await
}

/// The same for an answer that says nothing of a patient, although the call was of one: its key was destroyed.
pub async fn commit_of_nobody<A: Message>(
    tx: Write,
    call: &Call,
    mutation: &Mutation,
    answer: A,
) -> Result<A, Refusal> {
    end(tx, call, mutation, answer, None).await
}

async fn end<A: Message>(
    tx: Write,
    call: &Call,
    mutation: &Mutation,
    answer: A,
    patient: Option<PatientId>,
) -> Result<A, Refusal> {
    let bytes = answer.encode_to_vec();
    note_name(call, &bytes);
    if let Some(id) = mutation.id {
        requests::finish(&tx, id, patient, &bytes).await?;
    }
    // The last thing before the commit: others of this clinic who write wait from here on.
    if let Some((_, event)) = call.event("OK") {
        audit::append(&tx, vec![event]).await?;
    }
    // Where the outcome of the commit is not known, its refusal becomes an event of its own, OUTCOME_UNKNOWN: the one
    // above may have been stored or not, and none at all would be worse than two.
    tx.commit().await?;
    call.mark_recorded();
    Ok(answer)
}

/// The version that an etag stands for; empty is none. A text that no answer carried is a version that nothing has.
pub fn version_of(etag: &str) -> Option<Version> {
    if etag.is_empty() {
        return None;
    }
    let parsed = etag.parse::<Version>().ok();
    let version = parsed.filter(|version| version.to_string() == etag);
    Some(version.unwrap_or(Version(0)))
}

/// The etag that a caller gave, beside the resource or within it; two that differ are noted.
pub fn one_etag<'a>(fields: &mut Fields, beside: &'a str, within: &'a str) -> &'a str {
    if !beside.is_empty() && !within.is_empty() && beside != within {
        fields.fault("etag", "differs from the etag of the resource that is sent; give one of the two");
    }
    if beside.is_empty() { within } else { beside }
}

/// Refuses an etag that is given and not the current one.
pub fn check_etag(etag: &str, current: Version) -> Result<(), Refusal> {
    match version_of(etag) {
        Some(given) if given != current => Err(taper_store::Error::EtagMismatch { current }.into()),
        Some(_) | None => Ok(()),
    }
}

/// A new revision of the one that was read: made only on the version that the caller named, or else on the current one.
pub fn amendment(etag: &str, current: Version, reason: Note, entered_in_error: bool, now: Timestamp) -> Amendment {
    Amendment { expected: version_of(etag).or(Some(current)), reason: Some(reason), entered_in_error, now }
}

/// The fault of a change that was made from a row as it was read. Where the caller named no etag, another's change in
/// between is a conflict to retry, not a wrong etag.
pub fn changed_meanwhile(fault: taper_store::Error, given: Option<Version>) -> Refusal {
    match (fault, given) {
        (taper_store::Error::EtagMismatch { .. }, None) => taper_store::Error::Conflict.into(),
        (fault, _) => fault.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_etag_is_the_version_as_it_was_written_and_anything_else_is_a_version_that_nothing_has() {
        assert_eq!(version_of(""), None);
        assert_eq!(version_of("7"), Some(Version(7)));
        for other in ["07", "+7", " 7", "seven", "-1", "4294967296", "\"7\""] {
            assert_eq!(version_of(other), Some(Version(0)), "{other}");
        }
    }

    #[test]
    fn a_change_in_between_is_a_wrong_etag_only_for_a_caller_that_named_one() {
        let fault = || taper_store::Error::EtagMismatch { current: Version(3) };
        assert_eq!(changed_meanwhile(fault(), Some(Version(2))).reason, Reason::EtagMismatch);
        assert_eq!(changed_meanwhile(fault(), None).reason, Reason::Conflict);
    }
}
