//! A client that hangs up harms nobody: thousands of calls cancelled at random moments on Postgres.

use std::collections::BTreeSet;
use std::time::Duration;

use sqlx::{Connection as _, Executor as _, PgConnection, Row as _};
use taper_api::v1;
use taper_api::v1::session_service_client::SessionServiceClient;
use taper_store::Options;
use taper_tests::{Clinic, Database, World, request_id, session};
use tonic::transport::Channel;

const CALLS: u64 = 3_000;
const CALLERS: u64 = 16;

/// What one caller saw.
#[derive(Default)]
struct Seen {
    acknowledged: BTreeSet<String>,
    cancelled: u64,
    overloaded: u64,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_thousand_cancelled_calls_poison_no_connection_and_lose_no_acknowledged_write() {
    // Few connections, so that a poisoned one would be met again at once.
    let world = World::start_with(Database::Postgres, Options { connections_max: 4, ..Options::default() }).await;
    let clinic = Clinic::open(&world).await;
    let case = clinic.case(&world).await;

    let callers: Vec<_> =
        (0..CALLERS).map(|caller| tokio::spawn(storm(world.sessions(), case.plan.clone(), caller))).collect();
    let mut seen = Seen::default();
    for caller in callers {
        let one = caller.await.unwrap();
        seen.acknowledged.extend(one.acknowledged);
        seen.cancelled += one.cancelled;
        seen.overloaded += one.overloaded;
    }

    // Work that was cut off by its caller ends by itself.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let stuck = connections_in_a_transaction(&world.database_url).await;
    assert_eq!(stuck, 0, "{stuck} connections were left inside a transaction");
    for _ in 0..50 {
        let answer = world.sessions().create_session(request(&case.plan)).await.expect("after the storm");
        seen.acknowledged.insert(answer.into_inner().name);
    }
    let stored: BTreeSet<String> = case.session_names(&world).await.into_iter().collect();
    let lost = seen.acknowledged.difference(&stored).count();
    let Seen { acknowledged, cancelled, overloaded } = &seen;
    println!(
        "{cancelled} cancelled, {overloaded} overloaded, {} acknowledged, {} stored, {lost} lost",
        acknowledged.len(),
        stored.len()
    );
    assert_eq!(lost, 0, "{lost} acknowledged writes are lost");
    assert_eq!(*cancelled, CALLS, "every caller cancels its share");
    assert!(acknowledged.len() > 300, "only {} calls were acknowledged: the test shows nothing", acknowledged.len());
    world.stop().await;
}

/// Calls until its share of cancelled calls is done; some are answered before they are cancelled.
async fn storm(mut client: SessionServiceClient<Channel>, plan: String, caller: u64) -> Seen {
    let mut seen = Seen::default();
    let share = CALLS / CALLERS + u64::from(caller < CALLS % CALLERS);
    let mut number = 0;
    while seen.cancelled < share {
        number += 1;
        // From before the request is read to after the usual answer, in steps that do not repeat.
        let patience = Duration::from_micros((number * 7919 + caller * 104_729) % 40_000);
        match tokio::time::timeout(patience, client.create_session(request(&plan))).await {
            Ok(Ok(answer)) => drop(seen.acknowledged.insert(answer.into_inner().name)),
            // Cancelled work still takes a connection until it ends, so the server may say that it has no room.
            Ok(Err(status)) if status.code() == tonic::Code::ResourceExhausted => {
                seen.overloaded += 1;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Ok(Err(status)) => panic!("refused: {status:?}"),
            Err(_) => seen.cancelled += 1,
        }
        // Every third call is left to end, so that writes are acknowledged amid the storm.
        if number % 3 == 0
            && let Ok(answer) = client.create_session(request(&plan)).await
        {
            seen.acknowledged.insert(answer.into_inner().name);
        }
    }
    seen
}

fn request(plan: &str) -> v1::CreateSessionRequest {
    v1::CreateSessionRequest { parent: plan.to_owned(), session: Some(session(1)), request_id: request_id() }
}

async fn connections_in_a_transaction(url: &str) -> i64 {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                 AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'";
    let row = connection.fetch_one(query).await.unwrap();
    let count = row.try_get(0).unwrap();
    connection.close().await.unwrap();
    count
}
