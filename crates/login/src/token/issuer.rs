//! The settings of an issuer of tokens, and what is wrong with them before the first token comes.

use std::path::PathBuf;

use http::Uri;
use serde::Deserialize;

/// The claim that names the clinic, where the settings name no other.
const CLINIC_CLAIM: &str = "taper_clinic";

/// Claims that say something else already (RFC 7519, section 4.1, and those of RFC 7800, RFC 8176 and RFC 9068 that
/// are read here).
const TAKEN_CLAIMS: [&str; 11] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "scope", "amr", "acr", "cnf"];

/// An issuer of tokens, as the settings name it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// Its URL, compared with `iss` byte for byte: `https://login.example.org/realms/clinics`.
    pub url: String,
    /// Us, as the issuer names us; compared with `aud` byte for byte.
    pub audience: String,
    /// Where its keys are, as a JWK Set: an https URL, an http URL of this machine, or a file.
    pub keys: String,
    /// A PEM file of the authority that signed the certificate of the https URL; without it, the public web's.
    #[serde(default)]
    pub keys_authority: Option<PathBuf>,
    /// The claim that names the clinic; `taper_clinic` where nothing is said.
    #[serde(default = "clinic_claim")]
    pub clinic_claim: String,
    /// Values of `acr` that this issuer gives only after several factors. `mfa` in `amr` (RFC 8176) counts always.
    #[serde(default)]
    pub several_factors_acr: Vec<String>,
}

fn clinic_claim() -> String {
    CLINIC_CLAIM.to_owned()
}

/// What is wrong with the settings of an issuer.
#[derive(Debug, thiserror::Error)]
pub enum IssuerFault {
    /// The issuer is not named by a URL that can be relied on.
    #[error("the issuer's url must be an https URL without query and fragment (http on this machine only)")]
    Url,
    /// Nobody is named.
    #[error("the audience must be 1 to 255 characters without spaces")]
    Audience,
    /// The claim of the clinic is taken or has no name.
    #[error("the claim that names the clinic must be 1 to 255 characters and none of the registered claims")]
    ClinicClaim,
    /// The address of the keys is not one that can be relied on.
    #[error("keys must be an https URL, an http URL of this machine, or the path of a file")]
    Keys,
    /// The authority cannot be read.
    #[error("keys_authority must be a PEM file with at least one certificate")]
    Authority,
    /// The TLS library refuses its own defaults.
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
}

impl Issuer {
    /// An issuer whose clinic claim has the usual name and whose `acr` says nothing.
    pub fn new(url: impl Into<String>, audience: impl Into<String>, keys: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            audience: audience.into(),
            keys: keys.into(),
            keys_authority: None,
            clinic_claim: clinic_claim(),
            several_factors_acr: Vec::new(),
        }
    }

    pub(super) fn check(&self) -> Result<(), IssuerFault> {
        let has_tail = self.url.contains(['?', '#']);
        if has_tail || Address::read(&self.url).is_none() {
            return Err(IssuerFault::Url);
        }
        let is_name = |text: &str| (1..=255).contains(&text.len()) && text.chars().all(|c| c.is_ascii_graphic());
        if !is_name(&self.audience) {
            return Err(IssuerFault::Audience);
        }
        if !is_name(&self.clinic_claim) || TAKEN_CLAIMS.contains(&self.clinic_claim.as_str()) {
            return Err(IssuerFault::ClinicClaim);
        }
        Ok(())
    }
}

/// An https URL, or an http URL of this machine.
pub(super) struct Address {
    /// Whether it is https.
    pub is_tls: bool,
    /// The host without the brackets of an IPv6 address.
    pub host: String,
    /// The port, named or usual.
    pub port: u16,
    /// Host and port as the URL has them.
    pub authority: String,
    /// Path and query.
    pub path: String,
}

impl Address {
    /// None where the URL is of another kind, or holds a user or a password.
    pub fn read(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let authority = uri.authority()?.as_str().to_owned();
        let host = uri.host()?.trim_start_matches('[').trim_end_matches(']').to_owned();
        let is_tls = match uri.scheme_str()? {
            "https" => true,
            "http" if is_this_machine(&host) => false,
            _ => return None,
        };
        if host.is_empty() || authority.contains('@') || url.contains('#') {
            return None;
        }
        let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Some(Self { is_tls, host, port, authority, path })
    }
}

/// The name alone is not believed: the connection is asked where it ended.
fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}
