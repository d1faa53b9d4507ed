//! Whom a token or a key lets in: members of the clinic that it names, people with several factors, and only while it lasts.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use prost::Message as _;
use serde_json::json;
use taper_api::v1;
use taper_core::access::{ApiKey, KeyText, Role};
use taper_core::refusal::Reason;
use taper_kit::access::{Credentials, Who as _};
use taper_login::Login;
use taper_tests::{Clinic, Database, Guarded, Refused, Served, TokenIssuer, World, raw, request_id};
use tonic::metadata::MetadataMap;

const GET_CLINIC: &str = "/taper.v1.PatientService/GetClinic";

const CREATE_MEMBER: &str = "/taper.v1.AdminService/CreateMember";

fn seconds(count: i64) -> SignedDuration {
    SignedDuration::from_secs(count)
}

/// Whom a credential stands for at an instant, shown with this client certificate; the reason where it is nobody.
async fn known(login: &Login, shown: &str, certificate: Option<[u8; 32]>, now: Timestamp) -> Result<String, Reason> {
    let header = format!("Bearer {shown}");
    let credentials = Credentials { authorization: vec![header.as_bytes()], certificate };
    let found = login.identify(credentials, now, Instant::now() + Duration::from_secs(30)).await;
    found.map(|principal| principal.subject().to_owned()).map_err(|refusal| refusal.reason)
}

const NOBODY: Result<String, Reason> = Err(Reason::NotAuthenticated);

#[tokio::test]
async fn a_token_opens_the_clinic_that_it_names_to_its_members_and_no_other() {
    for database in Database::ALL {
        let issuer = TokenIssuer::new();
        let guarded = Guarded::start_with(database, Some(issuer.tokens())).await;
        let (here, there) = (Clinic::open(&guarded.world).await, Clinic::open(&guarded.world).await);
        guarded.member(&here.name, TokenIssuer::URL, "ann").await;
        guarded.member(&here.name, "https://other.example.org", "eve").await;
        guarded.member_as(&here.name, TokenIssuer::URL, "ops", Role::Operator).await;
        let hour = Timestamp::now() + SignedDuration::from_hours(1);
        let ask = async |clinic: &str, subject: &str| {
            let request = v1::GetClinicRequest { name: clinic.to_owned() }.encode_to_vec();
            let answer = guarded.call_with(GET_CLINIC, request, &issuer.token(clinic, subject, hour)).await;
            answer.map(|_| ()).map_err(|status| Refused::of(&status).reason)
        };
        let nobody = Err("NOT_AUTHENTICATED".to_owned());
        assert_eq!(ask(&here.name, "ann").await, Ok(()), "{database:?}");
        assert_eq!(ask(&there.name, "ann").await, nobody, "a member of another clinic");
        assert_eq!(ask(&here.name, "Ann").await, nobody, "a subject in another case");
        assert_eq!(ask(&here.name, "bob").await, nobody, "no member");
        assert_eq!(ask(&here.name, "eve").await, nobody, "a member by another issuer");
        assert_eq!(ask(&here.name, "ops").await, nobody, "an operator within a clinic");
        assert_eq!(ask("clinics/nowhere", "ann").await, nobody, "no clinic");
        guarded.stop().await;
    }
}

#[tokio::test]
async fn a_person_who_logged_in_with_one_factor_is_nobody_unless_the_server_was_told_so() {
    for database in Database::ALL {
        let issuer = TokenIssuer::new();
        let guarded = Guarded::start(database).await;
        let clinic = Clinic::open(&guarded.world).await;
        guarded.member(&clinic.name, TokenIssuer::URL, "ann").await;
        guarded.member_as(&clinic.name, TokenIssuer::URL, "program", Role::Integrator).await;
        let world = guarded.end().await;
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), issuer.settings()).unwrap();
        let settings = file.path().display().to_string();
        let hour = Timestamp::now() + SignedDuration::from_hours(1);
        for (more, of_one_factor) in [(None, Err("NOT_AUTHENTICATED")), (Some("--one-factor-is-enough"), Ok(()))] {
            let arguments: Vec<&str> = ["--oidc", &settings].into_iter().chain(more).collect();
            let server = Served::start_with(&world.database_url, &arguments, "warn").await;
            let channel = World::connect(server.address).await;
            let ask = async |subject: &str, methods: &[&str]| {
                let request = v1::GetClinicRequest { name: clinic.name.clone() }.encode_to_vec();
                let mut headers = MetadataMap::new();
                let token = issuer.token_of(&clinic.name, subject, hour, &json!({ "amr": methods }));
                headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
                let answer = raw::call(&channel, GET_CLINIC, request, headers).await;
                answer.map(|_| ()).map_err(|status| Refused::of(&status).reason)
            };
            let of_one_factor: Result<(), String> = of_one_factor.map_err(str::to_owned);
            for methods in [&[][..], &["pwd"], &["pwd", "otp"], &["MFA"]] {
                assert_eq!(ask("ann", methods).await, of_one_factor, "{database:?} {more:?} {methods:?}");
            }
            assert_eq!(ask("ann", &["pwd", "mfa"]).await, Ok(()), "{database:?} {more:?}");
            assert_eq!(ask("program", &[]).await, Ok(()), "a program has one factor");
            server.stop().await;
        }
    }
}

#[tokio::test]
async fn what_was_known_of_a_member_or_a_key_is_forgotten_after_thirty_seconds() {
    for database in Database::ALL {
        let issuer = TokenIssuer::new();
        let guarded = Guarded::start(database).await;
        let clinic = Clinic::open(&guarded.world).await;
        let login = Login::new(guarded.store().clone(), Some(issuer.tokens()), true);
        let now = Timestamp::now();
        let token = issuer.token(&clinic.name, "ann", now + SignedDuration::from_hours(1));
        let member = guarded.member(&clinic.name, TokenIssuer::URL, "ann").await;
        let key = guarded.key(&clinic.name, Role::FrontDesk).await;
        let ends = guarded.key_with(&clinic.name, |key| ApiKey { expires_at: now + seconds(10), ..key }).await;
        for shown in [&token, &key, &ends] {
            assert!(known(&login, shown, None, now).await.is_ok());
        }
        guarded.disable(&clinic.name, member, now + seconds(1)).await;
        guarded.revoke(&key, now + seconds(1)).await;
        for shown in [&token, &key] {
            assert!(known(&login, shown, None, now + seconds(29)).await.is_ok(), "{database:?}: it is not asked again");
            assert_eq!(known(&login, shown, None, now + seconds(30)).await, NOBODY, "{database:?}");
        }
        assert!(known(&login, &ends, None, now + seconds(9)).await.is_ok());
        assert_eq!(known(&login, &ends, None, now + seconds(10)).await, NOBODY, "the end of a key is remembered too");
        drop(login);
        guarded.stop().await;
    }
}

#[tokio::test]
async fn one_who_is_made_a_member_anew_has_the_new_role_after_thirty_seconds() {
    for database in Database::ALL {
        let issuer = TokenIssuer::new();
        let guarded = Guarded::start(database).await;
        let clinic = Clinic::open(&guarded.world).await;
        let login = Login::new(guarded.store().clone(), Some(issuer.tokens()), true);
        let now = Timestamp::now();
        let token = issuer.token(&clinic.name, "ann", now + SignedDuration::from_hours(1));
        let role = async |at: Timestamp| {
            let header = format!("Bearer {token}");
            let credentials = Credentials { authorization: vec![header.as_bytes()], certificate: None };
            let found = login.identify(credentials, at, Instant::now() + Duration::from_secs(30)).await;
            found.ok().and_then(|principal| principal.role())
        };
        let first = guarded.member_as(&clinic.name, TokenIssuer::URL, "ann", Role::FrontDesk).await;
        assert_eq!(role(now).await, Some(Role::FrontDesk), "{database:?}");
        guarded.disable(&clinic.name, first, now).await;
        assert_eq!(role(now + seconds(30)).await, None, "{database:?}");
        guarded.member_as(&clinic.name, TokenIssuer::URL, "ann", Role::Auditor).await;
        assert_eq!(role(now + seconds(60)).await, Some(Role::Auditor), "{database:?}");
        drop(login);
        guarded.stop().await;
    }
}

#[tokio::test]
async fn a_tokens_own_scopes_narrow_what_its_member_may_and_never_widen_it() {
    for database in Database::ALL {
        let issuer = TokenIssuer::new();
        let guarded = Guarded::start_with(database, Some(issuer.tokens())).await;
        let clinic = Clinic::open(&guarded.world).await;
        guarded.member(&clinic.name, TokenIssuer::URL, "person").await;
        let admin = guarded.key(&clinic.name, Role::ClinicAdmin).await;
        let member = v1::Member {
            issuer: TokenIssuer::URL.to_owned(),
            subject: "program".to_owned(),
            role: v1::Role::Integrator.into(),
            scopes: vec!["system/Clinic.r".to_owned(), "system/Injury.r".to_owned()],
            ..Default::default()
        };
        let create =
            v1::CreateMemberRequest { parent: clinic.name.clone(), member: Some(member), ..Default::default() };
        guarded.call_with(CREATE_MEMBER, create.encode_to_vec(), &admin).await.unwrap();
        let hour = Timestamp::now() + SignedDuration::from_hours(1);
        let may = async |subject: &str, scope: &str| {
            let token = issuer.token_of(&clinic.name, subject, hour, &json!({"amr": ["mfa"], "scope": scope}));
            let get = v1::GetClinicRequest { name: clinic.name.clone() }.encode_to_vec();
            let list = v1::ListPatientsRequest { parent: clinic.name.clone(), ..Default::default() }.encode_to_vec();
            let get = guarded.call_with(GET_CLINIC, get, &token).await;
            let list = guarded.call_with("/taper.v1.PatientService/ListPatients", list, &token).await;
            [get, list].map(|answer| match answer.map_err(|status| Refused::of(&status).reason) {
                Ok(_) => true,
                Err(reason) => {
                    assert_eq!(reason, "PERMISSION_DENIED", "{subject} {scope}");
                    false
                }
            })
        };
        for (subject, scope, expected) in [
            ("person", "", [true, true]),
            ("person", "openid profile", [true, true]),
            ("person", "openid system/Clinic.r", [true, false]),
            ("person", "system/*.s", [false, true]),
            ("person", "system/Session.r", [false, false]),
            // SMART's older words are none of ours: they allow nothing, and do not make the token one without scopes.
            ("person", "system/Patient.read", [false, false]),
            ("program", "openid", [true, false]),
            ("program", "system/*.cruds", [true, false]),
            ("program", "system/Patient.s", [false, false]),
        ] {
            assert_eq!(may(subject, scope).await, expected, "{database:?}: {subject} {scope:?}");
        }
        guarded.stop().await;
    }
}

#[tokio::test]
async fn a_key_or_a_token_that_is_bound_to_a_certificate_opens_nothing_without_it() {
    for database in Database::ALL {
        let issuer = TokenIssuer::new();
        let guarded = Guarded::start(database).await;
        let clinic = Clinic::open(&guarded.world).await;
        let bound = guarded.key_with(&clinic.name, |key| ApiKey { certificate: Some([7; 32]), ..key }).await;
        guarded.member(&clinic.name, TokenIssuer::URL, "ann").await;
        let claims = json!({"amr": ["mfa"], "cnf": {"x5t#S256": URL_SAFE_NO_PAD.encode([7; 32])}});
        let hour = Timestamp::now() + SignedDuration::from_hours(1);
        let token = issuer.token_of(&clinic.name, "ann", hour, &claims);
        let login = Login::new(guarded.store().clone(), Some(issuer.tokens()), true);
        // Once more when it is remembered.
        for shown in [&bound, &bound, &token, &token] {
            assert!(known(&login, shown, Some([7; 32]), Timestamp::now()).await.is_ok());
            assert_eq!(known(&login, shown, Some([8; 32]), Timestamp::now()).await, NOBODY, "{database:?}");
            assert_eq!(known(&login, shown, None, Timestamp::now()).await, NOBODY, "{database:?}");
        }
        drop(login);
        guarded.stop().await;
    }
}

/// Every text of a row, and what is within it between signs that no secret has.
fn words(rows: &[String]) -> Vec<String> {
    let whole = rows.iter().flat_map(|row| row.split(['|', ',', '(', ')', '\'', '"', ' ', '\\']));
    let mut words: Vec<String> = whole.map(str::to_owned).collect();
    words.extend(rows.iter().flat_map(|row| row.split(|sign: char| !sign.is_ascii_alphanumeric())).map(str::to_owned));
    words.sort();
    words.dedup();
    words.retain(|word| word.len() > 3 && word.is_ascii());
    words
}

#[tokio::test]
async fn nothing_that_is_stored_opens_anything() {
    for database in Database::ALL {
        let guarded = Guarded::start(database).await;
        let clinic = Clinic::open(&guarded.world).await;
        let keys = [guarded.key(&clinic.name, Role::ClinicAdmin).await, guarded.key("", Role::Operator).await];
        let login = Login::new(guarded.store().clone(), None, true);
        let now = Timestamp::now();
        let words = words(&guarded.world.rows().await);
        for key in &keys {
            assert!(known(&login, key, None, now).await.is_ok(), "else the refusals below prove nothing");
            let secret = key.rsplit('_').next().unwrap();
            let hexadecimal: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
            for form in [secret.to_owned(), hexadecimal] {
                let stored = words.iter().find(|word| word.to_lowercase().contains(&form.to_lowercase()));
                assert_eq!(stored, None, "{database:?}: a secret is in the database");
            }
        }
        let ids: Vec<KeyText> = keys.iter().map(|key| KeyText::parse(key).unwrap()).collect();
        let hash: String = ids[0].secret_sha256().iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(words.iter().any(|word| word.to_lowercase().contains(&hash)), "the hash is not among the words");
        for word in &words {
            for id in &ids {
                let secret: String = word.chars().cycle().take(43).collect();
                for shown in [word.clone(), format!("taper_{}_{}_{secret}", id.clinic, id.id)] {
                    assert_eq!(known(&login, &shown, None, now).await, NOBODY, "{database:?}: {shown}");
                }
            }
        }
        drop(login);
        guarded.stop().await;
    }
}

#[tokio::test]
async fn a_subject_is_a_member_once_until_it_is_disabled_and_each_change_of_who_may_come_in_is_one_event() {
    for database in Database::ALL {
        let guarded = Guarded::start(database).await;
        let clinic = Clinic::open(&guarded.world).await;
        let admin = guarded.key(&clinic.name, Role::ClinicAdmin).await;
        let call = async |method: &str, message: Vec<u8>| {
            guarded.call_with(&format!("/taper.v1.AdminService/{method}"), message, &admin).await
        };
        let create = |role: v1::Role| {
            let (issuer, subject) = (TokenIssuer::URL.to_owned(), "ann".to_owned());
            let member = Some(v1::Member { issuer, subject, role: role.into(), ..Default::default() });
            v1::CreateMemberRequest { parent: clinic.name.clone(), member, request_id: request_id() }.encode_to_vec()
        };
        let before = guarded.world.events(&clinic.name).await.len();
        let made = call("CreateMember", create(v1::Role::FrontDesk)).await.unwrap();
        let made = v1::Member::decode(made[0].as_slice()).unwrap();
        let again = call("CreateMember", create(v1::Role::ClinicAdmin)).await.unwrap_err();
        assert_eq!(Refused::of(&again).reason, "ALREADY_EXISTS", "{database:?}");
        let name = made.name.clone();
        let disable = v1::DisableMemberRequest { name, request_id: request_id() }.encode_to_vec();
        call("DisableMember", disable).await.unwrap();
        let anew = call("CreateMember", create(v1::Role::ClinicAdmin)).await.unwrap();
        let anew = v1::Member::decode(anew[0].as_slice()).unwrap();
        assert_eq!((anew.role(), anew.name == made.name), (v1::Role::ClinicAdmin, false), "{database:?}");
        let role = v1::Role::FrontDesk.into();
        let api_key = Some(v1::ApiKey { client: "desk".to_owned(), role, ..Default::default() });
        let request = v1::CreateApiKeyRequest { parent: clinic.name.clone(), api_key, request_id: request_id() };
        let made = call("CreateApiKey", request.encode_to_vec()).await.unwrap();
        let made = v1::ApiKey::decode(made[0].as_slice()).unwrap();
        let revoke = v1::RevokeApiKeyRequest { name: made.name, request_id: request_id() };
        call("RevokeApiKey", revoke.encode_to_vec()).await.unwrap();

        let subject = format!("key:{}", KeyText::parse(&admin).unwrap().id);
        let events = guarded.world.events(&clinic.name).await;
        let told: Vec<_> = events[before..].iter().map(|entry| &entry.event).collect();
        assert!(told.iter().all(|event| event.subject == subject && event.role == Some(Role::ClinicAdmin)));
        let told: Vec<_> =
            told.iter().map(|event| (event.method.rsplit('/').next().unwrap(), &*event.outcome)).collect();
        let expected = [
            ("CreateMember", "OK"),
            ("CreateMember", "ALREADY_EXISTS"),
            ("DisableMember", "OK"),
            ("CreateMember", "OK"),
            ("CreateApiKey", "OK"),
            ("RevokeApiKey", "OK"),
        ];
        assert_eq!(told, expected, "{database:?}");
        guarded.stop().await;
    }
}
