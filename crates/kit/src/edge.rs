//! The steps that every call goes through on its way to a service and back, in their order.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use http::{Request, Response};
use taper_core::limits;
use taper_core::refusal::{Reason, Refusal};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tonic::body::Body;
use tonic::service::Routes;
use tower::Service;
use tracing::Instrument;

use crate::access::{Gate, Shown};
use crate::call::{self, Call};
use crate::caught::caught;
use crate::clock::Clock;
use crate::logs::CallLine;
use crate::standing::Standing;
use crate::status::status;
use crate::stream::GoesOn;
use crate::until::{End, Until};
use crate::{answer, deadline, greeting};

/// Streams that are open for as long as the client likes, bounded by us alone.
const OPEN_STREAMS: &[&str] = &["/grpc.health.v1.Health/Watch", "/grpc.reflection."];

/// Health answers also when everything else is refused, or an orchestrator ends a server that is only busy.
const ALWAYS_ROOM: &str = "/grpc.health.v1.Health/";

/// All services behind the one way in.
///
/// One function with its steps in order rather than a stack of layers: each step is a plain function of its own
/// module, and a call costs one allocation, not one a layer.
#[derive(Clone)]
pub(crate) struct Edge {
    routes: Routes,
    services: Arc<[&'static str]>,
    clock: Clock,
    gate: Gate,
    /// One permit for each call whose handler has not ended, whether its caller still waits or not.
    room: Arc<Semaphore>,
    draining: watch::Receiver<bool>,
}

impl Edge {
    pub(crate) fn new(
        routes: Routes,
        services: Vec<&'static str>,
        clock: Clock,
        gate: Gate,
        draining: watch::Receiver<bool>,
    ) -> Self {
        let room = Arc::new(Semaphore::new(limits::CALLS_AT_ONCE_MAX as usize));
        Self { routes: routes.prepare(), services: services.into(), clock, gate, room, draining }
    }

    /// Waits until no handler is at work.
    pub(crate) async fn idle(&self) {
        let everything = u32::try_from(limits::CALLS_AT_ONCE_MAX).unwrap_or(u32::MAX);
        let _permits = self.room.acquire_many(everything).await;
    }

    /// 1. an id and a line in the log; 2. whatever is not gRPC; 3. the work; 4. the answer in our form.
    async fn answer(self, request: Request<Body>, arrived: Instant) -> Response<Body> {
        let call_id = call::id_of(request.headers(), &self.clock);
        let mut line = CallLine::begin(&request, call_id, self.gate.knows(request.uri().path()));
        if let Some(text) = greeting::for_other_than_grpc(&request, &self.services) {
            line.ended_as_text();
            return text;
        }
        let span = tracing::info_span!("call", request_id = &*line.call_id(), method = line.method());
        let standing = self.standing(&request, line.call_id());
        let by_caller = deadline::allowed_by_caller(request.headers()).ok().flatten();
        let by_caller = by_caller.map(|allowed| at(arrived + allowed));
        let is_open_stream = is_open_stream(request.uri().path());
        let work = self.work(request, standing.shown.clone(), arrived, line.call_id());
        let answer = match work.instrument(span.clone()).await {
            Ok(response) => response,
            Err(refusal) => status(refusal).into_http(),
        };
        let by_us = match answer.extensions().get::<GoesOn>() {
            _ if is_open_stream => Some(self.open_stream_end()),
            // How long the stream of a task may go on is the task's own business.
            Some(GoesOn) => Some(self.drain_begun()),
            None => None,
        };
        let end = match by_us {
            Some(by_us) => Some(stream_end(by_caller, by_us, standing, span)),
            None => by_caller,
        };
        answer::finished(answer, line, end)
    }

    /// 3a. room for one more; 3b. the rest in a task of its own, as long as the deadline gives it.
    async fn work(
        &self,
        request: Request<Body>,
        shown: Arc<Shown>,
        arrived: Instant,
        call_id: Arc<str>,
    ) -> Result<Response<Body>, Refusal> {
        let path = request.uri().path();
        let room = self.room_for(path)?;
        let ours = deadline::allowed_by_us(path);
        let by_caller = deadline::allowed_by_caller(request.headers());
        let theirs = by_caller.as_ref().ok().copied().flatten();
        let deadline = arrived + theirs.map_or(ours, |theirs| theirs.min(ours));
        let body_end = match is_open_stream(path) {
            true => self.open_stream_end(),
            false => at(deadline),
        };
        let request = request.map(|body| Body::new(Until::request(body, body_end)));
        let call = Call::new(call_id, deadline, &self.clock);
        let let_in = self.clone().let_in(request, shown, call, by_caller.map(|_| ()));
        let answered = async { Ok(let_in.await.unwrap_or_else(|refusal| status(refusal).into_http())) };
        deadline::detached(answered, room, deadline).await
    }

    /// 3c. who calls; 3d. whether it may; 3e. the handler; 3f. what happened, written down.
    async fn let_in(
        mut self,
        mut request: Request<Body>,
        shown: Arc<Shown>,
        call: Call,
        is_well_formed: Result<(), Refusal>,
    ) -> Result<Response<Body>, Refusal> {
        let principal = self.gate.identify(&shown, &call).await?;
        let call = call.by(principal, self.gate.rule(request.uri().path())?);
        let allowed = match is_well_formed {
            Ok(()) => self.gate.allows(&call).await,
            Err(malformed) => Err(malformed),
        };
        let call = match allowed {
            Ok(allowed) => call.allowed_as(allowed),
            Err(refusal) => {
                self.gate.record(&call, refusal.reason.code()).await?;
                return Err(refusal);
            }
        };
        request.extensions_mut().insert(call.clone());
        let answer = match caught(async { self.routes.call(request).await }).await {
            Some(Ok(answer)) => answer,
            Some(Err(never)) => match never {},
            None => status(Refusal::new(Reason::Internal, "the handler panicked")).into_http(),
        };
        self.gate.record(&call, &answer::outcome(&answer)).await?;
        Ok(answer)
    }

    fn room_for(&self, path: &str) -> Result<Option<OwnedSemaphorePermit>, Refusal> {
        if path.starts_with(ALWAYS_ROOM) {
            return Ok(None);
        }
        let overloaded = |_| {
            let limit = limits::CALLS_AT_ONCE_MAX.to_string();
            let message = format!("The server is at work on {limit} calls, as many as it takes. Retry after a pause.");
            Refusal::new(Reason::Overloaded, message).with("limit", "CALLS_AT_ONCE_MAX").with("calls_max", limit)
        };
        self.room.clone().try_acquire_owned().map(Some).map_err(overloaded)
    }

    fn standing(&self, request: &Request<Body>, call_id: Arc<str>) -> Standing {
        let (gate, clock) = (self.gate.clone(), self.clock.clone());
        Standing { gate, shown: Arc::new(Shown::of(request)), method: request.uri().clone(), call_id, clock }
    }

    fn drain_begun(&self) -> End {
        let mut draining = self.draining.clone();
        Box::pin(async move {
            let _sender_gone = draining.wait_for(|draining| *draining).await;
            status(answer::shutting_down())
        })
    }

    fn open_stream_end(&self) -> End {
        let mut draining = self.draining.clone();
        let longest = Duration::from_secs(limits::OPEN_STREAM_SECONDS_MAX);
        Box::pin(async move {
            let _either = tokio::time::timeout(longest, draining.wait_for(|draining| *draining)).await;
            status(answer::shutting_down())
        })
    }
}

fn is_open_stream(path: &str) -> bool {
    OPEN_STREAMS.iter().any(|start| path.starts_with(start))
}

/// When a stream of answers ends: at the caller's deadline, by us, or when the caller would no longer be let in.
fn stream_end(by_caller: Option<End>, by_us: End, standing: Standing, span: tracing::Span) -> End {
    let every = Duration::from_secs(limits::OPEN_STREAM_ACCESS_INTERVAL_SECONDS);
    let access_ended = standing.ended(every).instrument(span);
    Box::pin(async move {
        let by_caller = async {
            match by_caller {
                Some(by_caller) => by_caller.await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            status = by_caller => status,
            status = by_us => status,
            refusal = access_ended => status(refusal),
        }
    })
}

fn at(deadline: Instant) -> End {
    Box::pin(async move {
        tokio::time::sleep_until(deadline.into()).await;
        status(deadline::passed())
    })
}

impl Service<Request<Body>> for Edge {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // The routes are always ready; what limits us is the room, which refuses and never queues.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let edge = self.clone();
        // Read here and not in the future: tonic's own timer for `grpc-timeout` starts between the two, and must be
        // the later one (see `deadline::before`).
        let arrived = Instant::now();
        Box::pin(async move { Ok(edge.answer(request, arrived).await) })
    }
}
