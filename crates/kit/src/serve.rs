//! Serving: the services with health and reflection, on a listener with every limit set, until told to stop.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use http::{Request, Response};
use prost::Message;
use prost_types::FileDescriptorSet;
use taper_core::limits;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tonic::body::Body;
use tonic::server::NamedService;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;
use tower::Service;

use crate::access::Gate;
use crate::clock::Clock;
use crate::edge::Edge;
use crate::tls::{Incoming, Tls};

/// Every limit of a connection, none left to a default: tonic's own defaults switch some of hyper's off.
///
/// tonic's grace after the age of a connection is left out on purpose: where it is set, 0.14.9 never asks a
/// connection to go away and cuts it instead. Each stream is bounded by us, so that every connection does end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerLimits {
    /// SETTINGS_MAX_CONCURRENT_STREAMS.
    pub concurrent_streams_max: u32,
    /// Streams reset because of the peer's errors, before the connection is closed (RUSTSEC-2024-0003).
    pub local_error_reset_streams_max: usize,
    /// Streams that the peer reset before we took them (rapid reset).
    pub pending_accept_reset_streams_max: usize,
    /// SETTINGS_MAX_HEADER_LIST_SIZE.
    pub header_list_bytes_max: u32,
    /// SETTINGS_MAX_FRAME_SIZE.
    pub frame_bytes_max: u32,
    /// SETTINGS_INITIAL_WINDOW_SIZE.
    pub stream_window_bytes: u32,
    /// The window of the whole connection.
    pub connection_window_bytes: u32,
    /// Between two pings.
    pub keepalive_interval: Duration,
    /// The wait for a ping's answer.
    pub keepalive_timeout: Duration,
    /// The age at which a connection is asked to go away.
    pub connection_age_max: Duration,
    /// No waiting to fill a packet.
    pub tcp_nodelay: bool,
}

impl ServerLimits {
    /// The limits of `taper_core::limits`.
    pub fn of_table() -> Self {
        // The table's values are small; one that does not fit its field would be a limit of the field's size.
        let small = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
        Self {
            concurrent_streams_max: small(limits::CONCURRENT_STREAMS_MAX),
            local_error_reset_streams_max: limits::LOCAL_ERROR_RESET_STREAMS_MAX as usize,
            pending_accept_reset_streams_max: limits::PENDING_ACCEPT_RESET_STREAMS_MAX as usize,
            header_list_bytes_max: small(limits::HEADER_LIST_BYTES_MAX),
            frame_bytes_max: small(limits::FRAME_BYTES_MAX),
            stream_window_bytes: small(limits::STREAM_WINDOW_BYTES),
            connection_window_bytes: small(limits::CONNECTION_WINDOW_BYTES),
            keepalive_interval: Duration::from_secs(limits::KEEPALIVE_INTERVAL_SECONDS),
            keepalive_timeout: Duration::from_secs(limits::KEEPALIVE_TIMEOUT_SECONDS),
            connection_age_max: Duration::from_secs(limits::CONNECTION_AGE_SECONDS_MAX),
            tcp_nodelay: true,
        }
    }

    fn server(&self) -> Server {
        Server::builder()
            .max_concurrent_streams(self.concurrent_streams_max)
            .http2_max_local_error_reset_streams(Some(self.local_error_reset_streams_max))
            .http2_max_pending_accept_reset_streams(Some(self.pending_accept_reset_streams_max))
            .http2_max_header_list_size(self.header_list_bytes_max)
            .max_frame_size(self.frame_bytes_max)
            .initial_stream_window_size(self.stream_window_bytes)
            .initial_connection_window_size(self.connection_window_bytes)
            .http2_adaptive_window(Some(false))
            .http2_keepalive_interval(Some(self.keepalive_interval))
            .http2_keepalive_timeout(Some(self.keepalive_timeout))
            .max_connection_age(self.connection_age_max)
            // So that a browser or curl gets a helpful text; gRPC itself is refused on it.
            .accept_http1(true)
    }
}

/// Why serving could not begin or go on.
#[derive(Debug, thiserror::Error)]
pub enum ServeFault {
    /// The descriptors do not decode.
    #[error("reflection: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
    /// The transport failed.
    #[error("transport: {0}")]
    Transport(#[from] tonic::transport::Error),
}

/// How serving ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drained {
    /// Every call at work was answered and had ended.
    Whole,
    /// The drain took longer than [`limits::DRAIN_SECONDS_MAX`]; calls were cut off.
    CutOff,
}

/// The services of one process, with health and reflection for them.
pub struct Services {
    routes: Routes,
    names: Vec<&'static str>,
    health: HealthReporter,
    gate: Gate,
}

impl Services {
    /// Health, and reflection as v1 and v1alpha of the given encoded `FileDescriptorSet`, health's and google/rpc's.
    pub fn new(file_descriptor_set: &[u8]) -> Result<Self, ServeFault> {
        let error_details = error_details()?;
        let reflection = || {
            tonic_reflection::server::Builder::configure()
                .register_encoded_file_descriptor_set(file_descriptor_set)
                .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
                .register_file_descriptor_set(error_details.clone())
        };
        let health = HealthReporter::new();
        let health_service = tonic_health::server::HealthService::from_health_reporter(health.clone());
        let routes = Routes::new(tonic_health::pb::health_server::HealthServer::new(health_service))
            .add_service(reflection().build_v1()?)
            .add_service(reflection().build_v1alpha()?);
        Ok(Self { routes, names: Vec::new(), health, gate: Gate::open() })
    }

    /// Adds a generated server, for example `PatientServiceServer::new(patients)`; nothing needs to be set on it.
    #[must_use]
    pub fn with<S>(mut self, service: S) -> Self
    where
        S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + NamedService,
        S: Clone + Send + Sync + 'static,
        S::Future: Send + 'static,
    {
        self.names.push(S::NAME);
        self.routes = self.routes.add_service(service);
        self
    }

    /// Puts a gate in front of every route.
    #[must_use]
    pub fn behind(self, gate: Gate) -> Self {
        Self { gate, ..self }
    }

    /// Says of the whole server and of every service whether it can serve, for example when the database is away.
    pub fn health(&self) -> Health {
        Health { reporter: self.health.clone(), names: self.names.clone() }
    }
}

/// The descriptors of google/rpc under the names that everyone imports them by; tonic-types leaves the folder out.
fn error_details() -> Result<FileDescriptorSet, ServeFault> {
    let decoded = FileDescriptorSet::decode(tonic_types::pb::FILE_DESCRIPTOR_SET);
    let mut set = decoded.map_err(tonic_reflection::server::Error::from)?;
    for file in &mut set.file {
        if file.package() == "google.rpc" {
            file.name = Some(format!("google/rpc/{}", file.name()));
        }
    }
    Ok(set)
}

/// The health of the server and its services.
#[derive(Clone, Debug)]
pub struct Health {
    reporter: HealthReporter,
    names: Vec<&'static str>,
}

impl Health {
    /// Sets SERVING or NOT_SERVING for `""` and every service; those who watch are told.
    pub async fn set(&self, is_serving: bool) {
        let status = if is_serving { ServingStatus::Serving } else { ServingStatus::NotServing };
        for name in [""].iter().chain(&self.names) {
            self.reporter.set_service_status(name, status).await;
        }
    }
}

/// A port that the caller has bound, with TLS or, for this machine only, without.
pub struct Listener {
    port: TcpListener,
    tls: Option<Tls>,
}

impl Listener {
    /// With TLS: whoever speaks without it is not heard.
    pub fn with_tls(port: TcpListener, tls: Tls) -> Self {
        Self { port, tls: Some(tls) }
    }
}

impl From<TcpListener> for Listener {
    fn from(port: TcpListener) -> Self {
        Self { port, tls: None }
    }
}

/// Serves on a listener that the caller has bound, until `stop` ends; then drains and returns.
///
/// The drain: health says NOT_SERVING, a short pause for load balancers, no new connections, open health and
/// reflection streams end, calls at work finish, also those whose callers have gone.
pub async fn serve(
    listener: impl Into<Listener>,
    services: Services,
    clock: Clock,
    stop: impl Future<Output = ()>,
) -> Result<Drained, ServeFault> {
    let health = services.health();
    health.set(true).await;
    let (drain, draining) = watch::channel(false);
    let edge = Edge::new(services.routes, services.names, clock, services.gate, draining.clone());
    let mut server = transport(listener.into(), edge.clone(), draining);

    let stopping = async {
        stop.await;
        health.set(false).await;
        tokio::time::sleep(Duration::from_millis(limits::DRAIN_PAUSE_MILLISECONDS)).await;
        drain.send_replace(true);
    };
    tokio::select! {
        ended = &mut server => return ended.map(|()| Drained::Whole).map_err(ServeFault::from),
        () = stopping => {}
    }

    let drained = async {
        server.await?;
        edge.idle().await;
        Ok::<(), ServeFault>(())
    };
    match tokio::time::timeout(Duration::from_secs(limits::DRAIN_SECONDS_MAX), drained).await {
        Ok(ended) => ended.map(|()| Drained::Whole),
        Err(_elapsed) => Ok(Drained::CutOff),
    }
}

type Serving = Pin<Box<dyn Future<Output = Result<(), tonic::transport::Error>> + Send>>;

fn transport(listener: Listener, edge: Edge, draining: watch::Receiver<bool>) -> Serving {
    let limits = ServerLimits::of_table();
    let server = limits.server();
    match listener.tls {
        Some(tls) => {
            let incoming = Incoming::new(listener.port, tls, limits.tcp_nodelay);
            Box::pin(server.serve_with_incoming_shutdown(edge, incoming, begun(draining)))
        }
        None => {
            let incoming = TcpIncoming::from(listener.port).with_nodelay(Some(limits.tcp_nodelay));
            Box::pin(server.serve_with_incoming_shutdown(edge, incoming, begun(draining)))
        }
    }
}

async fn begun(mut draining: watch::Receiver<bool>) {
    let _sender_gone = draining.wait_for(|draining| *draining).await;
}
