//! A client that hangs up harms nobody: thousands of calls cancelled at random moments on Postgres.

use std::collections::BTreeSet;
use std::time::Duration;

use sqlx::{Connection as _, Executor as _, PgConnection, Row as _};
use taper_api::v1;
use taper_store::Options;
use taper_tests::{Clinic, Database, World, request_id, session};

const CALLS: u64 = 3_000;
const CALLERS: u64 = 16;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_thousand_cancelled_calls_poison_no_connection_and_lose_no_acknowledged_write() {
    // Few connections, so that a poisoned one would be met again at once.
    let world = World::start_with(
        Database::Postgres,
        Options {
            connections_max: 3,
            ..Options::default()
        },
    )
    .await;
    let clinic = Clinic::open(&world).await;
    let case = clinic.case(&world).await;

    let mut callers = Vec::new();
    for caller in 0..CALLERS {
        let mut client = world.sessions();
        let plan = case.plan.clone();
        callers.push(tokio::spawn(async move {
            let (mut acknowledged, mut cancelled) = (BTreeSet::new(), 0);
            for number in 0..CALLS / CALLERS {
                let session = Some(session(1));
                let request = v1::CreateSessionRequest {
                    parent: plan.clone(),
                    session,
                    request_id: request_id(),
                };
                // From before the request is read to after the usual answer, in steps that do not repeat.
                let patience = Duration::from_micros((number * 7919 + caller * 104_729) % 25_000);
                match tokio::time::timeout(patience, client.create_session(request)).await {
                    Ok(Ok(answer)) => drop(acknowledged.insert(answer.into_inner().name)),
                    Ok(Err(status)) => panic!("refused: {status:?}"),
                    Err(_) => cancelled += 1,
                }
            }
            (acknowledged, cancelled)
        }));
    }
    let (mut acknowledged, mut cancelled) = (BTreeSet::new(), 0);
    for caller in callers {
        let (names, count) = caller.await.unwrap();
        acknowledged.extend(names);
        cancelled += count;
    }

    // Work that was cut off by its caller ends by itself.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let stuck = connections_in_a_transaction(&world.database_url).await;
    assert_eq!(stuck, 0, "{stuck} connections were left inside a transaction");
    for _ in 0..50 {
        let request = v1::CreateSessionRequest {
            parent: case.plan.clone(),
            session: Some(session(1)),
            request_id: request_id(),
        };
        acknowledged.insert(
            world
                .sessions()
                .create_session(request)
                .await
                .expect("after the storm")
                .into_inner()
                .name,
        );
    }
    let stored: BTreeSet<String> = case.session_names(&world).await.into_iter().collect();
    let lost = acknowledged.difference(&stored).count();
    println!(
        "{cancelled} cancelled, {} acknowledged, {} stored, {lost} lost",
        acknowledged.len(),
        stored.len()
    );
    assert_eq!(lost, 0, "{lost} acknowledged writes are lost");
    assert!(
        cancelled > 500,
        "only {cancelled} calls were cancelled: the test shows nothing"
    );
    assert!(
        acknowledged.len() > 300,
        "only {} calls were acknowledged: the test shows nothing",
        acknowledged.len()
    );
    world.stop().await;
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
