//! Tokens that must be refused, each for its own reason: the rules of RFC 7515, 7519, 8725, 9068 and 8705, one by one.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod claims;
mod envelope;
#[path = "../issuer/mod.rs"]
mod issuer;

use std::collections::BTreeSet;

use claims::{of_bearer, of_issuer_and_audience, of_payload, of_time};
use envelope::{of_algorithm, of_header, of_key, of_shape, of_signature};
use issuer::{Signer, claims_with, good_claims, now, tokens_of_file};
use serde_json::{Value, json};
use taper_core::refusal::{Reason, Refusal};
use taper_login::token::{Claim, TokenFault};

/// The issuer's keys, and those of somebody else.
struct Cast {
    rsa: Signer,
    ec: Signer,
    ed: Signer,
    stranger: Signer,
}

/// What is wrong, the token, and the fault that must be found.
type Case = (String, String, TokenFault);

fn case(what: impl Into<String>, token: impl Into<String>, fault: TokenFault) -> Case {
    (what.into(), token.into(), fault)
}

impl Cast {
    fn new() -> Self {
        Self {
            rsa: Signer::new("rsa", "RS256"),
            ec: Signer::new("ec", "ES256"),
            ed: Signer::new("ed", "EdDSA"),
            // It names itself as the issuer's key.
            stranger: Signer::new("ec", "ES256"),
        }
    }

    fn keys(&self) -> Vec<Value> {
        vec![self.rsa.jwk(), self.ec.jwk(), self.ed.jwk()]
    }

    /// A token whose header has one member changed, signed by the EC key.
    fn with_header(&self, name: &str, value: Value) -> String {
        let mut header = self.ec.header();
        header[name] = value;
        self.ec.token_of(&header.to_string(), &good_claims().to_string())
    }

    /// A good token in its three parts.
    fn parts(&self) -> [String; 3] {
        let token = self.ec.token(&good_claims());
        let parts: Vec<String> = token.split('.').map(str::to_owned).collect();
        parts.try_into().unwrap()
    }
}

#[tokio::test]
async fn every_bad_token_is_refused_for_its_own_reason_and_all_alike_outside() {
    let cast = Cast::new();
    let (tokens, _file) = tokens_of_file(&cast.keys());
    for signer in [&cast.rsa, &cast.ec, &cast.ed] {
        assert!(tokens.verify(&signer.token(&good_claims()), now()).await.is_ok(), "the table's ground is good");
    }
    let groups = [of_shape, of_header, of_algorithm, of_key, of_signature];
    let groups = groups.into_iter().chain([of_issuer_and_audience, of_time, of_bearer, of_payload]);
    let cases: Vec<Case> = groups.flat_map(|group| group(&cast)).collect();
    let kinds: BTreeSet<&str> = cases.iter().map(|(what, _, _)| what.as_str()).collect();
    assert_eq!(kinds.len(), cases.len(), "a kind is there twice");
    assert!(kinds.len() >= 200, "only {} kinds", kinds.len());

    let outside = Refusal::from(TokenFault::NoKeys);
    assert_eq!(outside.reason, Reason::NotAuthenticated);
    let mut found = BTreeSet::new();
    for (what, token, expected) in &cases {
        let fault = tokens.verify(token, now()).await.err();
        assert_eq!(fault, Some(*expected), "{what}");
        found.extend(fault);
        assert_eq!(Refusal::from(*expected), outside, "{what}");
    }
    assert!(found.len() >= 25, "only {} of the faults were met", found.len());
}

#[tokio::test]
async fn a_fault_says_nothing_of_the_token() {
    let signer = Signer::new("sentinel-kid", "EdDSA");
    let (tokens, _file) = tokens_of_file(&[signer.jwk()]);
    let claims = [
        claims_with("sub", json!("sentinel\nsub")),
        claims_with("taper_clinic", json!("Sentinel clinic")),
        claims_with("iss", json!("https://sentinel.example")),
        claims_with("aud", json!(["sentinel"])),
        claims_with("exp", json!("sentinel")),
        claims_with("scope", json!(["sentinel"])),
    ];
    for claims in claims {
        let fault = tokens.verify(&signer.token(&claims), now()).await.err().unwrap();
        let said = format!("{fault} {fault:?} {:?}", Refusal::from(fault)).to_lowercase();
        assert!(!said.contains("sentinel"), "{said}");
    }
}

#[test]
fn a_fault_names_the_claim_that_it_is_about() {
    use Claim::{Audience, Clinic, Confirmation, Expiry, Factors, IssuedAt, Issuer, NotBefore, Scope, Subject};
    let names = [
        (Issuer, "iss"),
        (Subject, "sub"),
        (Audience, "aud"),
        (Expiry, "exp"),
        (NotBefore, "nbf"),
        (IssuedAt, "iat"),
        (Clinic, "clinic"),
        (Scope, "scope"),
        (Factors, "amr or acr"),
        (Confirmation, "cnf"),
    ];
    for (claim, name) in names {
        assert_eq!(TokenFault::Missing(claim).to_string(), format!("the claim {name} is missing"));
        assert_eq!(TokenFault::Malformed(claim).to_string(), format!("the claim {name} is malformed"));
    }
}

#[tokio::test]
async fn a_token_with_any_one_character_changed_is_refused() {
    for signer in [Signer::new("one", "EdDSA"), Signer::new("one", "ES256")] {
        let (tokens, _file) = tokens_of_file(&[signer.jwk()]);
        let good = signer.token(&good_claims());
        assert!(tokens.verify(&good, now()).await.is_ok());
        for (position, was) in good.char_indices() {
            for now_is in ['A', 'z', '_', '.', '='].into_iter().filter(|now_is| *now_is != was) {
                let changed = format!("{}{now_is}{}", &good[..position], &good[position + 1..]);
                assert!(tokens.verify(&changed, now()).await.is_err(), "{position}: {was} became {now_is}");
            }
        }
    }
}
