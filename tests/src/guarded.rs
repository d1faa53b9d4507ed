//! A world with a second server on the same database that asks everybody for a key: what one builds, the other guards.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use taper::gate;
use taper::server::{self, Part};
use taper_core::access::{ApiKey, Member, Role, Scopes};
use taper_core::ids::{ClinicId, MemberId};
use taper_core::text::Line;
use taper_kit::{Clock, key};
use taper_login::Login;
use taper_login::token::Tokens;
use taper_store::{keys, members};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::Status;
use tonic::metadata::MetadataMap;
use tonic::transport::Channel;

use crate::{Database, World, raw};

/// The two servers.
pub struct Guarded {
    /// The open one, by which a test builds what it needs.
    pub world: World,
    /// A connection to the one that asks for a key.
    pub channel: Channel,
    /// Where that one listens.
    pub address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Guarded {
    /// Starts both on a fresh database.
    pub async fn start(database: Database) -> Self {
        Self::start_with(database, None).await
    }

    /// The same, and the guarded one also lets in holders of an issuer's tokens.
    pub async fn start_with(database: Database, tokens: Option<Tokens>) -> Self {
        let world = World::start(database).await;
        let store = world.store.clone().expect("a world of this process");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let until = async {
            let _ = stopped.await;
        };
        let serving = tokio::spawn(async move {
            let gate = gate::with_login(&store, Login::new(store.clone(), tokens, true)).expect("the contract's table");
            server::serve(listener, store, Part::All, gate, until).await.expect("serving");
        });
        let channel = World::connect(address).await;
        Self { world, channel, address, stop, serving }
    }

    /// A new key of a clinic, as its holder shows it. An operator's is the deployment's.
    pub async fn key(&self, clinic: &str, role: Role) -> String {
        let scopes = if role == Role::Integrator { "system/*.cruds" } else { "" };
        self.key_with(clinic, |key| ApiKey { role, scopes: Scopes::parse(scopes).unwrap(), ..key }).await
    }

    /// The same, with whatever else is to be said of it.
    pub async fn key_with(&self, clinic: &str, change: impl FnOnce(ApiKey) -> ApiKey) -> String {
        let now = Clock::system().now();
        let id = clinic.trim_start_matches("clinics/");
        let blank = ApiKey {
            id: String::new(),
            client: Line::parse(&format!("client {}", Clock::system().new_id())).unwrap(),
            role: Role::ClinicAdmin,
            scopes: Scopes::default(),
            therapist: None,
            certificate: None,
            created_at: now,
            expires_at: now + SignedDuration::from_hours(1),
            revoked_at: None,
        };
        let content = change(blank);
        let clinic = if content.role == Role::Operator { ClinicId::deployment() } else { id.parse().unwrap() };
        let text = key::new(&clinic).unwrap();
        let content = ApiKey { id: text.id.clone(), ..content };
        let tx = self.store().begin_write(&clinic, soon()).await.unwrap();
        keys::create(&tx, &content, text.secret_sha256()).await.unwrap();
        tx.commit().await.unwrap();
        text.reveal()
    }

    /// Ends a key as its administrator would.
    pub async fn revoke(&self, key: &str, now: Timestamp) {
        let key = taper_core::access::KeyText::parse(key).unwrap();
        let tx = self.store().begin_write(&key.clinic, soon()).await.unwrap();
        keys::revoke(&tx, &key.id, now).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Makes a subject of an issuer a physiotherapist of a clinic.
    pub async fn member(&self, clinic: &str, issuer: &str, subject: &str) -> MemberId {
        self.member_as(clinic, issuer, subject, Role::Physiotherapist).await
    }

    /// Makes a subject of an issuer a member of a clinic; a program may then do what its role may.
    pub async fn member_as(&self, clinic: &str, issuer: &str, subject: &str, role: Role) -> MemberId {
        let scopes = if role == Role::Integrator { "system/*.cruds" } else { "" };
        let member = Member {
            id: MemberId(Clock::system().new_id()),
            issuer: Line::parse(issuer).unwrap(),
            subject: Line::parse(subject).unwrap(),
            role,
            scopes: Scopes::parse(scopes).unwrap(),
            therapist: None,
            created_at: Clock::system().now(),
            disabled_at: None,
        };
        let clinic = clinic.trim_start_matches("clinics/").parse().unwrap();
        let tx = self.store().begin_write(&clinic, soon()).await.unwrap();
        members::create(&tx, &member).await.unwrap();
        tx.commit().await.unwrap();
        member.id
    }

    /// Ends a membership as the clinic's administrator would.
    pub async fn disable(&self, clinic: &str, member: MemberId, now: Timestamp) {
        let clinic = clinic.trim_start_matches("clinics/").parse().unwrap();
        let tx = self.store().begin_write(&clinic, soon()).await.unwrap();
        members::disable(&tx, member, now).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Calls a method of the guarded server with these `authorization` headers.
    pub async fn call(&self, path: &str, message: Vec<u8>, authorization: &[&str]) -> Result<Vec<Vec<u8>>, Status> {
        let mut headers = MetadataMap::new();
        for value in authorization {
            headers.append("authorization", value.parse().unwrap());
        }
        raw::call(&self.channel, path, message, headers).await
    }

    /// Calls a method with a key.
    pub async fn call_with(&self, path: &str, message: Vec<u8>, key: &str) -> Result<Vec<Vec<u8>>, Status> {
        self.call(path, message, &[&format!("Bearer {key}")]).await
    }

    /// The database of both.
    pub fn store(&self) -> &taper_store::Store {
        self.world.store.as_ref().expect("a world of this process")
    }

    /// Stops both.
    pub async fn stop(self) {
        self.end().await;
    }

    /// Stops both and leaves their database for another server, for as long as the world is there.
    pub async fn end(self) -> World {
        let Self { mut world, channel, stop, serving, .. } = self;
        drop((stop, channel));
        serving.await.expect("the server ended with a fault");
        // The first one closed the database for both.
        world.end().await;
        world
    }
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(30)
}
