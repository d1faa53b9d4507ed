//! What was acknowledged is on disk: the embedded server is killed amid writes, again and again.

use std::collections::BTreeSet;
use std::time::Duration;

use taper_api::v1;
use taper_api::v1::session_service_client::SessionServiceClient;
use taper_tests::{Case, Clinic, Database, DevServer, World, request_id, session};
use tokio::sync::mpsc;
use tonic::transport::Channel;

const KILLS: usize = 50;
const WRITERS: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_kills_amid_writes_lose_no_acknowledged_session() {
    let folder = tempfile::tempdir().unwrap();
    let server = DevServer::start(folder.path()).await;
    let world = World::remote(Database::Sqlite, server.address).await;
    let clinic = Clinic::open(&world).await;
    let case = clinic.case(&world).await;
    server.kill_9().await;

    let mut acknowledged = BTreeSet::new();
    for kill in 0..KILLS {
        let server = DevServer::start(folder.path()).await;
        let (said, mut heard) = mpsc::unbounded_channel();
        let mut writers = Vec::new();
        for _ in 0..WRITERS {
            let client = SessionServiceClient::new(World::connect(server.address).await);
            writers.push(tokio::spawn(write_until_it_fails(client, case.clone(), said.clone())));
        }
        // A different moment each time, from amid the first writes to well under way: after so many, and a bit later.
        for _ in 0..kill % 16 {
            heard.recv().await;
        }
        tokio::time::sleep(Duration::from_millis(7 * kill as u64 % 20)).await;
        server.kill_9().await;
        for writer in writers {
            acknowledged.extend(writer.await.unwrap());
        }
    }

    let server = DevServer::start(folder.path()).await;
    let world = World::remote(Database::Sqlite, server.address).await;
    let stored: BTreeSet<String> = case.session_names(&world).await.into_iter().collect();
    let lost: Vec<&String> = acknowledged.difference(&stored).collect();
    println!("{KILLS} kills, {} acknowledged, {} stored, {} lost", acknowledged.len(), stored.len(), lost.len());
    assert!(lost.is_empty(), "{} of {} acknowledged sessions are lost", lost.len(), acknowledged.len());
    assert!(acknowledged.len() > KILLS * 5, "too few writes to show anything: {}", acknowledged.len());
    server.kill_9().await;
}

/// Writes one session after the other until the server is gone; answers with the names that were acknowledged.
async fn write_until_it_fails(
    mut client: SessionServiceClient<Channel>,
    case: Case,
    said: mpsc::UnboundedSender<()>,
) -> Vec<String> {
    let mut acknowledged = Vec::new();
    loop {
        let request =
            v1::CreateSessionRequest { parent: case.plan.clone(), session: Some(session(1)), request_id: request_id() };
        match client.create_session(request).await {
            Ok(answer) => {
                acknowledged.push(answer.into_inner().name);
                // Nobody listens any more once the kill is due.
                let _heard = said.send(());
            }
            Err(status) => {
                let gone =
                    matches!(status.code(), tonic::Code::Unavailable | tonic::Code::Unknown | tonic::Code::Cancelled);
                assert!(gone, "refused rather than gone: {status:?}");
                return acknowledged;
            }
        }
    }
}
