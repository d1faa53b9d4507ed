//! What a token must say, and what it says of its bearer (RFC 7519, section 4.1; RFC 9068, section 4).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};
use taper_core::ids::ClinicId;

use super::fault::{Claim, TokenFault};
use super::issuer::Issuer;
use super::json;

/// How far two clocks may be apart at `exp` and `nbf`.
const LEEWAY: SignedDuration = SignedDuration::from_secs(30);

/// How far ahead of ours the issuer's clock may be at `iat`.
const ISSUED_AHEAD_MAX: SignedDuration = SignedDuration::from_secs(60);

/// The longest subject (OpenID Connect Core, section 2).
const SUBJECT_BYTES_MAX: usize = 255;

/// The members by which a nested claim is found.
type Members = Map<String, Value>;

/// What a token says, all of it checked. It has no `Debug`: who somebody is belongs in the audit only.
#[derive(Clone, PartialEq, Eq)]
pub struct Claims {
    /// The issuer's URL.
    pub issuer: String,
    /// Who it is, to the issuer: 1 to 255 printable ASCII characters.
    pub subject: String,
    /// The clinic that it names; an operator's names none.
    pub clinic: Option<ClinicId>,
    /// The scopes with one space between them; empty where none are given (RFC 8693, section 4.2).
    pub scopes: String,
    /// When it ends, without leeway.
    pub expires_at: Timestamp,
    /// Whether the issuer says that several factors were shown. Silence is a no.
    pub has_several_factors: bool,
    /// SHA-256 of the only client certificate that may show this token (RFC 8705, section 3.1).
    pub certificate: Option<[u8; 32]>,
}

/// What the claims of an issuer's tokens are held against.
pub(super) struct Rules(Issuer);

impl Rules {
    /// Of these settings.
    pub fn of(issuer: Issuer) -> Self {
        Self(issuer)
    }

    /// Reads the payload of a token whose signature holds.
    pub fn read(&self, payload: &[u8], now: Timestamp) -> Result<Claims, TokenFault> {
        let members = json::object(payload).ok_or(TokenFault::NotOneObject)?;
        let issuer = text_of(&members, "iss", Claim::Issuer)?.ok_or(TokenFault::Missing(Claim::Issuer))?;
        if issuer != self.0.url {
            return Err(TokenFault::WrongIssuer);
        }
        self.check_audience(&members)?;
        let expires_at = check_times(&members, now)?;
        Ok(Claims {
            issuer,
            subject: subject(&members)?,
            clinic: self.clinic(&members)?,
            scopes: scopes(&members)?,
            expires_at,
            has_several_factors: self.has_several_factors(&members)?,
            certificate: certificate(&members)?,
        })
    }

    /// One text or several, ours among them (RFC 7519, section 4.1.3).
    fn check_audience(&self, members: &Members) -> Result<(), TokenFault> {
        let named = members.get("aud").ok_or(TokenFault::Missing(Claim::Audience))?;
        let several = match named {
            Value::String(one) => vec![one.as_str()],
            Value::Array(_) => texts_of(named).ok_or(TokenFault::Malformed(Claim::Audience))?,
            _ => return Err(TokenFault::Malformed(Claim::Audience)),
        };
        if several.contains(&self.0.audience.as_str()) { Ok(()) } else { Err(TokenFault::WrongAudience) }
    }

    fn clinic(&self, members: &Members) -> Result<Option<ClinicId>, TokenFault> {
        let slug = text_of(members, &self.0.clinic_claim, Claim::Clinic)?;
        slug.map(|slug| slug.parse().map_err(|_| TokenFault::Malformed(Claim::Clinic))).transpose()
    }

    /// `mfa` among the methods (RFC 8176, section 2), or a context that the settings count.
    fn has_several_factors(&self, members: &Members) -> Result<bool, TokenFault> {
        let malformed = TokenFault::Malformed(Claim::Factors);
        let methods = members.get("amr").map_or(Some(Vec::new()), texts_of).ok_or(malformed)?;
        let context = text_of(members, "acr", Claim::Factors)?;
        let is_counted = context.is_some_and(|context| self.0.several_factors_acr.contains(&context));
        Ok(is_counted || methods.contains(&"mfa"))
    }
}

/// When the token ends, where it is good now (RFC 7519, sections 4.1.4 to 4.1.6). `exp` must be there.
fn check_times(members: &Members, now: Timestamp) -> Result<Timestamp, TokenFault> {
    let expires_at = instant_of(members, "exp", Claim::Expiry)?.ok_or(TokenFault::Missing(Claim::Expiry))?;
    if now.duration_since(expires_at) >= LEEWAY {
        return Err(TokenFault::Expired);
    }
    let starts_at = instant_of(members, "nbf", Claim::NotBefore)?;
    if starts_at.is_some_and(|starts_at| starts_at.duration_since(now) > LEEWAY) {
        return Err(TokenFault::NotYetValid);
    }
    let issued_at = instant_of(members, "iat", Claim::IssuedAt)?;
    if issued_at.is_some_and(|issued_at| issued_at.duration_since(now) > ISSUED_AHEAD_MAX) {
        return Err(TokenFault::IssuedAhead);
    }
    Ok(expires_at)
}

fn subject(members: &Members) -> Result<String, TokenFault> {
    let subject = text_of(members, "sub", Claim::Subject)?.ok_or(TokenFault::Missing(Claim::Subject))?;
    let is_printable = subject.chars().all(|c| c == ' ' || c.is_ascii_graphic());
    let is_good = (1..=SUBJECT_BYTES_MAX).contains(&subject.len()) && is_printable && subject.trim() == subject;
    if is_good { Ok(subject) } else { Err(TokenFault::Malformed(Claim::Subject)) }
}

/// The characters of RFC 6749, section 3.3.
fn scopes(members: &Members) -> Result<String, TokenFault> {
    let scopes = text_of(members, "scope", Claim::Scope)?.unwrap_or_default();
    if !scopes.chars().all(|c| c == ' ' || (c.is_ascii_graphic() && c != '"' && c != '\\')) {
        return Err(TokenFault::Malformed(Claim::Scope));
    }
    Ok(scopes.split_ascii_whitespace().collect::<Vec<_>>().join(" "))
}

/// The certificate that the token is bound to. A token that is bound to anything else is refused, since taking it for an
/// unbound one would undo what its issuer asked for (RFC 7800, section 3.1, leaves unknown members to us).
fn certificate(members: &Members) -> Result<Option<[u8; 32]>, TokenFault> {
    let malformed = TokenFault::Malformed(Claim::Confirmation);
    let Some(confirmation) = members.get("cnf") else { return Ok(None) };
    let confirmation = confirmation.as_object().ok_or(malformed)?;
    if confirmation.len() != 1 {
        return Err(malformed);
    }
    let thumbprint = confirmation.get("x5t#S256").and_then(Value::as_str).ok_or(malformed)?;
    let bytes = URL_SAFE_NO_PAD.decode(thumbprint).map_err(|_| malformed)?;
    bytes.try_into().map(Some).map_err(|_| malformed)
}

fn text_of(members: &Members, name: &str, claim: Claim) -> Result<Option<String>, TokenFault> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(TokenFault::Malformed(claim)),
    }
}

/// All items of an array of texts.
fn texts_of(value: &Value) -> Option<Vec<&str>> {
    value.as_array()?.iter().map(Value::as_str).collect()
}

/// A NumericDate (RFC 7519, section 2): seconds since the epoch, a fraction allowed, from the epoch to the year 9999.
fn instant_of(members: &Members, name: &str, claim: Claim) -> Result<Option<Timestamp>, TokenFault> {
    let Some(value) = members.get(name) else { return Ok(None) };
    let malformed = TokenFault::Malformed(claim);
    let seconds = value.as_f64().filter(|seconds| *seconds >= 0.0).ok_or(malformed)?;
    let since_epoch = SignedDuration::try_from_secs_f64(seconds).map_err(|_| malformed)?;
    Timestamp::from_duration(since_epoch).map(Some).map_err(|_| malformed)
}
