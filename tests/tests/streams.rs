//! Access ends on an open stream too: within a minute of what ends it, and not before.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use taper_core::access::{ApiKey, Role};
use taper_tests::{Clinic, Database, Guarded, Refused, TokenIssuer};
use tonic::{Code, Request};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

/// Within so long of a key that is revoked, a member that is disabled, a token that ends.
const ENDS_WITHIN: Duration = Duration::from_secs(60);

/// Two looks long.
const LIVES_FOR: Duration = Duration::from_secs(45);

/// Watches the server's health until the stream ends; gives how, and after how long. None when it outlived `patience`.
async fn watched(guarded: &Guarded, credential: &str, patience: Duration) -> Option<(Refused, Duration)> {
    let mut request = Request::new(HealthCheckRequest::default());
    request.metadata_mut().insert("authorization", format!("Bearer {credential}").parse().unwrap());
    let mut stream = HealthClient::new(guarded.channel.clone()).watch(request).await.unwrap().into_inner();
    assert!(stream.message().await.unwrap().is_some(), "the first answer comes at once");
    let began = Instant::now();
    match tokio::time::timeout(patience, stream.message()).await {
        Ok(Err(status)) => Some((Refused::of(&status), began.elapsed())),
        Ok(Ok(answer)) => panic!("the health changed: {answer:?}"),
        Err(_) => None,
    }
}

fn assert_ended(ended: Option<(Refused, Duration)>, earliest: Duration, latest: Duration) {
    let (refused, after) = ended.expect("the stream did not end");
    assert_eq!((refused.code, refused.reason.as_str()), (Code::Unauthenticated, "NOT_AUTHENTICATED"));
    assert!(earliest <= after && after <= latest, "ended after {after:?}, not from {earliest:?} to {latest:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_is_revoked_or_ends_ends_its_open_streams_and_one_that_lives_does_not() {
    // At once, since most of it is waiting.
    let on = async |database| {
        let guarded = Guarded::start(database).await;
        let clinic = Clinic::open(&guarded.world).await;
        let now = Timestamp::now();
        let living = guarded.key(&clinic.name, Role::FrontDesk).await;
        let revoked = guarded.key(&clinic.name, Role::FrontDesk).await;
        let soon = |key: ApiKey| ApiKey { expires_at: now + SignedDuration::from_secs(4), ..key };
        let ends = guarded.key_with(&clinic.name, soon).await;
        let revoking = async {
            // It is known to the server by then, and remembered.
            tokio::time::sleep(Duration::from_secs(1)).await;
            guarded.revoke(&revoked, Timestamp::now()).await;
        };
        let (living, revoked, ends, ()) = tokio::join!(
            watched(&guarded, &living, LIVES_FOR),
            watched(&guarded, &revoked, ENDS_WITHIN + Duration::from_secs(1)),
            watched(&guarded, &ends, ENDS_WITHIN),
            revoking,
        );
        assert!(living.is_none(), "{living:?}");
        assert_ended(revoked, Duration::from_secs(1), ENDS_WITHIN + Duration::from_secs(1));
        assert_ended(ends, Duration::from_secs(1), Duration::from_secs(8));
        guarded.stop().await;
    };
    tokio::join!(on(Database::Sqlite), on(Database::Postgres));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_ends_and_a_member_that_is_disabled_end_their_open_streams() {
    let on = async |database| {
        let issuer = TokenIssuer::new();
        let guarded = Guarded::start_with(database, Some(issuer.tokens())).await;
        let clinic = Clinic::open(&guarded.world).await;
        guarded.member(&clinic.name, TokenIssuer::URL, "ann").await;
        let bob = guarded.member(&clinic.name, TokenIssuer::URL, "bob").await;
        // Ended already, and good for 5 s more: two clocks may be 30 s apart.
        let ends = issuer.token(&clinic.name, "ann", Timestamp::now() - SignedDuration::from_secs(25));
        let hour = Timestamp::now() + SignedDuration::from_hours(1);
        let (living, disabled) = (issuer.token(&clinic.name, "ann", hour), issuer.token(&clinic.name, "bob", hour));
        let disabling = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            guarded.disable(&clinic.name, bob, Timestamp::now()).await;
        };
        let (living, ends, disabled, ()) = tokio::join!(
            watched(&guarded, &living, LIVES_FOR),
            watched(&guarded, &ends, ENDS_WITHIN),
            watched(&guarded, &disabled, ENDS_WITHIN + Duration::from_secs(1)),
            disabling,
        );
        assert!(living.is_none(), "{living:?}");
        assert_ended(ends, Duration::from_secs(3), Duration::from_secs(26));
        assert_ended(disabled, Duration::from_secs(1), ENDS_WITHIN + Duration::from_secs(1));
        guarded.stop().await;
    };
    tokio::join!(on(Database::Sqlite), on(Database::Postgres));
}
