//! Whom a caller may let in: no more than it is itself, and an operator a clinic's first administrator only.

use prost::Message as _;
use taper_api::v1;
use taper_core::access::{ApiKey, Role, Scopes};
use taper_tests::{Clinic, Database, Guarded, Refused, TokenIssuer, request_id};

const CREATE_API_KEY: &str = "/taper.v1.AdminService/CreateApiKey";
const REVOKE_API_KEY: &str = "/taper.v1.AdminService/RevokeApiKey";
const CREATE_MEMBER: &str = "/taper.v1.AdminService/CreateMember";

/// A key of a client that has no other.
fn key_request(clinic: &str, role: v1::Role, scopes: &[&str]) -> Vec<u8> {
    let scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
    let api_key = Some(v1::ApiKey { client: request_id(), role: role.into(), scopes, ..Default::default() });
    v1::CreateApiKeyRequest { parent: clinic.to_owned(), api_key, request_id: request_id() }.encode_to_vec()
}

/// A subject that is no member yet.
fn member_request(clinic: &str, role: v1::Role, scopes: &[&str]) -> Vec<u8> {
    let scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
    let (issuer, subject) = (TokenIssuer::URL.to_owned(), request_id());
    let member = Some(v1::Member { issuer, subject, role: role.into(), scopes, ..Default::default() });
    v1::CreateMemberRequest { parent: clinic.to_owned(), member, request_id: request_id() }.encode_to_vec()
}

#[tokio::test]
async fn an_operator_lets_in_a_clinics_first_administrator_and_nobody_else() {
    for database in Database::ALL {
        let guarded = Guarded::start(database).await;
        let (one, other) = (Clinic::open(&guarded.world).await.name, Clinic::open(&guarded.world).await.name);
        let operator = guarded.key("", Role::Operator).await;
        let call = async |path: &str, message: Vec<u8>| {
            let answer = guarded.call_with(path, message, &operator).await;
            answer.map(|mut answer| answer.remove(0)).map_err(|status| Refused::of(&status).reason)
        };
        let key = async |clinic: &str, role: v1::Role| call(CREATE_API_KEY, key_request(clinic, role, &[])).await;
        let member = async |clinic: &str, role: v1::Role| call(CREATE_MEMBER, member_request(clinic, role, &[])).await;
        let denied = || Err("PERMISSION_DENIED".to_owned());
        use v1::Role::{Auditor, ClinicAdmin, FrontDesk, Integrator, MassageTherapist, Physiotherapist};
        for role in [Physiotherapist, MassageTherapist, FrontDesk, Auditor] {
            assert_eq!(key(&one, role).await, denied(), "{database:?} {role:?}");
            assert_eq!(member(&one, role).await, denied(), "{database:?} {role:?}");
        }
        let program = key_request(&one, Integrator, &["system/*.cruds"]);
        assert_eq!(call(CREATE_API_KEY, program).await, denied(), "{database:?}");
        let first = v1::ApiKey::decode(key(&one, ClinicAdmin).await.unwrap().as_slice()).unwrap();
        assert_eq!(key(&one, ClinicAdmin).await, denied(), "{database:?}");
        assert_eq!(member(&one, ClinicAdmin).await, denied(), "{database:?}");
        let revoke = v1::RevokeApiKeyRequest { name: first.name.clone(), ..Default::default() }.encode_to_vec();
        assert_eq!(call(REVOKE_API_KEY, revoke.clone()).await, denied(), "it could then make the next one");
        guarded.call_with(CREATE_API_KEY, key_request(&one, FrontDesk, &[]), &first.secret).await.unwrap();
        // A clinic whose last administrator is gone gets another; of several at once one.
        guarded.call_with(REVOKE_API_KEY, revoke, &first.secret).await.unwrap();
        member(&one, ClinicAdmin).await.unwrap();
        assert_eq!(key(&one, ClinicAdmin).await, denied(), "{database:?}");
        let (a, b, c) = tokio::join!(key(&other, ClinicAdmin), member(&other, ClinicAdmin), key(&other, ClinicAdmin));
        let made = [&a, &b, &c].iter().filter(|answer| answer.is_ok()).count();
        assert_eq!(made, 1, "{database:?}: {:?}", [a.err(), b.err(), c.err()]);
        guarded.stop().await;
    }
}

#[tokio::test]
async fn a_caller_with_scopes_grants_some_of_them_and_no_more() {
    for database in Database::ALL {
        let guarded = Guarded::start(database).await;
        let clinic = Clinic::open(&guarded.world).await.name;
        let scopes = Scopes::parse("system/ApiKey.c system/Member.c system/Patient.rs").unwrap();
        let admin = guarded.key_with(&clinic, |key| ApiKey { scopes, ..key }).await;
        let call = async |path: &str, message: Vec<u8>| {
            let answer = guarded.call_with(path, message, &admin).await;
            answer.map(|_| ()).map_err(|status| Refused::of(&status).fields)
        };
        for role in [v1::Role::ClinicAdmin, v1::Role::Auditor] {
            for wider in [&[][..], &["system/ApiKey.cr"], &["system/*.r"], &["system/Patient.r", "system/Injury.r"]] {
                let made = call(CREATE_API_KEY, key_request(&clinic, role, wider)).await;
                assert_eq!(made, Err(vec!["api_key.scopes".to_owned()]), "{database:?} {wider:?}");
                let made = call(CREATE_MEMBER, member_request(&clinic, role, wider)).await;
                assert_eq!(made, Err(vec!["member.scopes".to_owned()]), "{database:?} {wider:?}");
            }
        }
        for narrower in [&["system/ApiKey.c"][..], &["system/Patient.r", "system/Member.c"]] {
            let role = v1::Role::ClinicAdmin;
            assert_eq!(call(CREATE_API_KEY, key_request(&clinic, role, narrower)).await, Ok(()), "{narrower:?}");
            assert_eq!(call(CREATE_MEMBER, member_request(&clinic, role, narrower)).await, Ok(()), "{narrower:?}");
        }
        guarded.stop().await;
    }
}
