//! An issuer of tokens: a key pair, its public key in a file, and tokens that it signs.

use std::io::Write as _;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};
use taper_login::token::{Issuer, Tokens};
use tempfile::NamedTempFile;

const AUDIENCE: &str = "taper.example.org";

/// The issuer.
pub struct TokenIssuer {
    pair: EcdsaKeyPair,
    /// Its JWK Set.
    keys: NamedTempFile,
}

impl TokenIssuer {
    /// As `iss` names it.
    pub const URL: &str = "https://login.example.org/realms/clinics";

    /// With a key of its own.
    pub fn new() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        let key = json!({"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": "one", "alg": "ES256", "use": "sig"});
        let mut keys = NamedTempFile::new().unwrap();
        keys.write_all(json!({ "keys": [key] }).to_string().as_bytes()).unwrap();
        Self { pair, keys }
    }

    /// Checks its tokens.
    pub fn tokens(&self) -> Tokens {
        Tokens::new(Issuer::new(Self::URL, AUDIENCE, self.keys.path().to_str().unwrap())).unwrap()
    }

    /// Its settings as `taper serve --oidc` reads them.
    pub fn settings(&self) -> String {
        let keys = self.keys.path().display();
        format!("url = \"{}\"\naudience = \"{AUDIENCE}\"\nkeys = \"{keys}\"\n", Self::URL)
    }

    /// A token of a subject who logged in with several factors.
    pub fn token(&self, clinic: &str, subject: &str, expires_at: Timestamp) -> String {
        self.token_of(clinic, subject, expires_at, &json!({"amr": ["pwd", "mfa"]}))
    }

    /// A token of a subject with these claims more.
    pub fn token_of(&self, clinic: &str, subject: &str, expires_at: Timestamp, more: &Value) -> String {
        let header = json!({"alg": "ES256", "typ": "at+jwt", "kid": "one"});
        let mut claims = json!({
            "iss": Self::URL, "aud": AUDIENCE, "sub": subject,
            "taper_clinic": clinic.trim_start_matches("clinics/"), "exp": expires_at.as_second(),
        });
        for (name, value) in more.as_object().unwrap() {
            claims[name] = value.clone();
        }
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }
}

impl Default for TokenIssuer {
    fn default() -> Self {
        Self::new()
    }
}
