//! `taper protocols replay`: a version over a clinic's past cases, printed as they come.

use std::process::ExitCode;

use anyhow::bail;
use clap::Args;
use taper_api::v1::ReplayProtocolRequest;
use taper_api::v1::protocol_service_client::ProtocolServiceClient;
use taper_api::v1::replay_protocol_response::Message;

use crate::command::arguments::Width;
use crate::connection::{Server, answered, asked_patiently, refused};
use crate::paper::say;
use crate::replay;

/// Prints which past cases of a clinic would have been advised differently, from which day and which way.
///
/// Not every day is played. Sampled are days on which an attended visit, an assessment, an activity or a decision was
/// recorded to count: of each case all of them, or where there are more than 20 that many, evenly over their order, always
/// the first and the last.
#[derive(Debug, Args)]
pub struct Replay {
    /// The version to try, [clinics/.../]protocols/.../versions/...
    #[arg(value_name = "NAME")]
    protocol: String,

    /// The clinic whose cases are replayed, by its slug
    #[arg(long, value_name = "CLINIC")]
    clinic: String,

    /// Also print in what the advice differs on the first day
    #[arg(long)]
    differences: bool,

    #[command(flatten)]
    width: Width,

    #[command(flatten)]
    server: Server,
}

impl Replay {
    /// Prints each case as it comes; a stream that ends without its manifest is a failure.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let paper = self.width.paper();
        let request = ReplayProtocolRequest {
            parent: format!("clinics/{}", self.clinic.trim_start_matches("clinics/")),
            protocol: self.protocol,
            include_differences: self.differences,
        };
        let mut protocols = ProtocolServiceClient::new(self.server.connect().await?);
        let mut stream = answered("ReplayProtocol", protocols.replay_protocol(asked_patiently(request)).await)?;
        loop {
            let next = stream.message().await.map_err(|refusal| refused("ReplayProtocol", &refusal))?;
            match next.and_then(|response| response.message) {
                Some(Message::ReplayedCase(found)) => say(replay::case(paper, &found))?,
                Some(Message::Manifest(manifest)) => {
                    say(replay::manifest(paper, &manifest))?;
                    return Ok(ExitCode::SUCCESS);
                }
                None => bail!("the stream ended before its manifest: not all cases were compared"),
            }
        }
    }
}
