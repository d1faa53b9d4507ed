//! The keys of an issuer as it publishes them: a JWK Set (RFC 7517), each key with the one algorithm that it is for.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::{Map, Value};

use super::fault::TokenFault;
use super::json;
use super::shape::{Header, Shape};

/// RSA keys have at least 2048 bits (RFC 7518, section 3.3).
const RSA_MODULUS_BYTES_MIN: usize = 256;

/// What makes a JWK private; an issuer that publishes one of these has lost the key (RFC 7518, sections 6.2.2, 6.3.2
/// and 6.4).
const PRIVATE_MEMBERS: [&str; 4] = ["d", "p", "q", "k"];

/// Not a JWK Set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the issuer's keys are not a JWK Set")]
pub(super) struct NotAKeySet;

/// The keys of an issuer that can be used.
pub(super) struct KeySet(Vec<Key>);

/// A public key that is for one algorithm and no other (RFC 8725, sections 3.1 and 3.2).
#[derive(Clone)]
pub(super) struct Key {
    id: Option<String>,
    algorithm: Algorithm,
    public: DecodingKey,
}

impl KeySet {
    /// Reads a JWK Set. Keys that cannot be used are left out, as RFC 7517, section 5, asks.
    pub fn read(text: &[u8]) -> Result<Self, NotAKeySet> {
        let set = json::object(text).ok_or(NotAKeySet)?;
        let entries = set.get("keys").and_then(Value::as_array).ok_or(NotAKeySet)?;
        let mut keys: Vec<Key> = entries.iter().filter_map(Key::read).collect();
        // An id that names two keys names none.
        let ids: Vec<String> = keys.iter().filter_map(|key| key.id.clone()).collect();
        keys.retain(|key| key.id.as_ref().is_none_or(|id| ids.iter().filter(|other| *other == id).count() == 1));
        Ok(Self(keys))
    }

    /// How many keys can be used.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The key that a header names; a header that names none means the only key there is (RFC 7515, section 4.1.4).
    pub fn find(&self, header: &Header) -> Result<&Key, TokenFault> {
        match (&header.key, self.0.as_slice()) {
            (Some(id), keys) => keys.iter().find(|key| key.id.as_ref() == Some(id)).ok_or(TokenFault::UnknownKey),
            (None, [only]) => Ok(only),
            (None, _) => Err(TokenFault::KeyNotNamed),
        }
    }
}

impl Key {
    fn read(entry: &Value) -> Option<Self> {
        let members = entry.as_object()?;
        let has_private_part = PRIVATE_MEMBERS.iter().any(|name| members.contains_key(*name));
        if has_private_part || !is_for_signatures(members) {
            return None;
        }
        let id = match members.get("kid") {
            None => None,
            Some(id) => Some(id.as_str()?.to_owned()),
        };
        let kind = members.get("kty")?.as_str()?;
        let curve = members.get("crv").and_then(Value::as_str).unwrap_or_default();
        let algorithm = match members.get("alg") {
            Some(named) => algorithm_named(named.as_str()?)?,
            None => only_algorithm_of(kind, curve)?,
        };
        Some(Self { id, algorithm, public: public_key(members, algorithm, kind, curve)? })
    }

    /// Whether this key signed the token, with the algorithm that the key is for.
    ///
    /// jsonwebtoken does the mathematics only: its own checks of the claims ask the machine's clock.
    pub fn verify(&self, shape: &Shape<'_>) -> Result<(), TokenFault> {
        if algorithm_named(&shape.header.algorithm) != Some(self.algorithm) {
            return Err(TokenFault::WrongAlgorithm);
        }
        match jsonwebtoken::crypto::verify(shape.signature, shape.signed, &self.public, self.algorithm) {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(TokenFault::WrongSignature),
        }
    }
}

/// What the issuer says a key is for (RFC 7517, sections 4.2 and 4.3); nothing said is no objection.
fn is_for_signatures(members: &Map<String, Value>) -> bool {
    let may_be_used = members.get("use").is_none_or(|usage| usage == "sig");
    let operations = members.get("key_ops").map(Value::as_array);
    may_be_used && operations.is_none_or(|named| named.is_some_and(|named| named.iter().any(|one| one == "verify")))
}

/// The algorithms that are accepted, in the one spelling of RFC 7518, section 3.1, and RFC 8037, section 3.1. What signs
/// with a shared secret is not among them, nor is `none`.
fn algorithm_named(name: &str) -> Option<Algorithm> {
    Some(match name {
        "RS256" => Algorithm::RS256,
        "RS384" => Algorithm::RS384,
        "RS512" => Algorithm::RS512,
        "PS256" => Algorithm::PS256,
        "PS384" => Algorithm::PS384,
        "PS512" => Algorithm::PS512,
        "ES256" => Algorithm::ES256,
        "ES384" => Algorithm::ES384,
        "EdDSA" => Algorithm::EdDSA,
        _ => return None,
    })
}

/// The algorithm of a key that names none, where its kind leaves one only. An RSA key could be for six.
fn only_algorithm_of(kind: &str, curve: &str) -> Option<Algorithm> {
    match (kind, curve) {
        ("EC", "P-256") => Some(Algorithm::ES256),
        ("EC", "P-384") => Some(Algorithm::ES384),
        ("OKP", "Ed25519") => Some(Algorithm::EdDSA),
        _ => None,
    }
}

/// The key itself, where it is of the kind that the algorithm needs.
fn public_key(members: &Map<String, Value>, algorithm: Algorithm, kind: &str, curve: &str) -> Option<DecodingKey> {
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    let has_length = |name: &str, length: usize| bytes_of(members, name).is_some_and(|bytes| bytes.len() == length);
    match (algorithm, kind, curve) {
        (Algorithm::RS256 | Algorithm::RS384 | Algorithm::RS512, "RSA", _)
        | (Algorithm::PS256 | Algorithm::PS384 | Algorithm::PS512, "RSA", _) => {
            let (modulus, exponent) = (bytes_of(members, "n")?, bytes_of(members, "e")?);
            let is_long_enough = modulus.len() >= RSA_MODULUS_BYTES_MIN;
            is_long_enough.then(|| DecodingKey::from_rsa_raw_components(&modulus, &exponent))
        }
        (Algorithm::ES256, "EC", "P-256") if has_length("x", 32) && has_length("y", 32) => {
            DecodingKey::from_ec_components(text("x")?, text("y")?).ok()
        }
        (Algorithm::ES384, "EC", "P-384") if has_length("x", 48) && has_length("y", 48) => {
            DecodingKey::from_ec_components(text("x")?, text("y")?).ok()
        }
        (Algorithm::EdDSA, "OKP", "Ed25519") if has_length("x", 32) => DecodingKey::from_ed_components(text("x")?).ok(),
        _ => None,
    }
}

fn bytes_of(members: &Map<String, Value>, name: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(members.get(name)?.as_str()?).ok()
}
