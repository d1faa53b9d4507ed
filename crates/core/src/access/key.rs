//! Keys of programs and people: how one is written, and what is kept of it. The secret itself is kept nowhere.

use std::fmt;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{Role, Scopes};
use crate::ids::{ClinicId, MemberId, TherapistId};
use crate::text::Line;

/// The word that every key begins with, so that a scanner finds one that was left in the open.
const PREFIX: &str = "taper";
/// Characters of a key's id.
pub const ID_CHARACTERS: usize = 12;
/// Characters of a key's secret: 32 random bytes in base 62.
pub const SECRET_CHARACTERS: usize = 43;
/// A client has so many live keys at most: one in use, and one to change over to.
pub const LIVE_KEYS_MAX: usize = 2;
/// A key lives so many days at most.
pub const KEY_DAYS_MAX: i64 = 400;

/// A key as its holder shows it: `taper_{clinic}_{id}_{secret}`; the clinic is `-` for the deployment's operators.
///
/// It names its clinic so that it is looked up in a transaction of that clinic like everything else.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyText {
    /// Where it is looked up.
    pub clinic: ClinicId,
    /// Which key it is.
    pub id: String,
    secret: String,
}

impl KeyText {
    /// A new key of these random characters. None when they are not as many as they must be, or not of base 62.
    pub fn new(clinic: ClinicId, id: &str, secret: &str) -> Option<Self> {
        let is_base_62 =
            |text: &str, length: usize| text.len() == length && text.bytes().all(|b| b.is_ascii_alphanumeric());
        let fits = is_base_62(id, ID_CHARACTERS) && is_base_62(secret, SECRET_CHARACTERS);
        fits.then(|| Self { clinic, id: id.to_owned(), secret: secret.to_owned() })
    }

    /// Reads a key. A text that is none says nothing about why.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('_');
        let (prefix, clinic, id, secret) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        if prefix != PREFIX || parts.next().is_some() {
            return None;
        }
        let deployment = ClinicId::deployment();
        let clinic = if clinic == deployment.as_str() { deployment } else { clinic.parse().ok()? };
        Self::new(clinic, id, secret)
    }

    /// The whole key, to be shown once.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}_{}_{}_{}", self.clinic, self.id, self.secret)
    }

    /// What is kept of the secret: SHA-256. 256 random bits need no slow hash.
    pub fn secret_sha256(&self) -> [u8; 32] {
        Sha256::digest(self.secret.as_bytes()).into()
    }

    /// Whether this is the secret that a hash was made of; takes as long whatever differs.
    pub fn matches(&self, secret_sha256: &[u8]) -> bool {
        let own = self.secret_sha256();
        let differences = own.iter().zip(secret_sha256).fold(0_u8, |sum, (one, other)| sum | (one ^ other));
        secret_sha256.len() == own.len() && differences == 0
    }
}

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyText({}, {}, ..)", self.clinic, self.id)
    }
}

/// What is kept of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id, which its text names too.
    pub id: String,
    /// The program or the person that holds it.
    pub client: Line,
    /// What the holder is.
    pub role: Role,
    /// What a program may do; where a person's key has scopes, they narrow the role.
    pub scopes: Scopes,
    /// The therapist that holds it, where it is one.
    pub therapist: Option<TherapistId>,
    /// SHA-256 of the client certificate without which it is worth nothing.
    pub certificate: Option<[u8; 32]>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From this instant on it is worth nothing.
    pub expires_at: Timestamp,
    /// From this instant on it is worth nothing either.
    pub revoked_at: Option<Timestamp>,
}

impl ApiKey {
    /// Whether it opens anything at an instant, on a connection with this certificate.
    pub fn is_live(&self, now: Timestamp, certificate: Option<[u8; 32]>) -> bool {
        let is_bound_elsewhere = self.certificate.is_some() && self.certificate != certificate;
        now < self.expires_at && self.revoked_at.is_none_or(|revoked_at| now < revoked_at) && !is_bound_elsewhere
    }
}

/// Whom an issuer of tokens knows as a subject, and what it is in the clinic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its id.
    pub id: MemberId,
    /// The issuer's URL.
    pub issuer: Line,
    /// The issuer's name of the subject; a person has one in an issuer.
    pub subject: Line,
    /// What it is.
    pub role: Role,
    /// What a program may do; where a person has scopes, they narrow the role. Those of its token narrow both.
    pub scopes: Scopes,
    /// The therapist that it is, where it is one.
    pub therapist: Option<TherapistId>,
    /// When it became a member.
    pub created_at: Timestamp,
    /// From this instant on it is none.
    pub disabled_at: Option<Timestamp>,
}
