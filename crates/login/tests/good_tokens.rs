//! Tokens that must be let in, and what is read from them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod issuer;

use issuer::{
    AUDIENCE, NOW_SECONDS, Signer, URL, accepted, base64url, claims_with, claims_without, good_claims, later, now,
    tokens_of_file,
};
use serde_json::{Value, json};
use taper_login::token::{Issuer, TokenFault, Tokens};

#[tokio::test]
async fn a_token_of_every_algorithm_is_let_in() {
    for algorithm in ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"] {
        let signer = Signer::new("one", algorithm);
        let (tokens, _file) = tokens_of_file(&[signer.jwk()]);
        let claims = accepted(tokens.verify(&signer.token(&good_claims()), now()).await);
        assert_eq!(claims.issuer, URL);
        assert_eq!(claims.subject, "8f14e45f-ceea");
        assert_eq!(claims.clinic.unwrap().as_str(), "north");
        assert_eq!(claims.expires_at, later(300), "{algorithm}");
    }
}

#[tokio::test]
async fn a_key_without_alg_is_used_where_its_curve_leaves_one_algorithm() {
    for algorithm in ["ES256", "ES384", "EdDSA"] {
        let signer = Signer::new("one", algorithm);
        let mut jwk = signer.jwk();
        jwk.as_object_mut().unwrap().remove("alg");
        let (tokens, _file) = tokens_of_file(&[jwk]);
        accepted(tokens.verify(&signer.token(&good_claims()), now()).await);
    }
}

#[tokio::test]
async fn a_token_that_names_no_key_is_let_in_where_the_issuer_has_one() {
    let signer = Signer::new("one", "ES256");
    let (tokens, _file) = tokens_of_file(&[signer.jwk()]);
    for header in
        [r#"{"alg":"ES256"}"#, r#"{"alg":"ES256","typ":"jwt"}"#, r#"{"alg":"ES256","typ":"Application/AT+JWT"}"#]
    {
        accepted(tokens.verify(&signer.token_of(header, &good_claims().to_string()), now()).await);
    }
}

#[tokio::test]
async fn the_last_good_value_of_each_claim_is_let_in() {
    let signer = Signer::new("one", "EdDSA");
    let (tokens, _file) = tokens_of_file(&[signer.jwk()]);
    let cases = [
        claims_with("aud", json!(["other", AUDIENCE])),
        claims_with("exp", json!(NOW_SECONDS - 29)),
        claims_with("exp", json!(NOW_SECONDS as f64 - 29.5)),
        claims_with("exp", json!(253_402_207_200_i64)),
        claims_with("nbf", json!(NOW_SECONDS + 30)),
        claims_with("nbf", json!(0)),
        claims_with("iat", json!(NOW_SECONDS + 60)),
        claims_with("iat", json!(NOW_SECONDS as f64 + 59.25)),
        claims_without("nbf"),
        claims_without("iat"),
        claims_with("sub", json!("s".repeat(255))),
        claims_with("sub", json!("auth0|Ann Example")),
        claims_with("taper_clinic", json!("a".repeat(63))),
        claims_with("scope", json!("")),
        claims_with("anything", json!({"else": [1, null]})),
    ];
    for claims in cases {
        accepted(tokens.verify(&signer.token(&claims), now()).await);
    }
}

#[tokio::test]
async fn a_token_ends_thirty_seconds_after_its_expiry() {
    let signer = Signer::new("one", "EdDSA");
    let (tokens, _file) = tokens_of_file(&[signer.jwk()]);
    let token = signer.token(&claims_with("exp", json!(NOW_SECONDS + 10)));
    let just_before = later(40) - jiff::SignedDuration::from_nanos(1);
    assert_eq!(accepted(tokens.verify(&token, just_before).await).expires_at, later(10));
    assert_eq!(tokens.verify(&token, later(40)).await.err(), Some(TokenFault::Expired));
}

#[tokio::test]
async fn an_operators_token_names_no_clinic_and_silence_says_little() {
    let signer = Signer::new("one", "EdDSA");
    let (tokens, _file) = tokens_of_file(&[signer.jwk()]);
    let claims = accepted(tokens.verify(&signer.token(&claims_without("taper_clinic")), now()).await);
    assert!(claims.clinic.is_none());
    assert_eq!(claims.scopes, "");
    assert!(!claims.has_several_factors);
    assert!(claims.certificate.is_none());
}

#[tokio::test]
async fn scopes_factors_and_the_certificate_are_read() {
    let signer = Signer::new("one", "EdDSA");
    let (tokens, _file) = tokens_of_file(&[signer.jwk()]);
    let mut claims = claims_with("scope", json!("system/Patient.rs  system/*.r "));
    claims["amr"] = json!(["pwd", "mfa"]);
    claims["cnf"] = json!({"x5t#S256": base64url([7; 32])});
    let claims = accepted(tokens.verify(&signer.token(&claims), now()).await);
    assert_eq!(claims.scopes, "system/Patient.rs system/*.r");
    assert!(claims.has_several_factors);
    assert_eq!(claims.certificate, Some([7; 32]));
}

#[tokio::test]
async fn several_factors_are_what_the_issuer_calls_so() {
    let signer = Signer::new("one", "EdDSA");
    let (_, file) = tokens_of_file(&[signer.jwk()]);
    let mut issuer = Issuer::new(URL, AUDIENCE, file.path().to_str().unwrap());
    issuer.several_factors_acr = vec!["urn:two".to_owned()];
    let tokens = Tokens::new(issuer).unwrap();
    let cases: [(&str, Value, bool); 6] = [
        ("amr", json!(["mfa"]), true),
        ("amr", json!(["pwd", "otp"]), false),
        ("amr", json!(["MFA", "mfa2"]), false),
        ("amr", json!([]), false),
        ("acr", json!("urn:two"), true),
        ("acr", json!("urn:twofold"), false),
    ];
    for (name, value, expected) in cases {
        let token = signer.token(&claims_with(name, value.clone()));
        assert_eq!(accepted(tokens.verify(&token, now()).await).has_several_factors, expected, "{name} {value}");
    }
}

#[tokio::test]
async fn the_clinic_is_read_from_the_claim_that_the_settings_name() {
    let signer = Signer::new("one", "EdDSA");
    let (_, file) = tokens_of_file(&[signer.jwk()]);
    let mut issuer = Issuer::new(URL, AUDIENCE, file.path().to_str().unwrap());
    issuer.clinic_claim = "https://example.org/clinic".to_owned();
    let tokens = Tokens::new(issuer).unwrap();
    let token = signer.token(&claims_with("https://example.org/clinic", json!("south")));
    assert_eq!(accepted(tokens.verify(&token, now()).await).clinic.unwrap().as_str(), "south");
}

#[tokio::test]
async fn a_token_of_8_kib_is_looked_at_and_a_longer_one_is_not() {
    let signer = Signer::new("one", "EdDSA");
    let (tokens, _file) = tokens_of_file(&[signer.jwk()]);
    let of_length = |length: usize| {
        let fillers = (0..4).flat_map(|header| (5_000..6_000).map(move |payload| (header, payload)));
        let mut made = fillers.map(|(in_header, in_payload)| {
            let header = json!({"alg": "EdDSA", "kid": "one", "x": "h".repeat(in_header)}).to_string();
            let payload = claims_with("x", json!("p".repeat(in_payload))).to_string();
            (header, payload)
        });
        // Three parts without padding, two dots, and a signature of 64 bytes.
        let base64_length = |bytes: usize| (bytes * 4).div_ceil(3);
        let (header, payload) = made
            .find(|(header, payload)| base64_length(header.len()) + base64_length(payload.len()) + 2 + 86 == length)
            .unwrap();
        let token = signer.token_of(&header, &payload);
        assert_eq!(token.len(), length);
        token
    };
    accepted(tokens.verify(&of_length(8_192), now()).await);
    assert_eq!(tokens.verify(&of_length(8_193), now()).await.err(), Some(TokenFault::TooLong));
}
