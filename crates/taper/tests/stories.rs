//! Every built-in case, played through gRPC on the embedded database: expectations hold, and the server says what the
//! rules say without one.

use taper::embedded::Embedded;
use taper::play::{self, Clinic};
use taper_core::case::Case;
use taper_core::protocol::builtin;
use taper_core::record::clinic::TimeZoneName;
use tokio::sync::oneshot;
use tonic::transport::{Channel, Endpoint};

#[tokio::test(flavor = "multi_thread")]
async fn every_case_gives_its_expected_answers_through_grpc() {
    let folder = tempfile::tempdir().unwrap();
    let zone = TimeZoneName::parse("America/New_York").unwrap();
    let server = Embedded::open(folder.path(), "127.0.0.1:0".parse().unwrap(), Some(zone.clone())).await.unwrap();
    let channel = Endpoint::from_shared(format!("http://{}", server.address())).unwrap().connect_lazy();
    let (end, ended) = oneshot::channel::<()>();
    let serving = tokio::spawn(server.serve(async {
        let _ = ended.await;
    }));

    let mut failures = Vec::new();
    let mut played_count = 0;
    for document in builtin::DOCUMENTS {
        for (index, (name, text)) in document.cases.iter().enumerate() {
            let slug = format!("{}-{index}", document.folder);
            if let Err(fault) = play(&channel, &slug, &zone, text).await {
                failures.push(format!("{name}: {fault:#}"));
            }
            played_count += 1;
        }
    }
    assert!(failures.is_empty(), "{} of {played_count} failed:\n{}", failures.len(), failures.join("\n"));
    assert!(played_count >= 9, "only {played_count} cases are built in");

    drop(channel);
    drop(end);
    serving.await.unwrap().unwrap();
}

async fn play(channel: &Channel, slug: &str, zone: &TimeZoneName, text: &str) -> anyhow::Result<()> {
    let case = Case::parse(text)?;
    let clinic = Clinic::create(channel.clone(), slug, zone).await?;
    let mut told = 0;
    let played = play::play(channel.clone(), &clinic, &case, |_| {
        told += 1;
        Ok(())
    })
    .await?;
    anyhow::ensure!(played.mismatches.is_empty(), "{}", played.mismatches.join("\n"));
    anyhow::ensure!((told, played.asked) == (case.steps.len(), case.steps.len()), "not every step was asked for");
    Ok(())
}
