//! Why a token is refused: a line for the server's log, which holds nothing of the token.

use std::fmt;

use taper_core::refusal::{Reason, Refusal};

/// A claim that a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Claim {
    /// `iss`.
    Issuer,
    /// `sub`.
    Subject,
    /// `aud`.
    Audience,
    /// `exp`.
    Expiry,
    /// `nbf`.
    NotBefore,
    /// `iat`.
    IssuedAt,
    /// The claim that names the clinic.
    Clinic,
    /// `scope`.
    Scope,
    /// `amr` or `acr`.
    Factors,
    /// `cnf`.
    Confirmation,
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Claim::Issuer => "iss",
            Claim::Subject => "sub",
            Claim::Audience => "aud",
            Claim::Expiry => "exp",
            Claim::NotBefore => "nbf",
            Claim::IssuedAt => "iat",
            Claim::Clinic => "clinic",
            Claim::Scope => "scope",
            Claim::Factors => "amr or acr",
            Claim::Confirmation => "cnf",
        })
    }
}

/// Why a token is refused. Holds no text of the token, so it may be logged; it must not be told to the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
pub enum TokenFault {
    /// More than 8 KiB.
    #[error("the token is longer than 8 KiB")]
    TooLong,
    /// Not the compact serialisation (RFC 7515, section 7.1).
    #[error("the token is not three parts with dots between them")]
    NotThreeParts,
    /// Padding, whitespace, another alphabet, or bits beyond the last byte (RFC 7515, section 2).
    #[error("a part of the token is not base64url without padding")]
    NotBase64Url,
    /// Not JSON, not an object, or a member twice (RFC 7515 and 7519, section 4).
    #[error("the header or the claims are not one JSON object with each member once")]
    NotOneObject,
    /// A member of the header has another kind than it must have.
    #[error("a member of the header is malformed")]
    MalformedHeader,
    /// Extensions that must be understood; none is (RFC 7515, section 4.1.11).
    #[error("the header has critical extensions")]
    CriticalExtension,
    /// Neither `JWT` nor `at+jwt` (RFC 8725, section 3.11; RFC 9068, section 2.1).
    #[error("the token is of another type")]
    WrongType,
    /// No key of the issuer has been read, or the last good ones are too old.
    #[error("the issuer's keys cannot be had")]
    NoKeys,
    /// The token names no key, and the issuer has not exactly one.
    #[error("the token does not say which of the issuer's keys signed it")]
    KeyNotNamed,
    /// The issuer has no such key.
    #[error("the token names a key that the issuer does not have")]
    UnknownKey,
    /// Not the algorithm that the key is for (RFC 8725, section 3.1).
    #[error("the algorithm is not that of the key")]
    WrongAlgorithm,
    /// The key did not sign this.
    #[error("the signature is not of the issuer's key")]
    WrongSignature,
    /// A claim that must be there is not.
    #[error("the claim {0} is missing")]
    Missing(Claim),
    /// A claim is not what it must be.
    #[error("the claim {0} is malformed")]
    Malformed(Claim),
    /// Another issuer.
    #[error("the token is of another issuer")]
    WrongIssuer,
    /// Made for somebody else.
    #[error("the token is for another audience")]
    WrongAudience,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// Its time has not come.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// Made in the future.
    #[error("the token was issued in the future")]
    IssuedAhead,
}

impl From<TokenFault> for Refusal {
    /// One answer for all: which rule a token broke helps only whoever forges one.
    fn from(_: TokenFault) -> Self {
        Refusal::new(Reason::NotAuthenticated, "The call shows no valid key, token or certificate.")
    }
}
