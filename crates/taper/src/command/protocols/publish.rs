//! `taper protocols publish`: a clinic's own version, which never changes afterwards.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use taper_api::v1::CreateProtocolVersionRequest;
use taper_api::v1::protocol_service_client::ProtocolServiceClient;

use crate::connection::{Server, answered, asked, request_id};
use crate::paper::say;

use super::check;

/// Publishes a document as a clinic's own version, if it passes the golden cases; a version never changes afterwards.
#[derive(Debug, Args)]
pub struct Publish {
    /// The document (TOML); its id and version name it
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Golden cases (*.case.toml) that it must pass
    #[arg(value_name = "CASE")]
    cases: Vec<PathBuf>,

    /// The clinic whose version it is, by its slug
    #[arg(long, value_name = "CLINIC")]
    clinic: String,

    #[command(flatten)]
    server: Server,
}

impl Publish {
    /// Sends it, and prints the name that plans can follow.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let request = CreateProtocolVersionRequest {
            parent: format!("clinics/{}", self.clinic.trim_start_matches("clinics/")),
            document: check::read(&self.file)?,
            cases: self.cases.iter().map(|case| check::read(case)).collect::<anyhow::Result<Vec<String>>>()?,
            request_id: request_id(),
        };
        let mut protocols = ProtocolServiceClient::new(self.server.connect().await?);
        let published = answered("CreateProtocolVersion", protocols.create_protocol_version(asked(request)).await)?;
        say(format_args!("{}  {} rules  SHA-256 {}", published.name, published.rule_count, published.sha256))?;
        Ok(ExitCode::SUCCESS)
    }
}
