//! `taper keys`: makes, lists and revokes keys on the database itself; the first key of a deployment is made so.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use jiff::{SignedDuration, Timestamp};
use taper_core::access::{ApiKey, Interaction, KEY_DAYS_MAX, Role, Scopes};
use taper_core::audit::Event;
use taper_core::ids::{ClinicId, TherapistId};
use taper_core::text::Line;
use taper_kit::{Clock, key};
use taper_store::{Store, Write, audit, clinics, keys};

use crate::columns::{Columns, Row, row};
use crate::database;
use crate::explain::SCREEN_WIDTH;
use crate::paper::say;

/// What one command may take on the database.
const WITHIN: Duration = Duration::from_secs(30);

/// Keys with which programs and people come in, made on the database itself. A server lists and revokes them too
/// (AdminService).
#[derive(Debug, Args)]
pub struct Keys {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Create(Create),
    List(List),
    Revoke(Revoke),
}

/// Which keys.
#[derive(Debug, Args)]
struct Place {
    /// The database: postgres://USER:PASSWORD@HOST/DATABASE or sqlite://PATH
    #[arg(long, value_name = "URL", env = database::URL_VARIABLE, hide_env_values = true)]
    database_url: String,

    /// The clinic that the keys open
    #[arg(long, value_name = "SLUG", required_unless_present = "operator")]
    clinic: Option<ClinicId>,

    /// Keys of operators, who run the deployment and see no patient data
    #[arg(long, conflicts_with = "clinic")]
    operator: bool,
}

/// Makes a key and prints it; it is shown this once.
#[derive(Debug, Args)]
struct Create {
    #[command(flatten)]
    place: Place,

    /// The program or the person that holds it; it has two live keys at most
    #[arg(long, value_name = "NAME", value_parser = line)]
    client: Line,

    /// clinic_admin, physiotherapist, massage_therapist, front_desk, integrator or auditor
    #[arg(long, value_name = "ROLE", required_unless_present = "operator", conflicts_with = "operator")]
    role: Option<Role>,

    /// What a program may do, for example system/*.cruds or system/Patient.rs; may be given several times
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<String>,

    /// The therapist that holds it, by id
    #[arg(long, value_name = "ID")]
    therapist: Option<TherapistId>,

    /// SHA-256 of the client certificate without which the key opens nothing, as `openssl x509 -noout -fingerprint
    /// -sha256` prints it
    #[arg(long, value_name = "HEX", value_parser = certificate)]
    certificate_sha256: Option<[u8; 32]>,

    /// The key ends after so many days
    #[arg(long, value_name = "DAYS", default_value_t = 90, value_parser = clap::value_parser!(i64).range(1..=KEY_DAYS_MAX))]
    days: i64,
}

/// Lists keys, without their secrets.
#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    place: Place,
}

/// Ends a key; it opens nothing any more within 30 seconds.
#[derive(Debug, Args)]
struct Revoke {
    #[command(flatten)]
    place: Place,

    /// The key's id: what stands between the second and the third underscore of the key
    id: String,
}

fn line(text: &str) -> Result<Line, String> {
    Line::parse(text).map_err(|fault| fault.to_string())
}

/// 64 hexadecimal digits, or 32 pairs of them with colons between.
fn certificate(text: &str) -> Result<[u8; 32], &'static str> {
    let fault = "must have 64 hexadecimal digits, in pairs with colons between them or without any";
    let pairs: Vec<&str> = match text.len() {
        64 => text.as_bytes().chunks(2).filter_map(|pair| std::str::from_utf8(pair).ok()).collect(),
        _ => text.split(':').collect(),
    };
    let byte = |pair: &&str| {
        let is_pair = pair.len() == 2 && pair.bytes().all(|digit| digit.is_ascii_hexdigit());
        u8::from_str_radix(pair, 16).ok().filter(|_| is_pair)
    };
    let bytes: Option<Vec<u8>> = pairs.iter().map(byte).collect();
    bytes.and_then(|bytes| bytes.try_into().ok()).ok_or(fault)
}

impl Keys {
    /// Runs the command on the database.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Create(create) => create.run().await?,
            Command::List(list) => list.run().await?,
            Command::Revoke(revoke) => revoke.run().await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Place {
    fn clinic(&self) -> ClinicId {
        self.clinic.clone().unwrap_or_else(ClinicId::deployment)
    }

    async fn open(&self) -> anyhow::Result<Store> {
        let store = database::open(&self.database_url).await?;
        database::check(&store).await?;
        Ok(store)
    }

    /// A change of the keys; the clinic must exist.
    async fn write(&self, store: &Store) -> anyhow::Result<Write> {
        let tx = store.begin_write(&self.clinic(), Instant::now() + WITHIN).await?;
        if !self.operator {
            let found = clinics::get(&tx).await;
            found.context("an operator makes a clinic with PatientService.CreateClinic; there is none of this slug")?;
        }
        Ok(tx)
    }
}

impl Create {
    async fn run(self) -> anyhow::Result<()> {
        let now = Clock::system().now();
        let role = self.role.unwrap_or(Role::Operator);
        if role == Role::Operator && !self.place.operator {
            bail!("an operator belongs to no clinic; make its key with --operator instead of --clinic and --role");
        }
        let scopes = Scopes::parse(&self.scopes.join(" ")).map_err(|fault| anyhow::anyhow!("--scope {fault}"))?;
        if role == Role::Integrator && scopes.is_empty() {
            bail!("an integrator may do what its scopes say: give --scope, for example --scope 'system/*.cruds'");
        }
        let store = self.place.open().await?;
        let text = key::new(&self.place.clinic()).map_err(|refusal| anyhow::anyhow!(refusal.message))?;
        let content = ApiKey {
            id: text.id.clone(),
            client: self.client,
            role,
            scopes,
            therapist: self.therapist,
            certificate: self.certificate_sha256,
            created_at: now,
            expires_at: now.checked_add(SignedDuration::from_hours(self.days.saturating_mul(24)))?,
            revoked_at: None,
        };
        let tx = self.place.write(&store).await?;
        keys::create(&tx, &content, text.secret_sha256()).await.context("no key was made")?;
        audit::append(
            &tx,
            vec![event("taper keys create", Interaction::Create, &self.place.clinic(), &content.id, now)],
        )
        .await?;
        tx.commit().await?;
        store.close().await;
        say(text.reveal())?;
        eprintln!(
            "Key {} of {} ({role}) ends on {}. It is shown this once: keep it where programs keep secrets, and send it \
             as `authorization: Bearer`.",
            content.id,
            content.client,
            day(content.expires_at)
        );
        Ok(())
    }
}

impl List {
    async fn run(self) -> anyhow::Result<()> {
        let store = self.place.open().await?;
        let tx = store.begin_read(&self.place.clinic(), Instant::now() + WITHIN).await?;
        let mut rows: Vec<Row> = vec![row(["key", "client", "role", "scopes", "ends", "state"])];
        let now = Clock::system().now();
        let mut after = None;
        loop {
            let keys = keys::list(&tx, after.as_deref(), 100).await?;
            for key in &keys {
                let scopes = key.scopes.to_string();
                let (ends, state) = (day(key.expires_at), state(key, now).to_owned());
                rows.push(vec![key.id.clone(), key.client.to_string(), key.role.to_string(), scopes, ends, state]);
            }
            match keys.last() {
                Some(last) => after = Some(last.id.clone()),
                None => break,
            }
        }
        drop(tx);
        store.close().await;
        say(Columns::table(&rows, 0, SCREEN_WIDTH.into()).join("\n"))?;
        Ok(())
    }
}

impl Revoke {
    async fn run(self) -> anyhow::Result<()> {
        let now = Clock::system().now();
        let store = self.place.open().await?;
        let tx = self.place.write(&store).await?;
        let key = keys::revoke(&tx, &self.id, now).await?;
        audit::append(&tx, vec![event("taper keys revoke", Interaction::Update, &self.place.clinic(), &key.id, now)])
            .await?;
        tx.commit().await?;
        store.close().await;
        say(format_args!("Key {} of {} opens nothing any more.", key.id, key.client))?;
        Ok(())
    }
}

/// Whoever has the database's password can make keys; that it was done is in the clinic's chain like everything else.
fn event(method: &str, interaction: Interaction, clinic: &ClinicId, key: &str, now: Timestamp) -> Event {
    Event {
        at: now,
        subject: "command line".to_owned(),
        role: Some(Role::Operator),
        method: method.to_owned(),
        interaction,
        patient: None,
        resource: Some(format!("clinics/{clinic}/apiKeys/{key}")),
        outcome: "OK".to_owned(),
        call_id: Clock::system().new_id().to_string(),
        by_broken_glass: false,
    }
}

fn day(instant: Timestamp) -> String {
    instant.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}

fn state(key: &ApiKey, now: Timestamp) -> &'static str {
    match key.revoked_at {
        Some(_) => "revoked",
        None if now >= key.expires_at => "ended",
        None => "live",
    }
}
