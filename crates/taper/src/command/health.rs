//! `taper health`: asks a server whether it serves.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use tonic::{Code, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::paper::say;
use crate::{connection, loopback};

/// Asks a server for its health (grpc.health.v1): exit status 0 when it says SERVING, 1 otherwise.
#[derive(Debug, Args)]
pub struct Health {
    /// The server's address
    #[arg(long, visible_alias = "server", value_name = "ADDRESS", default_value = loopback::DEFAULT)]
    address: String,

    #[command(flatten)]
    access: connection::Access,

    /// One service, for example taper.v1.PatientService; the whole server when absent
    #[arg(long, value_name = "SERVICE", default_value = "", hide_default_value = true)]
    service: String,
}

const WITHIN: Duration = Duration::from_secs(3);

impl Health {
    /// Asks once.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let answer = tokio::time::timeout(WITHIN, self.ask()).await;
        let late = || format!("{} did not answer within {} seconds", self.address, WITHIN.as_secs());
        let status = answer.with_context(late)??;
        say(status.as_str_name())?;
        let is_serving = status == ServingStatus::Serving;
        Ok(if is_serving { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    async fn ask(&self) -> anyhow::Result<ServingStatus> {
        let channel = connection::connect(&self.address, "--address", &self.access).await?;
        let request = HealthCheckRequest { service: self.service.clone() };
        match HealthClient::new(channel).check(request).await {
            Ok(answer) => Ok(answer.into_inner().status()),
            Err(refusal) => bail!("{}", self.told(&refusal)),
        }
    }

    fn told(&self, refusal: &Status) -> String {
        match refusal.code() {
            Code::NotFound => format!("{} does not serve {}", self.address, self.service),
            Code::Unimplemented => format!("{} answers gRPC, but does not tell its health", self.address),
            _ => {
                let (message, advice) = (refusal.message(), connection::advice(refusal));
                format!("{} answers, but not to a question for its health: {message}{advice}", self.address)
            }
        }
    }
}
