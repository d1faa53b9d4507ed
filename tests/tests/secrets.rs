//! Nothing secret and nothing of patients is in what the server writes at the finest level, nor in what it refuses with.

use std::path::Path;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use prost::Message;
use taper_api::v1;
use taper_core::access::Role;
use taper_tests::{
    BIRTH_DATE, Case, Clinic, Database, Guarded, Served, TokenIssuer, World, assessment, date, days_ago, filled,
    finding, lines_with_secrets, planted, planted_fields, raw, request_id, session,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tonic::Status;
use tonic::metadata::MetadataMap;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};

/// Calls the server, and keeps what it refuses with.
struct Caller {
    channel: Channel,
    authorization: Vec<String>,
    refusals: Vec<(String, String)>,
}

impl Caller {
    async fn call(&mut self, method: &str, message: Vec<u8>) -> Result<Vec<Vec<u8>>, Status> {
        let mut headers = MetadataMap::new();
        for value in &self.authorization {
            headers.append("authorization", value.parse().unwrap());
        }
        let answer = raw::call(&self.channel, &format!("/taper.v1.{method}"), message, headers).await;
        if let Err(status) = &answer {
            let details = String::from_utf8_lossy(status.details()).into_owned();
            self.refusals.push((method.to_owned(), format!("{} {details} {:?}", status.message(), status.metadata())));
        }
        answer
    }

    /// A call that must succeed.
    async fn done<A: Message + Default>(&mut self, method: &str, message: impl Message) -> A {
        let answer =
            self.call(method, message.encode_to_vec()).await.unwrap_or_else(|status| panic!("{method}: {status:?}"));
        A::decode(answer[0].as_slice()).unwrap()
    }

    /// Every method, with planted texts in every field: as no right caller sends it, and for each of these names.
    async fn every_method(&mut self, names: &[String]) {
        for method in raw::methods() {
            let path = format!("{}/{}", method.parent_service().name(), method.name());
            for name in [None].into_iter().chain(names.iter().map(|name| Some(name.as_str()))) {
                let message = filled(&method.input(), name).encode_to_vec();
                let _ = self.call(&path, message.clone()).await;
                if name.is_none() {
                    // Cut off within a text, and followed by a field that nobody knows.
                    let _ = self.call(&path, message[..message.len() - message.len().min(3)].to_vec()).await;
                    let unknown = planted("unknown_field");
                    let field = [&[0xfa, 0xff, 0x03, unknown.len() as u8], unknown.as_bytes()].concat();
                    let _ = self.call(&path, field).await;
                }
            }
        }
    }

    /// Writes that succeed, with planted texts in all that is free; gives the names of what was written.
    async fn writes(&mut self, clinic: &str, case: &Case) -> Vec<String> {
        let (year, month, day) = BIRTH_DATE;
        let external_id = || v1::ExternalId { system: planted("system"), value: planted("external_id") };
        let patient = v1::Patient {
            given_name: planted("given_name"),
            family_name: planted("family_name"),
            birth_date: Some(date(year, month, day)),
            external_ids: vec![external_id()],
            ..Default::default()
        };
        let create = || v1::CreatePatientRequest {
            parent: clinic.to_owned(),
            patient: Some(patient.clone()),
            request_id: request_id(),
        };
        let made: v1::Patient = self.done("PatientService/CreatePatient", create()).await;
        let _taken = self.call("PatientService/CreatePatient", create().encode_to_vec()).await;
        let injury = v1::Injury { note: planted("injury_note"), ..Clinic::new_injury() };
        let parent = made.name.clone();
        let request = v1::CreateInjuryRequest { parent, injury: Some(injury), request_id: request_id() };
        let injury: v1::Injury = self.done("PatientService/CreateInjury", request).await;
        let observed = v1::Observation {
            tester: case.therapist.clone(),
            device: planted("device"),
            ..finding("palpable_gap", false)
        };
        let noted = v1::Assessment { note: planted("assessment_note"), ..assessment(1, vec![observed]) };
        let parent = case.injury.clone();
        let request = v1::CreateAssessmentRequest { parent, assessment: Some(noted), request_id: request_id() };
        let noted: v1::Assessment = self.done("AssessmentService/CreateAssessment", request).await;
        let request = v1::AmendAssessmentRequest {
            assessment: Some(noted.clone()),
            reason: planted("amend_reason"),
            request_id: request_id(),
            ..Default::default()
        };
        let _amended: v1::Assessment = self.done("AssessmentService/AmendAssessment", request).await;
        let activity = v1::Activity {
            date: Some(days_ago(1)),
            kind: v1::ActivityKind::Run.into(),
            reported_by: v1::Reporter::Patient.into(),
            note: planted("activity_note"),
            ..Default::default()
        };
        let parent = case.injury.clone();
        let request = v1::CreateActivityRequest { parent, activity: Some(activity), request_id: request_id() };
        let activity: v1::Activity = self.done("AssessmentService/CreateActivity", request).await;
        let (visit, decision) = (self.visits(case).await, self.decision(case).await);
        vec![made.name, injury.name, noted.name, activity.name, visit, decision]
    }

    async fn visits(&mut self, case: &Case) -> String {
        let noted = v1::Session { note: planted("session_note"), ..session(3) };
        let parent = case.plan.clone();
        let request =
            v1::CreateSessionRequest { parent: parent.clone(), session: Some(noted), request_id: request_id() };
        let noted: v1::Session = self.done("SessionService/CreateSession", request).await;
        let state = v1::SessionState::Planned.into();
        let planned = v1::Session { state, pain_before_nprs: None, pain_after_nprs: None, ..session(0) };
        let request = v1::CreateSessionRequest { parent, session: Some(planned), request_id: request_id() };
        let planned: v1::Session = self.done("SessionService/CreateSession", request).await;
        let reason = planted("cancel_reason");
        let request = v1::CancelSessionRequest { name: planned.name, reason, ..Default::default() };
        let _cancelled: v1::Session = self.done("SessionService/CancelSession", request).await;
        noted.name
    }

    async fn decision(&mut self, case: &Case) -> String {
        let request = v1::GetRecommendationRequest { name: case.plan.clone(), ..Default::default() };
        let advice: v1::Recommendation = self.done("TreatmentPlanService/GetRecommendation", request).await;
        let decision = v1::Decision {
            therapist: case.therapist.clone(),
            decided: Some(v1::decision::Decided::Phase(2)),
            override_reason: v1::OverrideReason::Other.into(),
            note: planted("override_note"),
            ..Default::default()
        };
        let request = v1::CreateDecisionRequest {
            parent: case.plan.clone(),
            decision: Some(decision),
            etag: advice.plan_etag,
            request_id: request_id(),
        };
        let decision: v1::Decision = self.done("TreatmentPlanService/CreateDecision", request).await;
        decision.name
    }

    /// What a clinic's administrator writes. Gives the secret of a key that was made.
    async fn administers(&mut self, clinic: &str) -> String {
        let parent = clinic.to_owned();
        let request = v1::BreakGlassRequest {
            parent: parent.clone(),
            reason: planted("glass_reason"),
            minutes: 5,
            request_id: String::new(),
        };
        let _denied_or_broken = self.call("AdminService/BreakGlass", request.encode_to_vec()).await;
        let member = v1::Member {
            issuer: format!("https://{}.example.org", planted("issuer").to_lowercase()),
            subject: planted("subject"),
            role: v1::Role::FrontDesk.into(),
            ..Default::default()
        };
        let request =
            v1::CreateMemberRequest { parent: parent.clone(), member: Some(member), request_id: request_id() };
        let _member: v1::Member = self.done("AdminService/CreateMember", request).await;
        let api_key = v1::ApiKey { client: planted("client"), role: v1::Role::FrontDesk.into(), ..Default::default() };
        let request = v1::CreateApiKeyRequest { parent, api_key: Some(api_key), request_id: request_id() };
        let made: v1::ApiKey = self.done("AdminService/CreateApiKey", request).await;
        made.secret
    }

    /// Headers that no right caller sends, on a method that is there and on paths that are none.
    async fn odd_headers(&mut self, issuer: &TokenIssuer, clinic: &str) {
        let hour = Timestamp::now() + SignedDuration::from_hours(1);
        let stranger = issuer.token(clinic, &planted("subject_of_a_token"), hour);
        let wrong = format!("{stranger}x");
        for authorization in [
            format!("Bearer {}", planted("bearer")),
            format!("Basic {}", planted("basic")),
            format!("Bearer taper_{}_{}", clinic.trim_start_matches("clinics/"), planted("key")),
            format!("Bearer {stranger}"),
            format!("Bearer {wrong}"),
        ] {
            let usual = std::mem::replace(&mut self.authorization, vec![authorization]);
            let _stranger = self.call("PatientService/ListPatients", Vec::new()).await;
            self.authorization = usual;
        }
        for path in [planted("Method"), format!("Get{}", planted("Method")), planted("%20")] {
            let _unknown = self.call(&format!("PatientService/{path}"), Vec::new()).await;
            let _unknown = self.call(&format!("{path}/GetPatient"), Vec::new()).await;
            let _unknown = self.call(&format!("PatientService/GetPatient?{path}"), Vec::new()).await;
        }
        for name in ["cookie", "user-agent", "x-request-id", "grpc-timeout", "grpc-encoding", "te", "x-patient-name"] {
            let mut headers = MetadataMap::new();
            for value in &self.authorization {
                headers.append("authorization", value.parse().unwrap());
            }
            // With a space, so that it is no plain token.
            headers.append(name, format!("{} {}", planted("header"), planted(name)).parse().unwrap());
            let _answer = raw::call(&self.channel, "/taper.v1.PatientService/ListPatients", Vec::new(), headers).await;
        }
    }
}

/// Bytes that are no gRPC: plain HTTP, and what is not even that.
async fn odd_bytes(address: std::net::SocketAddr) {
    let mark = planted("raw");
    let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    for text in [
        format!("GET /patients/{mark}?name={mark} HTTP/1.1\r\nhost: {mark}\r\nauthorization: Bearer {mark}\r\n\r\n"),
        format!("POST /{mark}/{mark} HTTP/1.1\r\nhost: x\r\ncontent-length: 20\r\n\r\n{mark}"),
        format!("{mark}\r\n\r\n"),
        format!("{preface}{mark}{mark}{mark}"),
    ] {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let _closed = tokio::time::timeout(Duration::from_millis(200), stream.read_to_end(&mut answer)).await;
    }
}

/// Makes every further write of patients fail, in words of the database that hold what was to be written where it can.
async fn break_database(world: &World) {
    let statements: &[&str] = match world.database {
        Database::Sqlite => &["ALTER TABLE patient_revisions RENAME TO patient_revisions_away"],
        Database::Postgres => &[
            "CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS \
             $$BEGIN RAISE EXCEPTION 'invalid row: %', row_to_json(NEW); END$$",
            "CREATE TRIGGER tell BEFORE INSERT ON patient_revisions FOR EACH ROW EXECUTE FUNCTION tell()",
        ],
    };
    for statement in statements {
        world.texts((*statement).to_owned()).await;
    }
}

/// A certificate for this machine in a folder, and its authority.
fn certificate(folder: &Path) -> String {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    std::fs::write(folder.join("server.pem"), made.cert.pem()).unwrap();
    std::fs::write(folder.join("server.key"), made.signing_key.serialize_pem()).unwrap();
    made.cert.pem()
}

/// Of a key the last part is the secret, of a token all but its header, of a private key each line.
fn secret_parts(keys: &[String], token: &str, pem: &str) -> Vec<String> {
    let keys = keys.iter().map(|key| key.rsplit('_').next().unwrap());
    let lines = pem.lines().filter(|line| line.len() > 30 && !line.contains("---"));
    let parts: Vec<String> = keys.chain(token.split('.').skip(1)).chain(lines).map(str::to_owned).collect();
    assert!(parts.len() > 10 && parts.iter().all(|part| part.len() > 20), "a short one is found by chance");
    parts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_secret_is_written_by_a_server_that_everybody_needs_a_key_for() {
    let on = async |database| {
        let issuer = TokenIssuer::new();
        let guarded = Guarded::start(database).await;
        let clinic = Clinic::open(&guarded.world).await;
        let case = clinic.case(&guarded.world).await;
        let mut keys = Vec::new();
        for role in Role::ALL {
            keys.push(guarded.key(&clinic.name, role).await);
        }
        guarded.member(&clinic.name, TokenIssuer::URL, "ann").await;
        let token = issuer.token(&clinic.name, "ann", Timestamp::now() + SignedDuration::from_hours(1));
        let world = guarded.end().await;

        let folder = tempfile::tempdir().unwrap();
        let authority = certificate(folder.path());
        let path = |name: &str| folder.path().join(name).display().to_string();
        std::fs::write(path("issuer.toml"), issuer.settings()).unwrap();
        let (pem, key, settings) = (path("server.pem"), path("server.key"), path("issuer.toml"));
        let arguments = ["--tls-certificate", &pem, "--tls-key", &key, "--oidc", &settings];
        let url = world.database_url.replace("postgres@", &format!("postgres:{}@", planted("password")));
        let server = Served::start_with(&url, &arguments, "trace").await;
        let tls = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(authority));
        let endpoint = Endpoint::from_shared(format!("https://{}", server.address)).unwrap().tls_config(tls).unwrap();
        let channel = endpoint.connect().await.unwrap();

        let mut caller = Caller { channel, authorization: Vec::new(), refusals: Vec::new() };
        let bearer = |key: &String| vec![format!("Bearer {key}")];
        caller.authorization = bearer(&keys[0]);
        let mut secrets = vec![caller.administers(&clinic.name).await];
        let mut names = vec![clinic.name.clone(), case.plan.clone(), case.injury.clone(), case.therapist.clone()];
        // An administrator records nothing that was found.
        caller.authorization = bearer(&keys[1]);
        names.extend(caller.writes(&clinic.name, &case).await);
        for key in keys.iter().chain([&token]) {
            caller.authorization = bearer(key);
            caller.every_method(&[]).await;
        }
        caller.authorization = bearer(&keys[0]);
        caller.every_method(&names).await;
        caller.odd_headers(&issuer, &clinic.name).await;
        odd_bytes(server.address).await;
        break_database(&world).await;
        caller.every_method(&names[..1]).await;

        secrets.extend(keys);
        let pem = std::fs::read_to_string(path("server.key")).unwrap();
        let secrets = secret_parts(&secrets, &token, &pem);
        check(&server.stop().await, &caller, &secrets);
    };
    tokio::join!(on(Database::Sqlite), on(Database::Postgres));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_patients_is_written_by_a_server_that_is_open_to_this_machine() {
    let on = async |database| {
        let mut world = World::start(database).await;
        let clinic = Clinic::open(&world).await;
        let case = clinic.case(&world).await;
        world.end().await;
        let server = Served::start_with(&world.database_url, &["--open"], "trace").await;
        let channel = World::connect(server.address).await;
        let mut caller = Caller { channel, authorization: Vec::new(), refusals: Vec::new() };
        let mut names = vec![clinic.name.clone(), case.plan.clone(), case.injury.clone(), case.therapist.clone()];
        names.extend(caller.writes(&clinic.name, &case).await);
        caller.every_method(&names).await;
        caller.odd_headers(&TokenIssuer::new(), &clinic.name).await;
        odd_bytes(server.address).await;
        break_database(&world).await;
        caller.every_method(&names[..1]).await;
        check(&server.stop().await, &caller, &[]);
    };
    tokio::join!(on(Database::Sqlite), on(Database::Postgres));
}

/// Nothing planted is in what was written, and of what was refused only names that the caller itself gave.
fn check(written: &str, caller: &Caller, secrets: &[String]) {
    let calls = written.matches("\"message\":\"call\"").count();
    assert!(calls > 300, "only {calls} calls are in the log: it shows nothing");
    assert!(written.contains("\"level\":\"TRACE\"") || written.contains("\"level\":\"DEBUG\""), "it is not the finest");
    assert!(written.contains("the database refused a statement"), "the database did not fail");
    let mut found: Vec<&str> = lines_with_secrets(written, secrets);
    let (year, month, day) = BIRTH_DATE;
    let dates = [format!("{year}-{month}-{day}"), format!("{year}{month}{day}"), format!("year: {year}")];
    found.extend(written.lines().filter(|line| dates.iter().any(|date| line.contains(date))));
    assert!(found.is_empty(), "{} lines hold what is secret:\n{}", found.len(), found.join("\n"));
    for (method, text) in &caller.refusals {
        assert!(lines_with_secrets(text, secrets).is_empty(), "{method} refuses with what is secret: {text}");
    }
    assert!(caller.refusals.len() > 100, "only {} refusals", caller.refusals.len());
}

#[test]
fn more_than_thirty_kinds_of_texts_are_planted() {
    let mut fields = Vec::new();
    raw::methods().iter().for_each(|method| planted_fields(&method.input(), &mut fields));
    assert!(fields.len() > 60, "{} fields: {fields:?}", fields.len());
}
