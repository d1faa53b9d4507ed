//! Who calls: the holder of a key that this server made, or of a token of an issuer that it trusts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use taper_core::access::{ApiKey, Grant, KeyText, Known, Member, Principal, Role, Scopes};
use taper_core::ids::ClinicId;
use taper_core::refusal::{Reason, Refusal};
use taper_kit::access::{Credentials, Who};
use taper_store::{Error, Store, glass, keys, members};

use crate::token::{Claims, Tokens};

/// A key or a membership that was looked up counts so long without another look, so that one that was revoked opens
/// nothing after it.
const REMEMBERED: SignedDuration = SignedDuration::from_secs(30);

/// Holders that are remembered at once; beyond it all are forgotten.
const REMEMBERED_MAX: usize = 10_000;

/// Finds out who calls.
pub struct Login {
    store: Store,
    tokens: Option<Tokens>,
    /// People's tokens must say that they logged in with more than one factor.
    asks_people_for_several_factors: bool,
    /// By the hash of what they showed, so that no secret stays in memory.
    remembered: Mutex<HashMap<[u8; 32], Remembered>>,
}

#[derive(Clone)]
struct Remembered {
    since: Timestamp,
    holder: Holder,
}

/// What the store knows of a holder.
#[derive(Clone)]
enum Holder {
    Key(ClinicId, ApiKey),
    Member(Option<Member>),
}

/// Why a caller is not known; for the log only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum Stranger {
    #[error("no authorization header, or more than one, or not a bearer")]
    NoBearer,
    #[error("no such key")]
    NoSuchKey,
    #[error("the key has ended, is revoked, or is bound to another certificate")]
    DeadKey,
    #[error("it has not the form of a key, and tokens are not accepted here")]
    NoIssuer,
    #[error("the token is not valid")]
    BadToken,
    #[error("the token is bound to another certificate")]
    OtherCertificate,
    #[error("the token's subject is no member of its clinic")]
    NoMember,
    #[error("the token does not say that its subject logged in with more than one factor")]
    OneFactor,
}

/// Not known, or not to be found out now.
enum Failure {
    Stranger(Stranger),
    Store(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Store(error)
    }
}

impl From<Stranger> for Failure {
    fn from(stranger: Stranger) -> Self {
        Failure::Stranger(stranger)
    }
}

impl Login {
    /// Keys of this store, and tokens of these issuers.
    pub fn new(store: Store, tokens: Option<Tokens>, asks_people_for_several_factors: bool) -> Self {
        Self { store, tokens, asks_people_for_several_factors, remembered: Mutex::default() }
    }

    async fn known(&self, credentials: Credentials<'_>, now: Timestamp, deadline: Instant) -> Result<Known, Failure> {
        let [header] = credentials.authorization.as_slice() else { return Err(Stranger::NoBearer.into()) };
        let text = std::str::from_utf8(header).ok().and_then(bearer).ok_or(Stranger::NoBearer)?;
        match (KeyText::parse(text), &self.tokens) {
            (Some(key), _) => self.by_key(&key, credentials.certificate, now, deadline).await,
            (None, Some(tokens)) => self.by_token(tokens, text, credentials.certificate, now, deadline).await,
            (None, None) => Err(Stranger::NoIssuer.into()),
        }
    }

    async fn by_key(
        &self,
        key: &KeyText,
        certificate: Option<[u8; 32]>,
        now: Timestamp,
        deadline: Instant,
    ) -> Result<Known, Failure> {
        let print: [u8; 32] = Sha256::digest(key.reveal().as_bytes()).into();
        let (clinic, stored) = match self.remembered(&print, now) {
            Some(Holder::Key(clinic, stored)) => (clinic, stored),
            Some(Holder::Member(_)) | None => {
                let tx = self.store.begin_read(&key.clinic, deadline).await?;
                let found = keys::get(&tx, &key.id).await;
                let (stored, secret_sha256) = found.map_err(|error| match error {
                    Error::NotFound { .. } => Failure::Stranger(Stranger::NoSuchKey),
                    other => Failure::Store(other),
                })?;
                if !key.matches(&secret_sha256) {
                    return Err(Stranger::NoSuchKey.into());
                }
                self.remember(print, now, Holder::Key(key.clinic.clone(), stored.clone()));
                (key.clinic.clone(), stored)
            }
        };
        if !stored.is_live(now, certificate) {
            return Err(Stranger::DeadKey.into());
        }
        let is_operator = stored.role == Role::Operator;
        if is_operator != (clinic == ClinicId::deployment()) {
            return Err(Stranger::NoSuchKey.into());
        }
        Ok(Known {
            subject: format!("key:{}", stored.id).into(),
            role: stored.role,
            clinic: (!is_operator).then_some(clinic),
            scopes: narrowing(stored.role, stored.scopes),
            therapist: stored.therapist,
            certificate: stored.certificate,
            expires_at: Some(stored.expires_at),
        })
    }

    async fn by_token(
        &self,
        tokens: &Tokens,
        text: &str,
        certificate: Option<[u8; 32]>,
        now: Timestamp,
        deadline: Instant,
    ) -> Result<Known, Failure> {
        let claims = tokens.verify(text, now).await.map_err(|fault| {
            tracing::info!(%fault, "a token was refused");
            Stranger::BadToken
        })?;
        if claims.certificate.is_some() && claims.certificate != certificate {
            return Err(Stranger::OtherCertificate.into());
        }
        let (clinic, member) = self.member(&claims, now, deadline).await?;
        let is_operator = member.role == Role::Operator;
        if is_operator != (clinic == ClinicId::deployment()) {
            return Err(Stranger::NoMember.into());
        }
        if self.asks_people_for_several_factors && member.role.is_human() && !claims.has_several_factors {
            return Err(Stranger::OneFactor.into());
        }
        Ok(Known {
            subject: format!("token:{}|{}", claims.issuer, claims.subject).into(),
            role: member.role,
            clinic: (!is_operator).then_some(clinic),
            scopes: narrowed(narrowing(member.role, member.scopes), &claims.scopes),
            therapist: member.therapist,
            certificate: claims.certificate,
            expires_at: Some(claims.expires_at),
        })
    }

    /// The membership of a token's subject in the clinic that the token names: the token alone opens nothing.
    async fn member(&self, claims: &Claims, now: Timestamp, deadline: Instant) -> Result<(ClinicId, Member), Failure> {
        let clinic = claims.clinic.clone().unwrap_or_else(ClinicId::deployment);
        let mut print = Sha256::new();
        for part in [clinic.as_str(), claims.issuer.as_str(), claims.subject.as_str()] {
            print.update((part.len() as u64).to_be_bytes());
            print.update(part);
        }
        let print: [u8; 32] = print.finalize().into();
        let member = match self.remembered(&print, now) {
            Some(Holder::Member(member)) => member,
            Some(Holder::Key(..)) | None => {
                let tx = self.store.begin_read(&clinic, deadline).await?;
                let member = members::find(&tx, &claims.issuer, &claims.subject).await?;
                self.remember(print, now, Holder::Member(member.clone()));
                member
            }
        };
        member.map(|member| (clinic, member)).ok_or(Failure::Stranger(Stranger::NoMember))
    }

    fn remembered(&self, print: &[u8; 32], now: Timestamp) -> Option<Holder> {
        let remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        let found = remembered.get(print)?;
        let age = now.duration_since(found.since);
        (age >= SignedDuration::ZERO && age < REMEMBERED).then(|| found.holder.clone())
    }

    fn remember(&self, print: [u8; 32], now: Timestamp, holder: Holder) {
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= REMEMBERED_MAX {
            remembered.clear();
        }
        remembered.insert(print, Remembered { since: now, holder });
    }
}

#[tonic::async_trait]
impl Who for Login {
    async fn identify(
        &self,
        credentials: Credentials<'_>,
        now: Timestamp,
        deadline: Instant,
    ) -> Result<Arc<Principal>, Refusal> {
        match self.known(credentials, now, deadline).await {
            Ok(known) => Ok(Arc::new(Principal::Known(known))),
            Err(Failure::Store(error)) => Err(error.into()),
            Err(Failure::Stranger(stranger)) => {
                tracing::info!(why = %stranger, "a caller was not let in");
                Err(stranger_refused())
            }
        }
    }

    async fn grant(&self, principal: &Principal, now: Timestamp, deadline: Instant) -> Result<Option<Grant>, Refusal> {
        let Principal::Known(Known { clinic: Some(clinic), subject, .. }) = principal else { return Ok(None) };
        let tx = self.store.begin_read(clinic, deadline).await?;
        Ok(glass::standing(&tx, subject, now).await?)
    }
}

/// What narrows a role: a person without scopes has the whole of it, a program without scopes nothing.
fn narrowing(role: Role, scopes: Scopes) -> Option<Scopes> {
    (role == Role::Integrator || !scopes.is_empty()).then_some(scopes)
}

/// What a token's own scopes leave of that. A token that names none of ours (`openid profile`) leaves all of it; one of
/// ours that does not read allows nothing, and is not taken for one that is not there.
fn narrowed(own: Option<Scopes>, claimed: &str) -> Option<Scopes> {
    let ours = || claimed.split(' ').filter(|scope| scope.starts_with("system/"));
    if ours().next().is_none() {
        return own;
    }
    let read: Vec<&str> = ours().filter(|scope| Scopes::parse(scope).is_ok()).collect();
    let claimed = Scopes::parse(&read.join(" ")).unwrap_or_default();
    Some(own.map_or_else(|| claimed.clone(), |own| own.within(&claimed)))
}

/// One answer, whatever was wrong.
fn stranger_refused() -> Refusal {
    let message = "There is no valid key or token. Send the header `authorization: Bearer` with a key of this server \
                   (taper keys create) or a token of an issuer that it trusts.";
    Refusal::new(Reason::NotAuthenticated, message)
}

/// The token of a bearer header; the scheme's name is read in any case (RFC 9110, 11.1).
fn bearer(header: &str) -> Option<&str> {
    let (scheme, rest) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(rest).filter(|rest| !rest.is_empty() && !rest.contains(' '))
}
