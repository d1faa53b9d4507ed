//! The one way in: who calls, whether it may, and what happened, written down before the answer leaves.

use std::sync::Arc;
use std::time::Instant;

use http::{HeaderValue, Request};
use jiff::Timestamp;
use taper_core::access::{Allowed, Denied, Grant, Principal, Row, Rule, Table, decide};
use taper_core::audit::Event;
use taper_core::ids::ClinicId;
use taper_core::refusal::{Reason, Refusal};

use crate::call::Call;

/// What a caller shows of itself. It has no `Debug`: a secret is printed nowhere.
pub struct Credentials<'r> {
    /// Every `authorization` header of the call; more than one is refused.
    pub authorization: Vec<&'r [u8]>,
    /// SHA-256 of the client certificate of its connection, where it showed one that a trusted authority signed.
    pub certificate: Option<[u8; 32]>,
}

/// What is known of the other end of a connection.
#[derive(Clone, Copy, Debug, Default)]
pub struct Peer {
    /// SHA-256 of its certificate, where it showed one that a trusted authority signed.
    pub certificate: Option<[u8; 32]>,
}

/// What came with one call, kept for as long as its stream is open. It has no `Debug` either.
pub(crate) struct Shown {
    authorization: Vec<HeaderValue>,
    certificate: Option<[u8; 32]>,
}

impl Shown {
    pub(crate) fn of<B>(request: &Request<B>) -> Self {
        let authorization = request.headers().get_all(http::header::AUTHORIZATION).iter().cloned().collect();
        let certificate = request.extensions().get::<Peer>().and_then(|peer| peer.certificate);
        Self { authorization, certificate }
    }

    fn credentials(&self) -> Credentials<'_> {
        let authorization = self.authorization.iter().map(HeaderValue::as_bytes).collect();
        Credentials { authorization, certificate: self.certificate }
    }
}

/// What is not of our contract and is served all the same: everybody who is let in may ask, and it is not written down.
const OTHERS: [&str; 5] = [
    "/grpc.health.v1.Health/Check",
    "/grpc.health.v1.Health/List",
    "/grpc.health.v1.Health/Watch",
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
];

/// Rows for health and reflection, for a table that is to be served by this crate.
pub fn other_rows() -> [Row; 5] {
    OTHERS.map(|path| Row {
        path,
        resource: "",
        interaction: "INTERACTION_READ",
        has_patient_data: false,
        allow: &[
            "ROLE_CLINIC_ADMIN",
            "ROLE_PHYSIOTHERAPIST",
            "ROLE_MASSAGE_THERAPIST",
            "ROLE_FRONT_DESK",
            "ROLE_INTEGRATOR",
            "ROLE_AUDITOR",
            "ROLE_OPERATOR",
        ],
        limited: &[],
        break_glass: &[],
        deny: &[],
    })
}

/// Finds out who calls.
#[tonic::async_trait]
pub trait Who: Send + Sync + 'static {
    /// The one whom these credentials name. Whatever is wrong with them is [`Reason::NotAuthenticated`] and says no
    /// more; a database that does not answer is said as such.
    async fn identify(
        &self,
        credentials: Credentials<'_>,
        now: Timestamp,
        deadline: Instant,
    ) -> Result<Arc<Principal>, Refusal>;

    /// The glass that it broke, where that still holds.
    async fn grant(&self, principal: &Principal, now: Timestamp, deadline: Instant) -> Result<Option<Grant>, Refusal>;
}

/// Writes down what happened.
#[tonic::async_trait]
pub trait Ledger: Send + Sync + 'static {
    /// Writes one event into the chain of a clinic, or of the deployment; it is durable when this returns.
    async fn record(&self, clinic: Option<ClinicId>, event: Event, deadline: Instant) -> Result<(), Refusal>;
}

/// Everybody on this machine; where there is no login.
struct Anybody;

#[tonic::async_trait]
impl Who for Anybody {
    async fn identify(&self, _: Credentials<'_>, _: Timestamp, _: Instant) -> Result<Arc<Principal>, Refusal> {
        Ok(Arc::new(Principal::Open))
    }

    async fn grant(&self, _: &Principal, _: Timestamp, _: Instant) -> Result<Option<Grant>, Refusal> {
        Ok(None)
    }
}

/// The gate in front of every route: streams, reflection and health too.
#[derive(Clone)]
pub struct Gate {
    who: Arc<dyn Who>,
    /// Without a table every method is open, which is what tests of the edge alone need.
    table: Option<Arc<Table>>,
    ledger: Option<Arc<dyn Ledger>>,
}

impl Gate {
    /// Lets everybody in to everything and writes nothing down.
    pub fn open() -> Self {
        Self { who: Arc::new(Anybody), table: None, ledger: None }
    }

    /// Lets in whom the table allows.
    pub fn with_table(self, table: Table) -> Self {
        Self { table: Some(Arc::new(table)), ..self }
    }

    /// Asks this one who calls.
    pub fn with_login(self, who: impl Who) -> Self {
        Self { who: Arc::new(who), ..self }
    }

    /// Writes down every call to the table's methods.
    pub fn with_ledger(self, ledger: impl Ledger) -> Self {
        Self { ledger: Some(Arc::new(ledger)), ..self }
    }

    /// Who calls. Says nothing of the method, which may not even exist.
    pub(crate) async fn identify(&self, shown: &Shown, call: &Call) -> Result<Arc<Principal>, Refusal> {
        self.who.identify(shown.credentials(), call.now, call.deadline).await
    }

    /// What the table says of a method; nobody may call one that is not in it.
    pub(crate) fn rule(&self, path: &str) -> Result<Option<Rule>, Refusal> {
        let Some(table) = &self.table else { return Ok(None) };
        table.rule(path).cloned().map(Some).ok_or_else(crate::answer::unknown_method)
    }

    /// Whether a path is one of the table's methods, and no text of the caller's own.
    pub(crate) fn knows(&self, path: &str) -> bool {
        self.table.as_ref().is_none_or(|table| table.rule(path).is_some())
    }

    /// Whether the caller may call its method. Broken glass is looked for only where it would open something.
    pub(crate) async fn allows(&self, call: &Call) -> Result<Allowed, Refusal> {
        let Some(rule) = call.rule() else { return Ok(Allowed::WHOLE) };
        match decide(rule, call.principal(), None, call.now) {
            Err(Denied::GlassNotBroken(_)) => {
                let grant = self.who.grant(call.principal(), call.now, call.deadline).await?;
                decide(rule, call.principal(), grant.as_ref(), call.now).map_err(refusal)
            }
            decided => decided.map_err(refusal),
        }
    }

    /// Writes down how a call ended, unless its own transaction has; what is not of our contract is not written down.
    pub(crate) async fn record(&self, call: &Call, outcome: &str) -> Result<(), Refusal> {
        let (Some(ledger), Some((clinic, event))) = (&self.ledger, call.event(outcome)) else { return Ok(()) };
        ledger.record(clinic, event, call.deadline).await
    }
}

fn refusal(denied: Denied) -> Refusal {
    let message = match denied {
        Denied::Role(role) => format!("The role {role} may not call this method."),
        Denied::GlassNotBroken(role) => format!(
            "The role {role} may call this method only in an emergency: call AdminService.BreakGlass with a reason first."
        ),
        Denied::Scope => {
            "No scope of this key or token allows this method. Ask the clinic's administrator for one.".to_owned()
        }
    };
    let reason = match denied {
        Denied::GlassNotBroken(_) => Reason::GlassNotBroken,
        Denied::Role(_) | Denied::Scope => Reason::PermissionDenied,
    };
    Refusal::new(reason, message)
}
