//! Shape, header, algorithm, key and signature.

use aws_lc_rs::hmac;
use serde_json::{Value, json};
use taper_login::token::TokenFault;

use crate::issuer::{base64url, claims_with, good_claims};
use crate::{Case, Cast, case};

pub fn of_shape(cast: &Cast) -> Vec<Case> {
    use TokenFault::{NotBase64Url, NotThreeParts, TooLong};
    let [header, payload, signature] = cast.parts();
    let good = format!("{header}.{payload}.{signature}");
    let standard = |part: &str| part.replace('-', "+").replace('_', "/");
    let with_slash = base64url(r#"{"alg":"ES256","kid":"ec","x":"???>>>"}"#);
    assert_ne!(with_slash, standard(&with_slash));
    // 64 bytes are 86 characters, of which the last bears four bits that say nothing.
    let last = signature.chars().last().unwrap();
    let stray_bits = format!("{}{}", &signature[..85], char::from(u8::try_from(last).unwrap() + 1));
    vec![
        case("empty", "", NotThreeParts),
        case("one part", header.clone(), NotThreeParts),
        case("two parts", format!("{header}.{payload}"), NotThreeParts),
        case("four parts", format!("{good}.{signature}"), NotThreeParts),
        case("five parts, as if encrypted (RFC 7516)", format!("{good}.{signature}.{signature}"), NotThreeParts),
        case("only dots", "..", TokenFault::NotOneObject),
        case("a dot before it", format!(".{good}"), NotThreeParts),
        case("whitespace before it", format!(" {good}"), NotBase64Url),
        case("whitespace after it", format!("{good} "), NotBase64Url),
        case("a line break within it", format!("{header}.{payload}\n.{signature}"), NotBase64Url),
        case("the scheme is a part of it", format!("Bearer {good}"), NotBase64Url),
        case("padding", format!("{header}=.{payload}.{signature}"), NotBase64Url),
        case("padding of the signature", format!("{good}=="), NotBase64Url),
        case("the other alphabet", format!("{}.{payload}.{signature}", standard(&with_slash)), NotBase64Url),
        case("not base64", format!("{header}.pay*load.{signature}"), NotBase64Url),
        case("not ASCII", format!("{header}.{payload}é.{signature}"), NotBase64Url),
        case("bits beyond the last byte", format!("{header}.{payload}.{stray_bits}"), NotBase64Url),
        case("more than 8 KiB", cast.ec.token(&claims_with("x", json!("x".repeat(8_192)))), TooLong),
        case("a megabyte", "a.".repeat(500_000), TooLong),
    ]
}

pub fn of_header(cast: &Cast) -> Vec<Case> {
    use TokenFault::{CriticalExtension, MalformedHeader, NotOneObject, WrongType};
    let claims = good_claims().to_string();
    let raw = |header: &str| cast.ec.token_of(header, &claims);
    vec![
        case("crit", cast.with_header("crit", json!(["exp"])), CriticalExtension),
        case("crit is empty", cast.with_header("crit", json!([])), CriticalExtension),
        case("an unencoded payload (RFC 7797)", cast.with_header("crit", json!(["b64"])), CriticalExtension),
        case("typ is of an ID of something else", cast.with_header("typ", json!("dpop+jwt")), WrongType),
        case("typ is a logout token", cast.with_header("typ", json!("logout+jwt")), WrongType),
        case("typ is empty", cast.with_header("typ", json!("")), WrongType),
        case("typ is no text", cast.with_header("typ", json!(["JWT"])), MalformedHeader),
        case("kid is a number", cast.with_header("kid", json!(1)), MalformedHeader),
        case("kid is null", cast.with_header("kid", Value::Null), MalformedHeader),
        case("alg is missing", raw(r#"{"kid":"ec"}"#), MalformedHeader),
        case("alg is null", cast.with_header("alg", Value::Null), MalformedHeader),
        case("alg is an array", cast.with_header("alg", json!(["ES256"])), MalformedHeader),
        case("alg twice", raw(r#"{"alg":"none","kid":"ec","alg":"ES256"}"#), NotOneObject),
        case("kid twice", raw(r#"{"alg":"ES256","kid":"ed","kid":"ec"}"#), NotOneObject),
        case("the header is an array", raw("[]"), NotOneObject),
        case("the header is not JSON", raw("alg=ES256"), NotOneObject),
        case("the header is not UTF-8", format!("{}.e30.AAAA", base64url([0xff, 0xfe])), NotOneObject),
    ]
}

pub fn of_algorithm(cast: &Cast) -> Vec<Case> {
    use TokenFault::WrongAlgorithm;
    let mut cases = Vec::new();
    for none in ["none", "None", "NONE", "nOnE", "", " none", "null"] {
        let header = json!({"alg": none, "kid": "ec"}).to_string();
        let signed = format!("{}.{}", base64url(&header), base64url(good_claims().to_string()));
        cases.push(case(format!("alg `{none}`, no signature"), format!("{signed}."), WrongAlgorithm));
        cases.push(case(
            format!("alg `{none}`"),
            cast.ec.token_of(&header, &good_claims().to_string()),
            WrongAlgorithm,
        ));
    }
    let secrets = [
        ("the public key in DER", cast.rsa.public_der()),
        ("the modulus", cast.rsa.jwk()["n"].as_str().unwrap().as_bytes().to_vec()),
        ("the JWK", cast.rsa.jwk().to_string().into_bytes()),
        ("nothing", Vec::new()),
    ];
    for (what, secret) in secrets {
        let header = json!({"alg": "HS256", "typ": "JWT", "kid": "rsa"}).to_string();
        let signed = format!("{}.{}", base64url(header), base64url(good_claims().to_string()));
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), signed.as_bytes());
        cases.push(case(
            format!("HS256 with {what} as the secret"),
            format!("{signed}.{}", base64url(tag)),
            WrongAlgorithm,
        ));
    }
    for other in ["RS512", "PS256", "rs256", "ES256", "EdDSA", "RS257"] {
        let header = json!({"alg": other, "kid": "rsa"}).to_string();
        let signed = format!("{}.{}", base64url(header), base64url(good_claims().to_string()));
        let signature = base64url(cast.rsa.sign(other, signed.as_bytes()));
        cases.push(case(format!("{other} with a key for RS256"), format!("{signed}.{signature}"), WrongAlgorithm));
    }
    cases.push(case("ES384 with a key for ES256", cast.with_header("alg", json!("ES384")), WrongAlgorithm));
    cases.push(case("ES256K with a key for ES256", cast.with_header("alg", json!("ES256K")), WrongAlgorithm));
    cases
}

pub fn of_key(cast: &Cast) -> Vec<Case> {
    use TokenFault::{KeyNotNamed, UnknownKey, WrongSignature};
    let claims = good_claims().to_string();
    let (stranger, named) = (&cast.stranger, cast.stranger.header());
    let with = |name: &str, value: Value| {
        let mut header = named.clone();
        header[name] = value;
        stranger.token_of(&header.to_string(), &claims)
    };
    vec![
        case("no kid where there are several keys", cast.ec.token_of(r#"{"alg":"ES256"}"#, &claims), KeyNotNamed),
        case("an unknown kid", cast.with_header("kid", json!("nobody")), UnknownKey),
        case("an empty kid", cast.with_header("kid", json!("")), UnknownKey),
        case("a kid in another case", cast.with_header("kid", json!("EC")), UnknownKey),
        case("a kid that is a path", cast.with_header("kid", json!("../../../../dev/null")), UnknownKey),
        case("a kid that is SQL", cast.with_header("kid", json!("ec' or '1'='1")), UnknownKey),
        case("another of the issuer's keys", cast.ec.token_of(&cast.ed.header().to_string(), &claims), WrongSignature),
        case("somebody else's key of the same name", stranger.token(&good_claims()), WrongSignature),
        case("a key in the header (jwk)", with("jwk", stranger.jwk()), WrongSignature),
        case("the address of keys in the header (jku)", with("jku", json!("http://127.0.0.1:9/keys")), WrongSignature),
        case("the address of a certificate (x5u)", with("x5u", json!("http://127.0.0.1:9/cert")), WrongSignature),
        case("a certificate in the header (x5c)", with("x5c", json!(["MIIB"])), WrongSignature),
        case(
            "a key in the header and no kid",
            stranger.token_of(&json!({"alg": "ES256", "jwk": stranger.jwk()}).to_string(), &claims),
            KeyNotNamed,
        ),
    ]
}

pub fn of_signature(cast: &Cast) -> Vec<Case> {
    use TokenFault::WrongSignature;
    let [header, payload, signature] = cast.parts();
    let bytes = cast.ec.sign("ES256", format!("{header}.{payload}").as_bytes());
    let with = |bytes: &[u8]| format!("{header}.{payload}.{}", base64url(bytes));
    let mut flipped = bytes.clone();
    flipped[20] ^= 1;
    let mut longer = bytes.clone();
    longer.push(0);
    let other = base64url(claims_with("taper_clinic", json!("south")).to_string());
    let respelled = base64url(good_claims().to_string().replacen('{', "{ ", 1));
    let der = [&[0x30, 0x44, 0x02, 0x20], &bytes[..32], &[0x02, 0x20], &bytes[32..]].concat();
    let mut cases = vec![
        case("the signature is stripped", format!("{header}.{payload}."), WrongSignature),
        case("the signature is cut", with(&bytes[..63]), WrongSignature),
        case("the signature is half", with(&bytes[..32]), WrongSignature),
        case("the signature is longer", with(&longer), WrongSignature),
        case("one bit of the signature is flipped", with(&flipped), WrongSignature),
        case("the signature is all zero (CVE-2022-21449)", with(&[0; 64]), WrongSignature),
        case("the signature is in DER", with(&der), WrongSignature),
        case("the signature of another token", format!("{header}.{payload}.{}", base64url([1; 64])), WrongSignature),
        case("the payload is changed", format!("{header}.{other}.{signature}"), WrongSignature),
        case("the payload is spelled otherwise", format!("{header}.{respelled}.{signature}"), WrongSignature),
        case("the payload is gone", format!("{header}..{signature}"), WrongSignature),
    ];
    let changed = base64url(json!({"alg": "ES256", "kid": "ec", "typ": "JWT"}).to_string());
    cases.push(case("the header is changed", format!("{changed}.{payload}.{signature}"), WrongSignature));
    for (name, signer) in [("RSA", &cast.rsa), ("Ed25519", &cast.ed)] {
        let token = signer.token(&good_claims());
        let (signed, _) = token.rsplit_once('.').unwrap();
        let mut bytes = signer.sign(signer.algorithm, signed.as_bytes());
        *bytes.last_mut().unwrap() ^= 1;
        cases.push(case(
            format!("one bit of an {name} signature"),
            format!("{signed}.{}", base64url(bytes)),
            WrongSignature,
        ));
    }
    cases
}
