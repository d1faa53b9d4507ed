//! Every built-in case, played through gRPC on the embedded database: expectations hold, and the server says what the
//! rules say without one.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use taper::embedded::Embedded;
use taper::play::{self, Clinic};
use taper_core::case::Case;
use taper_core::protocol::builtin;
use taper_core::record::clinic::TimeZoneName;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::transport::{Channel, Endpoint};

/// A server of its own for a test, with a channel to it.
struct Running {
    channel: Channel,
    zone: TimeZoneName,
    end: oneshot::Sender<()>,
    serving: JoinHandle<anyhow::Result<()>>,
    _folder: tempfile::TempDir,
}

impl Running {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let zone = TimeZoneName::parse("America/New_York").unwrap();
        let any_port = "127.0.0.1:0".parse().unwrap();
        let server = Embedded::open(folder.path(), any_port, Some(zone.clone())).await.unwrap();
        let channel = Endpoint::from_shared(format!("http://{}", server.address())).unwrap().connect_lazy();
        let (end, ended) = oneshot::channel::<()>();
        let serving = tokio::spawn(server.serve(async {
            let _ = ended.await;
        }));
        Self { channel, zone, end, serving, _folder: folder }
    }

    async fn stop(self) {
        drop((self.channel, self.end));
        self.serving.await.unwrap().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_not_what_the_case_expects_is_told() {
    let running = Running::start().await;
    let cases = builtin::DOCUMENTS.iter().flat_map(|document| document.cases);
    let (_, text) = cases.into_iter().find(|(name, _)| *name == "c1.case.toml").unwrap();
    let wrong = text.replacen("phase_action = \"advance\"", "phase_action = \"regress\"", 1);
    let fault = play(&running.channel, "wrong", &running.zone, &wrong).await.unwrap_err().to_string();
    assert!(fault.contains("phase_action: expected Regress, found Advance"), "{fault}");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_case_gives_its_expected_answers_through_grpc() {
    let running = Running::start().await;
    let mut failures = Vec::new();
    let mut played_count = 0;
    for document in builtin::DOCUMENTS {
        for (index, (name, text)) in document.cases.iter().enumerate() {
            let slug = format!("{}-{index}", document.folder);
            if let Err(fault) = play(&running.channel, &slug, &running.zone, text).await {
                failures.push(format!("{name}: {fault:#}"));
            }
            played_count += 1;
        }
    }
    assert!(failures.is_empty(), "{} of {played_count} failed:\n{}", failures.len(), failures.join("\n"));
    assert!(played_count >= 9, "only {played_count} cases are built in");

    running.stop().await;
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
