//! When the issuer's keys are read, how long they are used, and which answers are no keys; against a real server.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod issuer;
mod server;

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use issuer::{AUDIENCE, Signer, URL, accepted, claims_with, good_claims, key_set, later, now};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use server::{Answer, Server, keys};
use taper_login::token::{Issuer, TokenFault, Tokens};

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Good until far beyond the last good keys.
fn lasting(signer: &Signer) -> String {
    let year_later = json!(issuer::NOW_SECONDS + 365 * DAY_SECONDS);
    signer.token(&claims_with("exp", year_later))
}

fn tokens_of(server: &Server) -> Tokens {
    Tokens::new(Issuer::new(URL, AUDIENCE, server.url())).unwrap()
}

async fn fault(tokens: &Tokens, token: &str, at: Timestamp) -> Option<TokenFault> {
    tokens.verify(token, at).await.err()
}

#[tokio::test]
async fn the_keys_are_read_once_and_asked_for_as_a_server_expects() {
    let signer = Signer::new("one", "ES256");
    let server = Server::start(keys(key_set(&[signer.jwk()])), None).await;
    let tokens = tokens_of(&server);
    assert_eq!(server.requests(), 0, "nothing is read before the first token");
    for second in 0..300 {
        accepted(tokens.verify(&lasting(&signer), later(second)).await);
    }
    assert_eq!(server.requests(), 1);
    let head = &server.heads()[0];
    assert!(head.starts_with("get /keys?v=1 http/1.1\r\n"), "{head}");
    assert!(head.contains(&format!("\r\nhost: 127.0.0.1:{}\r\n", server.port)), "{head}");
}

#[tokio::test]
async fn an_unknown_key_is_asked_for_once_and_not_again_within_thirty_seconds() {
    let (signer, stranger) = (Signer::new("one", "ES256"), Signer::new("two", "ES256"));
    let server = Server::start(keys(key_set(&[signer.jwk()])), None).await;
    let tokens = tokens_of(&server);
    accepted(tokens.verify(&lasting(&signer), now()).await);
    assert_eq!(server.requests(), 1);
    let unknown = lasting(&stranger);
    // The first read was just now; the pause holds for it too.
    assert_eq!(fault(&tokens, &unknown, later(29)).await, Some(TokenFault::UnknownKey));
    assert_eq!(server.requests(), 1);
    assert_eq!(fault(&tokens, &unknown, later(30)).await, Some(TokenFault::UnknownKey));
    assert_eq!(server.requests(), 2);
    let almost = later(60) - SignedDuration::from_nanos(1);
    for at in [later(30), later(31), later(45), almost] {
        assert_eq!(fault(&tokens, &unknown, at).await, Some(TokenFault::UnknownKey));
    }
    assert_eq!(server.requests(), 2);
    assert_eq!(fault(&tokens, &unknown, later(60)).await, Some(TokenFault::UnknownKey));
    assert_eq!(server.requests(), 3);
}

#[tokio::test]
async fn a_key_that_is_not_named_or_a_token_that_is_nonsense_asks_the_issuer_nothing() {
    let (one, two) = (Signer::new("one", "ES256"), Signer::new("two", "ES256"));
    let server = Server::start(keys(key_set(&[one.jwk(), two.jwk()])), None).await;
    let tokens = tokens_of(&server);
    for nonsense in ["", "a.b.c", "e30.e30."] {
        assert!(tokens.verify(nonsense, now()).await.is_err());
    }
    assert_eq!(server.requests(), 0);
    accepted(tokens.verify(&lasting(&one), now()).await);
    let unnamed = one.token_of(r#"{"alg":"ES256"}"#, &good_claims().to_string());
    assert_eq!(fault(&tokens, &unnamed, later(100)).await, Some(TokenFault::KeyNotNamed));
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn addresses_in_a_header_are_never_asked() {
    let (signer, stranger) = (Signer::new("one", "ES256"), Signer::new("one", "ES256"));
    let elsewhere = Server::start(keys(key_set(&[stranger.jwk()])), None).await;
    let server = Server::start(keys(key_set(&[signer.jwk()])), None).await;
    let tokens = tokens_of(&server);
    let mut header = signer.header();
    header["jku"] = json!(elsewhere.url());
    header["x5u"] = json!(elsewhere.url());
    let claims = good_claims().to_string();
    let forged = stranger.token_of(&header.to_string(), &claims);
    assert_eq!(fault(&tokens, &forged, now()).await, Some(TokenFault::WrongSignature));
    accepted(tokens.verify(&signer.token_of(&header.to_string(), &claims), now()).await);
    assert_eq!((elsewhere.requests(), server.requests()), (0, 1));
}

#[tokio::test]
async fn a_hundred_callers_at_once_make_one_request() {
    let (signer, stranger) = (Signer::new("one", "ES256"), Signer::new("two", "ES256"));
    let slow = Answer::Slow(Duration::from_millis(200), key_set(&[signer.jwk()]));
    let server = Server::start(slow, None).await;
    let tokens = tokens_of(&server);
    let good = lasting(&signer);
    for checked in join_all((0..100).map(|_| tokens.verify(&good, now()))).await {
        accepted(checked);
    }
    assert_eq!(server.requests(), 1);
    let unknown = lasting(&stranger);
    for checked in join_all((0..100).map(|_| tokens.verify(&unknown, later(40)))).await {
        assert_eq!(checked.err(), Some(TokenFault::UnknownKey));
    }
    assert_eq!(server.requests(), 2);
}

#[tokio::test]
async fn new_keys_are_known_at_once_and_the_old_ones_are_gone() {
    let (old, new) = (Signer::new("old", "RS256"), Signer::new("new", "EdDSA"));
    let server = Server::start(keys(key_set(&[old.jwk()])), None).await;
    let tokens = tokens_of(&server);
    accepted(tokens.verify(&lasting(&old), now()).await);
    server.set(keys(key_set(&[new.jwk()])));
    accepted(tokens.verify(&lasting(&old), later(60)).await);
    accepted(tokens.verify(&lasting(&new), later(60)).await);
    assert_eq!(fault(&tokens, &lasting(&old), later(60)).await, Some(TokenFault::UnknownKey));
    assert_eq!(server.requests(), 2);
}

#[tokio::test]
async fn a_key_that_the_issuer_took_back_is_good_for_five_minutes_at_most() {
    let (taken_back, other) = (Signer::new("one", "ES256"), Signer::new("two", "ES256"));
    let server = Server::start(keys(key_set(&[taken_back.jwk(), other.jwk()])), None).await;
    let tokens = tokens_of(&server);
    accepted(tokens.verify(&lasting(&taken_back), now()).await);
    server.set(keys(key_set(&[other.jwk()])));
    accepted(tokens.verify(&lasting(&taken_back), later(300)).await);
    assert_eq!(server.requests(), 1);
    assert_eq!(fault(&tokens, &lasting(&taken_back), later(301)).await, Some(TokenFault::UnknownKey));
    assert_eq!(server.requests(), 2);
}

#[tokio::test]
async fn another_key_under_the_same_name_is_known_after_five_minutes() {
    let (old, new) = (Signer::new("one", "ES256"), Signer::new("one", "ES256"));
    let server = Server::start(keys(key_set(&[old.jwk()])), None).await;
    let tokens = tokens_of(&server);
    accepted(tokens.verify(&lasting(&old), now()).await);
    server.set(keys(key_set(&[new.jwk()])));
    assert_eq!(fault(&tokens, &lasting(&new), later(300)).await, Some(TokenFault::WrongSignature));
    accepted(tokens.verify(&lasting(&new), later(301)).await);
    assert_eq!(fault(&tokens, &lasting(&old), later(301)).await, Some(TokenFault::WrongSignature));
}

#[tokio::test]
async fn while_the_issuer_is_down_the_last_good_keys_serve_for_a_day_and_not_a_moment_longer() {
    let signer = Signer::new("one", "ES256");
    let server = Server::start(keys(key_set(&[signer.jwk()])), None).await;
    let tokens = tokens_of(&server);
    let token = lasting(&signer);
    accepted(tokens.verify(&token, now()).await);
    server.set(Answer::Gone);
    for second in [60, 301, 3_600, DAY_SECONDS / 2, DAY_SECONDS - 1, DAY_SECONDS] {
        accepted(tokens.verify(&token, later(second)).await);
    }
    assert_eq!(server.requests(), 1 + 4, "asked again once they were no longer fresh, with pauses");
    let over = later(DAY_SECONDS) + SignedDuration::from_nanos(1);
    assert_eq!(fault(&tokens, &token, over).await, Some(TokenFault::NoKeys));
    assert_eq!(fault(&tokens, &token, later(DAY_SECONDS + 1)).await, Some(TokenFault::NoKeys));
    assert_eq!(fault(&tokens, &token, later(DAY_SECONDS * 30)).await, Some(TokenFault::NoKeys));
    server.set(keys(key_set(&[signer.jwk()])));
    assert_eq!(
        fault(&tokens, &token, later(DAY_SECONDS * 30 + 29)).await,
        Some(TokenFault::NoKeys),
        "within the pause"
    );
    accepted(tokens.verify(&token, later(DAY_SECONDS * 30 + 30)).await);
}

#[tokio::test]
async fn a_clock_that_is_set_back_neither_keeps_keys_for_ever_nor_stops_the_reading() {
    let signer = Signer::new("one", "ES256");
    let server = Server::start(keys(key_set(&[signer.jwk()])), None).await;
    let tokens = tokens_of(&server);
    accepted(tokens.verify(&lasting(&signer), later(10 * DAY_SECONDS)).await);
    server.set(Answer::Gone);
    assert_eq!(fault(&tokens, &lasting(&signer), now()).await, Some(TokenFault::NoKeys));
    assert_eq!(server.requests(), 2);
}

#[tokio::test]
async fn an_answer_that_is_no_key_set_leaves_the_last_good_keys() {
    let (signer, stranger) = (Signer::new("one", "ES256"), Signer::new("two", "ES256"));
    let elsewhere = Server::start(keys(key_set(&[stranger.jwk()])), None).await;
    let location = format!("location: {}\r\n", elsewhere.url());
    let strangers = key_set(&[stranger.jwk()]);
    let too_large = json!({"keys": [stranger.jwk()], "x": "x".repeat(256 * 1024)}).to_string();
    let server = Server::start(keys(key_set(&[signer.jwk()])), None).await;
    let tokens = tokens_of(&server);
    accepted(tokens.verify(&lasting(&signer), now()).await);
    let answers = [
        Answer::Gone,
        Answer::Plain("500 Internal Server Error", String::new(), strangers.clone()),
        Answer::Plain("404 Not Found", String::new(), strangers.clone()),
        Answer::Plain("204 No Content", String::new(), String::new()),
        Answer::Plain("203 Non-Authoritative Information", String::new(), strangers.clone()),
        Answer::Plain("206 Partial Content", String::new(), strangers.clone()),
        Answer::Plain("301 Moved Permanently", location.clone(), strangers.clone()),
        Answer::Plain("302 Found", location.clone(), strangers.clone()),
        Answer::Plain("307 Temporary Redirect", location.clone(), strangers.clone()),
        keys(String::new()),
        keys("<html>".to_owned()),
        keys("[]".to_owned()),
        keys("{}".to_owned()),
        keys(r#"{"keys":{}}"#.to_owned()),
        keys(format!(r#"{{"keys":[],"keys":[{}]}}"#, stranger.jwk())),
        keys(too_large),
        Answer::Endless,
    ];
    for (turn, answer) in (1..).zip(answers) {
        server.set(answer);
        let at = later(turn * 400);
        assert_eq!(fault(&tokens, &lasting(&stranger), at).await, Some(TokenFault::UnknownKey), "answer {turn}");
        accepted(tokens.verify(&lasting(&signer), at).await);
        assert_eq!(server.requests(), 1 + usize::try_from(turn).unwrap(), "answer {turn}");
    }
    assert_eq!(elsewhere.requests(), 0, "no redirect is followed");
}

#[tokio::test]
async fn an_issuer_that_withdraws_all_keys_is_believed() {
    let signer = Signer::new("one", "ES256");
    let server = Server::start(keys(key_set(&[signer.jwk()])), None).await;
    let tokens = tokens_of(&server);
    accepted(tokens.verify(&lasting(&signer), now()).await);
    server.set(keys(key_set(&[])));
    assert_eq!(fault(&tokens, &lasting(&signer), later(301)).await, Some(TokenFault::UnknownKey));
}

#[tokio::test]
async fn a_silent_issuer_is_waited_for_three_seconds() {
    let signer = Signer::new("one", "ES256");
    let server = Server::start(Answer::Silent, None).await;
    let tokens = tokens_of(&server);
    let start = Instant::now();
    assert_eq!(fault(&tokens, &lasting(&signer), now()).await, Some(TokenFault::NoKeys));
    let waited = start.elapsed();
    assert!(waited >= Duration::from_millis(2_900) && waited < Duration::from_secs(10), "{waited:?}");
}

#[tokio::test]
async fn whoever_knows_the_key_does_not_wait_for_a_read_that_another_began() {
    let signer = Signer::new("one", "ES256");
    let server = Server::start(keys(key_set(&[signer.jwk()])), None).await;
    let tokens = Arc::new(tokens_of(&server));
    accepted(tokens.verify(&lasting(&signer), now()).await);
    server.set(Answer::Silent);
    let (first, token) = (Arc::clone(&tokens), lasting(&signer));
    let waiting = tokio::spawn(async move { first.verify(&token, later(400)).await });
    let began = async {
        while server.requests() < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(2), began).await.unwrap();
    let start = Instant::now();
    accepted(tokens.verify(&lasting(&signer), later(400)).await);
    assert!(start.elapsed() < Duration::from_secs(1));
    accepted(waiting.await.unwrap());
}

#[tokio::test]
async fn a_caller_who_hangs_up_does_not_cut_the_read_off() {
    let signer = Signer::new("one", "ES256");
    let slow = Answer::Slow(Duration::from_millis(300), key_set(&[signer.jwk()]));
    let server = Server::start(slow, None).await;
    let tokens = tokens_of(&server);
    let token = lasting(&signer);
    let hung_up = tokio::time::timeout(Duration::from_millis(50), tokens.verify(&token, now())).await;
    assert!(hung_up.is_err());
    accepted(tokens.verify(&token, now()).await);
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn keys_in_a_file_are_read_again_too() {
    let (old, new) = (Signer::new("old", "ES256"), Signer::new("new", "ES256"));
    let (tokens, file) = issuer::tokens_of_file(&[old.jwk()]);
    accepted(tokens.verify(&lasting(&old), now()).await);
    std::fs::write(file.path(), key_set(&[new.jwk()])).unwrap();
    accepted(tokens.verify(&lasting(&new), later(30)).await);
    let padded_to = |length: usize, signer: &Signer| {
        let text = key_set(&[signer.jwk()]);
        format!("{text}{}", " ".repeat(length - text.len()))
    };
    std::fs::write(file.path(), padded_to(256 * 1024 + 1, &old)).unwrap();
    assert_eq!(fault(&tokens, &lasting(&old), later(60)).await, Some(TokenFault::UnknownKey));
    std::fs::write(file.path(), padded_to(256 * 1024, &old)).unwrap();
    accepted(tokens.verify(&lasting(&old), later(90)).await);
    file.close().unwrap();
    accepted(tokens.verify(&lasting(&old), later(1_000)).await);
}

/// Keys that must be left out of a set, with what is wrong with each.
fn unusable(signer: &Signer) -> Vec<(&'static str, Value)> {
    let changed = |name: &str, value: Value| {
        let mut jwk = signer.jwk();
        jwk[name] = value;
        jwk
    };
    let without = |name: &str| {
        let mut jwk = signer.jwk();
        jwk.as_object_mut().unwrap().remove(name).unwrap();
        jwk
    };
    vec![
        ("no alg where its kind has six", without("alg")),
        ("alg is null", changed("alg", Value::Null)),
        ("alg is that of a secret", changed("alg", json!("HS256"))),
        ("alg is none", changed("alg", json!("none"))),
        ("alg is of another kind of key", changed("alg", json!("ES256"))),
        ("alg is for encryption", changed("alg", json!("RSA-OAEP"))),
        ("use is encryption", changed("use", json!("enc"))),
        ("key_ops has no verify", changed("key_ops", json!(["sign"]))),
        ("key_ops is no array", changed("key_ops", json!("verify"))),
        ("a private part is there", changed("d", json!("AQAB"))),
        ("no kty", without("kty")),
        ("kty is a secret", changed("kty", json!("oct"))),
        ("kty is in another case", changed("kty", json!("rsa"))),
        ("kid is a number", changed("kid", json!(1))),
        ("no modulus", without("n")),
        ("the modulus is short", changed("n", json!(issuer::base64url([0xff; 255])))),
        ("the modulus is padded", changed("n", json!(format!("{}==", signer.jwk()["n"].as_str().unwrap())))),
        ("no exponent", without("e")),
    ]
}

#[tokio::test]
async fn keys_that_cannot_be_trusted_are_left_out_and_the_others_serve() {
    let (signer, other) = (Signer::new("one", "RS256"), Signer::new("two", "ES256"));
    for (what, jwk) in unusable(&signer) {
        let (tokens, _file) = issuer::tokens_of_file(&[jwk, other.jwk(), json!("no object")]);
        assert_eq!(fault(&tokens, &lasting(&signer), now()).await, Some(TokenFault::UnknownKey), "{what}");
        accepted(tokens.verify(&lasting(&other), now()).await);
    }
    let (tokens, _file) = issuer::tokens_of_file(&[signer.jwk(), signer.jwk(), other.jwk()]);
    assert_eq!(fault(&tokens, &lasting(&signer), now()).await, Some(TokenFault::UnknownKey), "an id that names two");
}

#[tokio::test]
async fn keys_of_curves_that_are_malformed_are_left_out() {
    let other = Signer::new("other", "ES256");
    for (algorithm, wrong) in [("ES256", "P-384"), ("ES384", "P-256"), ("EdDSA", "Ed448")] {
        let signer = Signer::new("one", algorithm);
        let mut cases = vec![("crv", json!(wrong)), ("crv", Value::Null), ("alg", json!("RS256"))];
        for name in ["x", "y"].into_iter().filter(|name| signer.jwk().get(name).is_some()) {
            let whole = signer.jwk()[name].as_str().unwrap().to_owned();
            cases.extend([
                (name, Value::Null),
                (name, json!("")),
                (name, json!(format!("{whole}="))),
                (name, json!(1)),
            ]);
            cases.extend([
                (name, json!(format!("AA{}", &whole[..whole.len() - 4]))),
                (name, json!(format!("AAAA{whole}"))),
            ]);
        }
        for (name, value) in cases {
            let mut jwk = signer.jwk();
            jwk[name] = value.clone();
            let (tokens, _file) = issuer::tokens_of_file(&[jwk, other.jwk()]);
            let found = fault(&tokens, &lasting(&signer), now()).await;
            assert_eq!(found, Some(TokenFault::UnknownKey), "{algorithm} with {name} {value}");
        }
    }
}
