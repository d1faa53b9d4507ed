//! A world: the real server of all services, in this process, on a loopback port and a database of its own.

use std::net::SocketAddr;

use taper::gate;
use taper::server::{self, Part};
use taper_api::v1::assessment_service_client::AssessmentServiceClient;
use taper_api::v1::patient_service_client::PatientServiceClient;
use taper_api::v1::protocol_service_client::ProtocolServiceClient;
use taper_api::v1::session_service_client::SessionServiceClient;
use taper_api::v1::treatment_plan_service_client::TreatmentPlanServiceClient;
use taper_store::{Options, Store};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::transport::Channel;

use crate::database::{Database, Place, master_key};
use crate::overheard;

/// A running server and a channel to it.
pub struct World {
    /// Which database it stands on, for messages.
    pub database: Database,
    /// A connection.
    pub channel: Channel,
    /// Where it listens.
    pub address: SocketAddr,
    /// The URL of its database.
    pub database_url: String,
    /// Its store, to put many rows into at once; none when the server is another process.
    pub store: Option<Store>,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<()>>,
    _place: Option<Place>,
}

impl World {
    /// Starts a server on a fresh, migrated database.
    pub async fn start(database: Database) -> Self {
        Self::start_with(database, Options::default()).await
    }

    /// The same with options of the store.
    pub async fn start_with(database: Database, options: Options) -> Self {
        overheard::listen();
        let place = Place::new(database).await;
        let options = Options { master_key: Some(master_key()), ..options };
        let store = Store::open(&place.url, options).await.expect("opening the database");
        store.migrate().up().await.expect("migrating");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let until = async {
            // A dropped sender ends the server as well.
            let _ = stopped.await;
        };
        let served = store.clone();
        let serving = tokio::spawn(async move {
            let gate = gate::open(&served).expect("the table of the contract");
            server::serve(listener, served, Part::All, gate, until).await.expect("serving");
        });
        let channel = Self::connect(address).await;
        let database_url = place.url.clone();
        Self {
            database,
            channel,
            address,
            database_url,
            store: Some(store),
            stop: Some(stop),
            serving: Some(serving),
            _place: Some(place),
        }
    }

    /// A world whose server is another process.
    pub async fn remote(database: Database, address: SocketAddr) -> Self {
        let channel = Self::connect(address).await;
        Self {
            database,
            channel,
            address,
            database_url: String::new(),
            store: None,
            stop: None,
            serving: None,
            _place: None,
        }
    }

    /// Another connection to a server.
    pub async fn connect(address: SocketAddr) -> Channel {
        Channel::from_shared(format!("http://{address}")).unwrap().connect().await.expect("connecting")
    }

    /// Stops the server as SIGTERM would, and waits until it has ended. Nothing that was planted may be in its log.
    pub async fn stop(mut self) {
        self.end().await;
    }

    /// Stops the server and leaves its database for another one, for as long as this world is there.
    pub async fn end(&mut self) {
        drop(self.stop.take());
        self.store = None;
        if let Some(serving) = self.serving.take() {
            serving.await.expect("the server ended with a fault");
        }
        overheard::assert_nothing_planted();
    }

    /// A client.
    pub fn patients(&self) -> PatientServiceClient<Channel> {
        PatientServiceClient::new(self.channel.clone())
    }

    /// A client.
    pub fn assessments(&self) -> AssessmentServiceClient<Channel> {
        AssessmentServiceClient::new(self.channel.clone())
    }

    /// A client.
    pub fn sessions(&self) -> SessionServiceClient<Channel> {
        SessionServiceClient::new(self.channel.clone())
    }

    /// A client.
    pub fn plans(&self) -> TreatmentPlanServiceClient<Channel> {
        TreatmentPlanServiceClient::new(self.channel.clone())
    }

    /// A client.
    pub fn protocols(&self) -> ProtocolServiceClient<Channel> {
        ProtocolServiceClient::new(self.channel.clone())
    }
}
