//! Who may do what: roles, a total table of roles and methods, and the decision on one call. There is no policy language.

mod decision;
mod key;
mod scope;
mod table;

pub use decision::{Allowed, Denied, Grant, View, decide};
pub use key::{ApiKey, ID_CHARACTERS, KEY_DAYS_MAX, KeyText, LIVE_KEYS_MAX, Member, SECRET_CHARACTERS};
pub use scope::{Interaction, Scope, ScopeFault, Scopes};
pub use table::{Cell, Row, Rule, Table, TableFault};

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use jiff::Timestamp;

use crate::ids::{ClinicId, TherapistId};

/// What one who is let in is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Runs the clinic and reads all of its records.
    ClinicAdmin,
    /// Assesses, treats, decides.
    Physiotherapist,
    /// Assesses, treats, decides within hands-on work.
    MassageTherapist,
    /// Who the patients are, their appointments and what these cost; not what was found.
    FrontDesk,
    /// Another program of the clinic, within the scopes of its key.
    Integrator,
    /// Reads what happened, never what was found.
    Auditor,
    /// Runs the deployment, of which all clinics are a part; sees no patient data.
    Operator,
}

impl Role {
    /// Every role, in the order of the table's columns.
    pub const ALL: [Role; 7] = [
        Role::ClinicAdmin,
        Role::Physiotherapist,
        Role::MassageTherapist,
        Role::FrontDesk,
        Role::Integrator,
        Role::Auditor,
        Role::Operator,
    ];

    /// The word for it in keys, tokens, the database and the command line.
    pub fn word(self) -> &'static str {
        match self {
            Role::ClinicAdmin => "clinic_admin",
            Role::Physiotherapist => "physiotherapist",
            Role::MassageTherapist => "massage_therapist",
            Role::FrontDesk => "front_desk",
            Role::Integrator => "integrator",
            Role::Auditor => "auditor",
            Role::Operator => "operator",
        }
    }

    /// A role of people, who log in with more than one factor; the others are programs.
    pub fn is_human(self) -> bool {
        self != Role::Integrator
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A text that is no role's word. Never repeats the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be clinic_admin, physiotherapist, massage_therapist, front_desk, integrator, auditor or operator")]
pub struct NoRole;

impl FromStr for Role {
    type Err = NoRole;

    fn from_str(text: &str) -> Result<Self, NoRole> {
        Role::ALL.into_iter().find(|role| role.word() == text).ok_or(NoRole)
    }
}

/// One who was let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// Anybody on this machine, where there is no login (`taper dev`).
    Open,
    /// The holder of a key or a token.
    Known(Known),
}

/// The holder of a key or a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// What the audit names: `key:{id}` or `token:{issuer}|{subject}`; no name of a person is made up from it.
    pub subject: Arc<str>,
    /// What it is.
    pub role: Role,
    /// The clinic that it belongs to; an operator belongs to none.
    pub clinic: Option<ClinicId>,
    /// What narrows its role; none is the whole of it. Of a program there always are some, and empty ones allow nothing.
    pub scopes: Option<Scopes>,
    /// The therapist that it is, where it is one.
    pub therapist: Option<TherapistId>,
    /// SHA-256 of the client certificate without which its key or token opens nothing.
    pub certificate: Option<[u8; 32]>,
    /// When the key or the token ends. An open stream ends with it.
    pub expires_at: Option<Timestamp>,
}

impl Principal {
    /// What the audit names.
    pub fn subject(&self) -> &str {
        match self {
            Principal::Open => "open",
            Principal::Known(known) => &known.subject,
        }
    }

    /// Its role; without login there is none.
    pub fn role(&self) -> Option<Role> {
        match self {
            Principal::Open => None,
            Principal::Known(known) => Some(known.role),
        }
    }

    /// The clinic that it belongs to; none without login, and for an operator.
    pub fn clinic(&self) -> Option<&ClinicId> {
        match self {
            Principal::Open => None,
            Principal::Known(known) => known.clinic.as_ref(),
        }
    }

    /// The therapist that it is; none without login, and of a program.
    pub fn therapist(&self) -> Option<TherapistId> {
        match self {
            Principal::Open => None,
            Principal::Known(known) => known.therapist,
        }
    }

    /// Whether it may see that a clinic exists at all.
    pub fn belongs_to(&self, clinic: &ClinicId) -> bool {
        match self {
            Principal::Open => true,
            Principal::Known(Known { clinic: Some(own), .. }) => own == clinic,
            // The table keeps an operator from whatever holds patient data.
            Principal::Known(Known { clinic: None, role, .. }) => *role == Role::Operator,
        }
    }
}

#[cfg(test)]
mod tests;
