//! The connection to a server: where it is, how long an answer may take, and how a refusal is told.

use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use clap::Args;
use taper_kit::Clock;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Response, Status};
use tonic_types::StatusExt;

use crate::loopback;

/// Longer than any write may take, so that it is the server that says what is late.
const WITHIN: Duration = Duration::from_secs(30);

/// A replay reads every case of a clinic.
const REPLAY_WITHIN: Duration = Duration::from_secs(3600);

const CONNECT_WITHIN: Duration = Duration::from_secs(3);

/// An option for the commands that ask a server.
#[derive(Clone, Debug, Args)]
pub struct Server {
    /// The server: HOST:PORT, or a URL
    #[arg(long = "server", value_name = "URL", default_value = loopback::DEFAULT)]
    address: String,
}

impl Server {
    /// Connects; nobody there is an error that says what to do.
    pub async fn connect(&self) -> anyhow::Result<Channel> {
        connect(&self.address, "--server").await
    }
}

/// Connects to `HOST:PORT` or a URL, which the option named.
pub async fn connect(address: &str, option: &str) -> anyhow::Result<Channel> {
    let url = match address.contains("://") {
        true => address.to_owned(),
        false => format!("http://{address}"),
    };
    let endpoint = Endpoint::from_shared(url).with_context(|| format!("{address:?} is not an address"))?;
    match endpoint.connect_timeout(CONNECT_WITHIN).connect().await {
        Ok(channel) => Ok(channel),
        // tonic's own words are only `transport error`; the cause says what it was.
        Err(fault) => bail!(
            "nobody answers at {address} ({}). Start a server with `taper dev`, or name another with {option}",
            anyhow::Error::new(fault).root_cause(),
        ),
    }
}

/// The message as a request with a deadline.
pub fn asked<M>(message: M) -> Request<M> {
    let mut request = Request::new(message);
    request.set_timeout(WITHIN);
    request
}

/// A new id of a mutation, so that a repeat of the same message is answered and not done again.
pub fn request_id() -> String {
    Clock::system().new_id().to_string()
}

/// The message as a request whose answer may take an hour.
pub fn asked_patiently<M>(message: M) -> Request<M> {
    let mut request = Request::new(message);
    request.set_timeout(REPLAY_WITHIN);
    request
}

/// The answer's message; a refusal becomes an error that says what was asked, why it was refused, and which fields were
/// wrong.
pub fn answered<M>(what: &str, answer: Result<Response<M>, Status>) -> anyhow::Result<M> {
    match answer {
        Ok(answer) => Ok(answer.into_inner()),
        Err(refusal) => Err(refused(what, &refusal)),
    }
}

/// A refusal with its reason and every violation.
pub fn refused(what: &str, refusal: &Status) -> anyhow::Error {
    let details = refusal.get_error_details();
    let reason = details.error_info().map(|info| format!(" ({})", info.reason)).unwrap_or_default();
    let mut told = format!("{what} was refused: {:?}{reason}: {}", refusal.code(), refusal.message());
    for field in details.bad_request().into_iter().flat_map(|request| &request.field_violations) {
        told.push_str(&format!("\n  {} {}", field.field, field.description));
    }
    for one in details.precondition_failure().into_iter().flat_map(|failure| &failure.violations) {
        told.push_str(&format!("\n  {} {}: {}", one.r#type, one.subject, one.description));
    }
    anyhow!(told)
}

#[cfg(test)]
mod tests {
    use tonic::Code;
    use tonic_types::ErrorDetails;

    use super::*;

    #[test]
    fn a_refusal_is_told_with_its_reason_and_every_violation() {
        let mut details = ErrorDetails::new();
        details.set_error_info("INVALID_FIELDS", "taper", std::collections::HashMap::new());
        details.add_bad_request_violation("name", "is required");
        details.add_bad_request_violation("as_of", "lies in the future");
        let status = Status::with_error_details(Code::InvalidArgument, "Fields are wrong.", details);
        let told = refused("GetRecommendation", &status).to_string();
        let expected = "GetRecommendation was refused: InvalidArgument (INVALID_FIELDS): Fields are wrong.\n  \
                        name is required\n  as_of lies in the future";
        assert_eq!(told, expected);
    }
}
