//! What a handler knows of the call it answers: its id, its deadline, its present instant.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::HeaderMap;
use jiff::Timestamp;
use taper_core::access::{Allowed, Interaction, Principal, Rule, View};
use taper_core::audit::Event;
use taper_core::ids::{ClinicId, PatientId};
use taper_core::limits;
use taper_core::refusal::{Reason, Refusal};
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::clock::Clock;
use crate::name;
use crate::status::status;

/// The header that carries the call's id, in the request and in the answer.
pub const REQUEST_ID_HEADER: &str = "x-request-id";

/// The context of one call, put into the request's extensions by the edge.
#[derive(Clone, Debug)]
pub struct Call {
    /// The id by which this call is found in the logs: the caller's `x-request-id`, or a new UUIDv7.
    /// It is not the `request_id` of a mutation.
    pub id: Arc<str>,
    /// When the answer must be ready; the store bounds its statements by it.
    pub deadline: Instant,
    /// The present instant of the whole call, in whole microseconds.
    pub now: Timestamp,
    clock: Clock,
    principal: Arc<Principal>,
    /// What the table says of the method; none where there is no table.
    rule: Option<Rule>,
    allowed: Allowed,
    told: Arc<Told>,
}

/// What is written down of a call, as far as it is known.
#[derive(Debug, Default)]
struct Told {
    about: Mutex<About>,
    /// The call's own transaction wrote the event down.
    is_recorded: AtomicBool,
}

/// What a call is about, by ids only.
#[derive(Clone, Debug, Default)]
struct About {
    /// The clinic and the patient whose rows it touched.
    clinic: Option<ClinicId>,
    patient: Option<PatientId>,
    /// The name of what it made, or else of what it asked for.
    resource: Option<String>,
}

impl Call {
    /// A call that begins now. The edge makes one for each request; tests of handlers make their own.
    pub fn new(id: impl Into<Arc<str>>, deadline: Instant, clock: &Clock) -> Self {
        let (principal, told) = (Arc::new(Principal::Open), Arc::default());
        Self {
            id: id.into(),
            deadline,
            now: clock.now(),
            clock: clock.clone(),
            principal,
            rule: None,
            allowed: Allowed::WHOLE,
            told,
        }
    }

    /// The same call of one who was let in, to a method of the table.
    pub(crate) fn by(self, principal: Arc<Principal>, rule: Option<Rule>) -> Self {
        Self { principal, rule, ..self }
    }

    /// The same call as the table allows it.
    pub(crate) fn allowed_as(self, allowed: Allowed) -> Self {
        Self { allowed, ..self }
    }

    pub(crate) fn rule(&self) -> Option<&Rule> {
        self.rule.as_ref()
    }

    /// Who calls.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// How much of the answer the caller sees.
    pub fn view(&self) -> View {
        self.allowed.view
    }

    /// Notes whose rows the call touches, for what is written down of it.
    pub fn touches(&self, clinic: &ClinicId, patient: Option<PatientId>) {
        let mut about = self.about();
        (about.clinic, about.patient) = (Some(clinic.clone()), patient);
    }

    /// Notes the resource that the call asks for or has made, for what is written down of it. A text that is no
    /// resource's name is a caller's own and is not noted.
    pub fn names(&self, resource: &str) {
        if name::is_name(resource) {
            self.about().resource = Some(resource.to_owned());
        }
    }

    fn about(&self) -> MutexGuard<'_, About> {
        self.told.about.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is written down of this call, in which clinic's chain (none is the deployment's); none when it is written
    /// down already, or when the method is not one of the contract's.
    pub fn event(&self, outcome: &str) -> Option<(Option<ClinicId>, Event)> {
        let rule = self.rule.as_ref().filter(|rule| !rule.resource.is_empty())?;
        if self.told.is_recorded.load(Ordering::Acquire) {
            return None;
        }
        let About { clinic: touched, patient, resource } = self.about().clone();
        let own = self.principal.clinic().cloned();
        let (subject, role) = Event::caller(&self.principal);
        let event = Event {
            at: self.now,
            subject,
            role,
            method: rule.path.trim_start_matches('/').to_owned(),
            interaction: rule.interaction,
            patient,
            // A list is about many.
            resource: resource.filter(|_| rule.interaction != Interaction::Search),
            outcome: outcome.to_owned(),
            call_id: self.id.to_string(),
            by_broken_glass: self.allowed.by_broken_glass,
        };
        Some((own.or(touched), event))
    }

    /// The patient whose rows it touched, as far as it is known.
    pub fn patient(&self) -> Option<PatientId> {
        self.about().patient
    }

    /// The event was written down in the call's own transaction.
    pub fn mark_recorded(&self) {
        self.told.is_recorded.store(true, Ordering::Release);
    }

    /// The call that this request belongs to. Fails only where a service is served without kit's edge.
    pub fn of<M>(request: &Request<M>) -> Result<Self, Refusal> {
        let no_edge = || Refusal::new(Reason::Internal, "the request did not come through the edge");
        request.extensions().get::<Call>().cloned().ok_or_else(no_edge)
    }

    /// What is left until the deadline; zero when it has passed.
    pub fn remaining(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// A new id for a row that this call writes.
    pub fn new_id(&self) -> Uuid {
        self.clock.new_id()
    }
}

/// Answers a unary call: `work` gets the call and the message; its refusal becomes a status.
pub async fn unary<M, T, F>(request: Request<M>, work: impl FnOnce(Call, M) -> F) -> Result<Response<T>, Status>
where
    F: Future<Output = Result<T, Refusal>>,
{
    let call = Call::of(&request).map_err(status)?;
    match work(call, request.into_inner()).await {
        Ok(answer) => Ok(Response::new(answer)),
        Err(refusal) => Err(status(refusal)),
    }
}

/// The caller's `x-request-id` when it is a plain token, otherwise a new id.
pub(crate) fn id_of(headers: &HeaderMap, clock: &Clock) -> Arc<str> {
    let given = headers.get(REQUEST_ID_HEADER).and_then(|value| value.to_str().ok());
    match given {
        Some(token) if is_plain_token(token) => token.into(),
        _ => clock.new_id().to_string().into(),
    }
}

fn is_plain_token(text: &str) -> bool {
    let short = !text.is_empty() && (text.len() as u64) <= limits::CALL_ID_CHARACTERS_MAX;
    short && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id_for(header: &str) -> Arc<str> {
        let mut headers = HeaderMap::new();
        headers.insert(REQUEST_ID_HEADER, header.parse().unwrap());
        id_of(&headers, &Clock::system())
    }

    #[test]
    fn a_plain_token_of_the_caller_is_the_calls_id() {
        assert_eq!(&*id_for("tablet-7_a.B"), "tablet-7_a.B");
        assert_eq!(&*id_for(&"a".repeat(64)), "a".repeat(64));
    }

    #[test]
    fn any_other_text_of_the_caller_is_replaced_by_a_new_id() {
        for bad in ["", "a b", "Ann{}", &"a".repeat(65)] {
            assert!(Uuid::parse_str(&id_for(bad)).is_ok(), "{bad}");
        }
        assert!(Uuid::parse_str(&id_of(&HeaderMap::new(), &Clock::system())).is_ok());
    }

    #[test]
    fn a_call_remembers_the_patient_that_it_touched_and_gives_each_row_an_id_of_its_own() {
        let call = Call::new("one", Instant::now(), &Clock::system());
        assert_eq!(call.patient(), None);
        let patient = PatientId(call.new_id());
        call.touches(&"here".parse().unwrap(), Some(patient));
        assert_eq!(call.clone().patient(), Some(patient));
        assert_ne!(call.new_id(), patient.0);
    }

    #[tokio::test]
    async fn a_request_that_did_not_come_through_the_edge_is_a_fault_of_ours() {
        let answer = unary(Request::new(()), |_, ()| async { Ok(()) }).await;
        assert_eq!(answer.unwrap_err().code(), tonic::Code::Internal);
    }
}
