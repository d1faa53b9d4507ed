//! An issuer for the tests: real key pairs, its JWK Set, and tokens written by hand.

#![allow(dead_code, reason = "each test program uses its part")]

use std::io::Write;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{self as algorithms, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaEncoding, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use taper_login::token::{Claims, Issuer, TokenFault, Tokens};

pub const URL: &str = "https://login.example.org/realms/clinics";
pub const AUDIENCE: &str = "taper.example.org";

/// The present instant of the tests: 2026-03-01T08:00:00Z.
pub const NOW_SECONDS: i64 = 1_772_352_000;

pub fn now() -> Timestamp {
    Timestamp::from_second(NOW_SECONDS).unwrap()
}

pub fn later(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

pub fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// One key pair of an issuer.
pub struct Signer {
    pub id: &'static str,
    pub algorithm: &'static str,
    pair: Pair,
}

enum Pair {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

impl Signer {
    pub fn new(id: &'static str, algorithm: &'static str) -> Self {
        let pair = match algorithm {
            "ES256" => Pair::Ec(EcdsaKeyPair::generate(&algorithms::ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()),
            "ES384" => Pair::Ec(EcdsaKeyPair::generate(&algorithms::ECDSA_P384_SHA384_FIXED_SIGNING).unwrap()),
            "EdDSA" => Pair::Ed(Ed25519KeyPair::generate().unwrap()),
            _ => Pair::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()),
        };
        Self { id, algorithm, pair }
    }

    /// Its public key as the issuer publishes it.
    pub fn jwk(&self) -> Value {
        let mut jwk = match &self.pair {
            Pair::Rsa(pair) => {
                let public = pair.public_key();
                let n = base64url(public.modulus().big_endian_without_leading_zero());
                json!({"kty": "RSA", "n": n, "e": base64url(public.exponent().big_endian_without_leading_zero())})
            }
            Pair::Ec(pair) => {
                let point = &pair.public_key().as_ref()[1..];
                let (x, y) = point.split_at(point.len() / 2);
                let curve = if x.len() == 32 { "P-256" } else { "P-384" };
                json!({"kty": "EC", "crv": curve, "x": base64url(x), "y": base64url(y)})
            }
            Pair::Ed(pair) => json!({"kty": "OKP", "crv": "Ed25519", "x": base64url(pair.public_key())}),
        };
        jwk["kid"] = json!(self.id);
        jwk["alg"] = json!(self.algorithm);
        jwk["use"] = json!("sig");
        jwk
    }

    /// Its public key in DER, as a confused server might take it for a shared secret.
    pub fn public_der(&self) -> Vec<u8> {
        match &self.pair {
            Pair::Rsa(pair) => pair.public_key().as_der().unwrap().as_ref().to_vec(),
            Pair::Ec(pair) => pair.public_key().as_der().unwrap().as_ref().to_vec(),
            Pair::Ed(pair) => pair.public_key().as_ref().to_vec(),
        }
    }

    /// The bare signature, with an algorithm that its kind of key can do.
    pub fn sign(&self, algorithm: &str, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Rsa(pair) => {
                let encoding: &'static dyn RsaEncoding = match algorithm {
                    "RS384" => &algorithms::RSA_PKCS1_SHA384,
                    "RS512" => &algorithms::RSA_PKCS1_SHA512,
                    "PS256" => &algorithms::RSA_PSS_SHA256,
                    "PS384" => &algorithms::RSA_PSS_SHA384,
                    "PS512" => &algorithms::RSA_PSS_SHA512,
                    _ => &algorithms::RSA_PKCS1_SHA256,
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(encoding, &random, message, &mut signature).unwrap();
                signature
            }
            Pair::Ec(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Pair::Ed(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }

    pub fn header(&self) -> Value {
        json!({"alg": self.algorithm, "typ": "at+jwt", "kid": self.id})
    }

    /// A token of this text, whatever it says, signed as it should be.
    pub fn token_of(&self, header: &str, payload: &str) -> String {
        let signed = format!("{}.{}", base64url(header), base64url(payload));
        format!("{signed}.{}", base64url(self.sign(self.algorithm, signed.as_bytes())))
    }

    /// A token with these claims.
    pub fn token(&self, claims: &Value) -> String {
        self.token_of(&self.header().to_string(), &claims.to_string())
    }
}

/// Claims with which every token is good.
pub fn good_claims() -> Value {
    json!({
        "iss": URL, "aud": AUDIENCE, "sub": "8f14e45f-ceea", "taper_clinic": "north",
        "exp": NOW_SECONDS + 300, "nbf": NOW_SECONDS, "iat": NOW_SECONDS,
    })
}

/// Good claims with one of them changed.
pub fn claims_with(name: &str, value: Value) -> Value {
    let mut claims = good_claims();
    claims[name] = value;
    claims
}

/// Good claims with one of them left out.
pub fn claims_without(name: &str) -> Value {
    let mut claims = good_claims();
    claims.as_object_mut().unwrap().remove(name).unwrap();
    claims
}

/// The JWK Set of these keys.
pub fn key_set(keys: &[Value]) -> String {
    json!({"keys": keys}).to_string()
}

/// The checker of an issuer whose keys are in a file, and the file.
pub fn tokens_of_file(keys: &[Value]) -> (Tokens, tempfile::NamedTempFile) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(key_set(keys).as_bytes()).unwrap();
    let tokens = Tokens::new(Issuer::new(URL, AUDIENCE, file.path().to_str().unwrap())).unwrap();
    (tokens, file)
}

/// The claims of a token that must be good.
pub fn accepted(checked: Result<Claims, TokenFault>) -> Claims {
    match checked {
        Ok(claims) => claims,
        Err(fault) => panic!("refused: {fault}"),
    }
}
