//! Names of things: the clinic's slug and the UUIDs of everything below it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Why a text is not an id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdFault {
    /// Not a UUID in lower case with hyphens.
    #[error("must be a UUID in lower case with hyphens")]
    NotUuid,
    /// Not a slug.
    #[error("must be a slug: 1 to 63 lower-case letters, digits and hyphens, a letter first, no hyphen last")]
    NotSlug,
}

/// A clinic's slug, for example `default`: 1 to 63 of `a-z`, `0-9`, `-`; a letter first, no hyphen last.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClinicId(String);

impl ClinicId {
    /// The deployment itself, which has operators and a chain of its own, and no patients. No slug reads as it.
    pub fn deployment() -> Self {
        Self("-".to_owned())
    }

    /// The slug.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ClinicId {
    type Err = IdFault;

    fn from_str(text: &str) -> Result<Self, IdFault> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let ok = (1..=63).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && !text.ends_with('-')
            && text.chars().all(allowed);
        if ok { Ok(Self(text.to_owned())) } else { Err(IdFault::NotSlug) }
    }
}

impl TryFrom<String> for ClinicId {
    type Error = IdFault;

    fn try_from(text: String) -> Result<Self, IdFault> {
        text.parse()
    }
}

impl From<ClinicId> for String {
    fn from(id: ClinicId) -> Self {
        id.0
    }
}

impl fmt::Display for ClinicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! uuid_ids {
    ($($(#[doc = $doc:literal])* $name:ident;)*) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl FromStr for $name {
            type Err = IdFault;

            fn from_str(text: &str) -> Result<Self, IdFault> {
                parse_uuid(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }
    )*};
}

uuid_ids! {
    /// A therapist of a clinic.
    TherapistId;
    /// Whom an issuer of tokens knows, as a member of a clinic.
    MemberId;
    /// A patient of a clinic.
    PatientId;
    /// An injury of a patient.
    InjuryId;
    /// An assessment of an injury.
    AssessmentId;
    /// An activity outside the sessions.
    ActivityId;
    /// A treatment plan of an injury.
    PlanId;
    /// A session of a plan.
    SessionId;
    /// A therapist's decision on a plan.
    DecisionId;
    /// A recommendation that was issued on a plan.
    ReceiptId;
    /// The caller's id of one mutation, for retries.
    RequestId;
}

/// Only the hyphenated lower-case form: one resource has one name.
fn parse_uuid(text: &str) -> Result<Uuid, IdFault> {
    let id = Uuid::try_parse(text).map_err(|_| IdFault::NotUuid)?;
    if id.hyphenated().to_string() == text { Ok(id) } else { Err(IdFault::NotUuid) }
}
