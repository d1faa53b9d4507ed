//! The connection to a server: where it is, what is shown to it, how long an answer may take, and how a refusal is told.

mod key;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use clap::Args;
use taper_kit::Clock;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};
use tonic::{Code, Request, Response, Status};
use tonic_types::StatusExt;

pub use key::Key;

use crate::loopback;

/// Longer than any write may take, so that it is the server that says what is late.
const WITHIN: Duration = Duration::from_secs(30);

/// A replay reads every case of a clinic.
const REPLAY_WITHIN: Duration = Duration::from_secs(3600);

const CONNECT_WITHIN: Duration = Duration::from_secs(3);

/// A connection that shows the key at every call.
pub type Connection = InterceptedService<Channel, Key>;

/// An option for the commands that ask a server.
#[derive(Clone, Debug, Args)]
pub struct Server {
    /// The server: HOST:PORT, or a URL
    #[arg(long = "server", value_name = "URL", default_value = loopback::DEFAULT)]
    address: String,

    #[command(flatten)]
    access: Access,
}

impl Server {
    /// Connects; nobody there is an error that says what to do.
    pub async fn connect(&self) -> anyhow::Result<Connection> {
        connect(&self.address, "--server", &self.access).await
    }
}

/// How a server is known, and what is shown to it.
#[derive(Clone, Debug, Args)]
pub struct Access {
    /// The authority that signed the server's certificate, PEM; no other is trusted. HOST:PORT then means https://
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,

    /// The certificate to show to a server that wants one, PEM
    #[arg(long, value_name = "FILE", requires = "client_key")]
    client_certificate: Option<PathBuf>,

    /// The key of that certificate, PEM
    #[arg(long, value_name = "FILE", requires = "client_certificate")]
    client_key: Option<PathBuf>,

    /// The file of the key to show at every call, in place of TAPER_KEY; only over https, or to this machine
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

/// Connects to `HOST:PORT` or a URL, which the option named.
pub async fn connect(address: &str, option: &str, access: &Access) -> anyhow::Result<Connection> {
    let url = match (address.contains("://"), &access.ca) {
        (true, _) => address.to_owned(),
        (false, Some(_)) => format!("https://{address}"),
        (false, None) => format!("http://{address}"),
    };
    let endpoint = Endpoint::from_shared(url).with_context(|| format!("{address:?} is not an address"))?;
    let key = Key::find(access.key_file.as_deref(), endpoint.uri())?;
    let has_tls = endpoint.uri().scheme_str() == Some("https");
    let endpoint = match (has_tls, &access.ca) {
        (true, Some(authority)) => endpoint.tls_config(access.tls(authority)?)?,
        (true, None) => bail!("{address} needs --ca FILE: the authority that signed the server's certificate"),
        (false, None) if access.client_certificate.is_none() => endpoint,
        (false, _) => bail!("--ca and --client-certificate are for https://, and {address} is not"),
    };
    match endpoint.connect_timeout(CONNECT_WITHIN).connect().await {
        Ok(channel) => Ok(InterceptedService::new(channel, key)),
        // tonic's own words are only `transport error`; the cause says what it was.
        Err(fault) => {
            let cause = anyhow::Error::new(fault);
            let cause = cause.root_cause().to_string();
            let cause = match cause.contains("CaUsedAsEndEntity") {
                true => "its certificate says that it is an authority; that of a server must say CA:FALSE",
                false => &cause,
            };
            match has_tls {
                true => bail!(
                    "no connection to {address} ({cause}). Look whether a server with TLS is there, whether {option} \
                     names it as its certificate does, and whether --ca is the authority that signed it"
                ),
                false => bail!(
                    "nobody answers at {address} ({cause}). Start a server with `taper dev`, or name another with \
                     {option}"
                ),
            }
        }
    }
}

impl Access {
    fn tls(&self, authority: &Path) -> anyhow::Result<ClientTlsConfig> {
        let authority = pem(authority, "-----BEGIN CERTIFICATE-----")?;
        let config = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(authority));
        let (Some(certificate), Some(key)) = (&self.client_certificate, &self.client_key) else { return Ok(config) };
        let certificate = pem(certificate, "-----BEGIN CERTIFICATE-----")?;
        Ok(config.identity(Identity::from_pem(certificate, pem(key, "PRIVATE KEY-----")?)))
    }
}

/// The text of a file, which must hold this mark.
fn pem(file: &Path, mark: &str) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    if !text.contains(mark) {
        bail!("{} holds no {mark}", file.display());
    }
    Ok(text)
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

/// What the user of this program can do about a refusal that is told in the same words to every client.
pub fn advice(refusal: &Status) -> &'static str {
    match refusal.code() {
        Code::Unauthenticated => {
            " Here: name the file of a key with --key-file, or set TAPER_KEY; `taper keys list` says which keys are live."
        }
        // Not the server's word but what became of the connection.
        _ if refusal.source().is_some() => ". The connection broke off: a server that has TLS needs --ca FILE",
        _ => "",
    }
}

/// A refusal with its reason, what to do, and every violation.
pub fn refused(what: &str, refusal: &Status) -> anyhow::Error {
    let details = refusal.get_error_details();
    let reason = details.error_info().map(|info| format!(" ({})", info.reason)).unwrap_or_default();
    let (code, message) = (refusal.code(), refusal.message());
    let mut told = format!("{what} was refused: {code:?}{reason}: {message}{}", advice(refusal));
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

    #[test]
    fn a_refusal_for_want_of_a_key_says_how_this_program_shows_one() {
        let told = refused("GetClinic", &Status::unauthenticated("There is no valid key.")).to_string();
        assert!(told.contains("no valid key.") && told.contains("--key-file"), "{told}");
        let told = refused("GetClinic", &Status::not_found("There is none.")).to_string();
        assert_eq!(told, "GetClinic was refused: NotFound: There is none.");
    }
}
