//! Bearer tokens of one OIDC issuer: JSON Web Tokens (RFC 7519), checked as RFC 8725 and RFC 9068 ask.
//!
//! A token goes one way through: its size and shape, its header, the issuer's key that the header names, the signature,
//! and only then its claims. What does not depend on a key is asked first, so that nonsense costs little.

mod claims;
mod fault;
mod fetch;
mod issuer;
mod json;
mod jwks;
mod keys;
mod shape;

use jiff::Timestamp;

pub use claims::Claims;
pub use fault::{Claim, TokenFault};
pub use issuer::{Issuer, IssuerFault};

use claims::Rules;
use keys::Keys;
use shape::Shape;

/// Checks the tokens of one issuer. It reads no clock: each check is given the present instant.
pub struct Tokens {
    keys: Keys,
    rules: Rules,
}

impl Tokens {
    /// Of this issuer. Its keys are read with the first token, so an issuer that is down does not keep a server from
    /// starting.
    pub fn new(issuer: Issuer) -> Result<Self, IssuerFault> {
        issuer.check()?;
        let source = fetch::Source::of(&issuer)?;
        Ok(Self { keys: Keys::of(source), rules: Rules::of(issuer) })
    }

    /// What a token says of its bearer, where all of it holds at this instant. Must be called within a tokio runtime.
    ///
    /// The fault is for the log of the server; to the caller every fault is the same [`taper_core::refusal::Refusal`].
    pub async fn verify(&self, token: &str, now: Timestamp) -> Result<Claims, TokenFault> {
        let shape = Shape::read(token)?;
        let key = self.keys.find(&shape.header, now).await?;
        key.verify(&shape)?;
        self.rules.read(&shape.payload, now)
    }
}
