//! Who may come in: keys with two live ones at most, members once each while they are not disabled, and glass that holds for a while.

use taper_core::access::{ApiKey, Grant, Member, Role, Scopes};
use taper_core::ids::{ClinicId, MemberId};
use taper_core::refusal::{Reason, Refusal};
use taper_core::text::Note;
use taper_store::{Error, Write, glass, keys, members, therapists};

use crate::harness::{Home, instant, on_both, soon};
use crate::samples::{line, new_id, therapist};

on_both! {
    a_key_reads_back_with_its_hash_and_is_unknown_to_another_clinic;
    a_client_has_two_live_keys_at_most_also_when_both_come_at_once;
    a_revoked_key_stays_revoked_from_the_first_time_on;
    a_subject_of_an_issuer_is_a_member_once_and_until_it_is_disabled;
    an_administrator_is_a_live_key_or_a_member_that_is_not_disabled;
    glass_holds_for_the_one_who_broke_it_until_its_end;
    the_deployment_has_keys_of_its_own;
}

fn key(id: &str, client: &str) -> ApiKey {
    ApiKey {
        id: id.to_owned(),
        client: line(client),
        role: Role::Integrator,
        scopes: Scopes::parse("system/Patient.rs system/*.s").unwrap(),
        therapist: None,
        certificate: Some([9; 32]),
        created_at: instant(10),
        expires_at: instant(1000),
        revoked_at: None,
    }
}

async fn a_key_reads_back_with_its_hash_and_is_unknown_to_another_clinic(home: &Home) {
    let tx = home.write("here").await;
    let holder = therapists::create(&tx, &therapist(), instant(5)).await.unwrap().id;
    let content = ApiKey { role: Role::MassageTherapist, therapist: Some(holder), ..key("one", "Ann") };
    keys::create(&tx, &content, [1; 32]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(keys::get(&home.read("here").await, "one").await, Ok((content, vec![1; 32])));
    let missing = Err(Error::NotFound { name: "clinics/there/apiKeys/one".to_owned() });
    assert_eq!(keys::get(&home.read("there").await, "one").await, missing);
    assert_eq!(keys::list(&home.read("there").await, None, 9).await, Ok(Vec::new()));
    assert_eq!(keys::revoke(&home.write("there").await, "one", instant(20)).await, missing.map(|(key, _)| key));
    let stolen = ApiKey { therapist: Some(holder), ..key("two", "Ann") };
    let refused = keys::create(&home.write("there").await, &stolen, [1; 32]).await;
    assert_eq!(refused, Err(Error::NotFound { name: format!("clinics/there/therapists/{holder}") }));
}

async fn a_client_has_two_live_keys_at_most_also_when_both_come_at_once(home: &Home) {
    let tx = home.write("here").await;
    keys::create(&tx, &ApiKey { expires_at: instant(10), ..key("ended", "Ann") }, [1; 32]).await.unwrap();
    keys::create(&tx, &key("revoked", "Ann"), [1; 32]).await.unwrap();
    keys::revoke(&tx, "revoked", instant(10)).await.unwrap();
    keys::create(&tx, &key("first", "Ann"), [1; 32]).await.unwrap();
    tx.commit().await.unwrap();
    let another = async |id: &'static str| {
        let tx = home.write("here").await;
        keys::create(&tx, &key(id, "Ann"), [1; 32]).await?;
        tx.commit().await
    };
    let (one, other) = tokio::join!(another("second"), another("third"));
    let refused = one.and(other).unwrap_err();
    assert_eq!(refused, Error::TooManyKeys);
    assert_eq!(Refusal::from(refused).reason, Reason::WrongState);
    let listed = keys::list(&home.read("here").await, None, 9).await.unwrap();
    assert_eq!(listed.iter().filter(|key| key.is_live(instant(10), Some([9; 32]))).count(), 2);
    let tx = home.write("here").await;
    keys::create(&tx, &key("other", "Bea"), [1; 32]).await.unwrap();
}

async fn a_revoked_key_stays_revoked_from_the_first_time_on(home: &Home) {
    let tx = home.write("here").await;
    keys::create(&tx, &key("one", "Ann"), [1; 32]).await.unwrap();
    assert_eq!(keys::revoke(&tx, "one", instant(20)).await.unwrap().revoked_at, Some(instant(20)));
    assert_eq!(keys::revoke(&tx, "one", instant(30)).await.unwrap().revoked_at, Some(instant(20)));
    tx.commit().await.unwrap();
    let pages = home.read("here").await;
    assert_eq!(keys::list(&pages, Some("one"), 9).await.unwrap(), Vec::new());
    assert_eq!(keys::list(&pages, Some("on"), 9).await.unwrap().len(), 1);
}

async fn a_subject_of_an_issuer_is_a_member_once_and_until_it_is_disabled(home: &Home) {
    let content = Member {
        id: MemberId(new_id()),
        issuer: line("https://login.example"),
        subject: line("ann"),
        role: Role::FrontDesk,
        scopes: Scopes::default(),
        therapist: None,
        created_at: instant(10),
        disabled_at: None,
    };
    let another = || Member { id: MemberId(new_id()), ..content.clone() };
    let tx = home.write("here").await;
    members::create(&tx, &content).await.unwrap();
    members::create(&tx, &Member { issuer: line("https://other.example"), ..another() }).await.unwrap();
    tx.commit().await.unwrap();
    let again = members::create(&home.write("here").await, &Member { role: Role::ClinicAdmin, ..another() }).await;
    assert_eq!(again, Err(Error::AlreadyExists { what: "this subject of this issuer" }));
    // One person may work in two clinics.
    members::create(&home.write("there").await, &content).await.unwrap();
    let tx = home.read("here").await;
    assert_eq!(members::find(&tx, "https://login.example", "ann").await, Ok(Some(content.clone())));
    assert_eq!(members::find(&tx, "https://login.example", "Ann").await, Ok(None));
    assert_eq!(members::list(&tx, Some(content.id), 9).await.unwrap().len(), 1);
    assert_eq!(members::list(&tx, None, 9).await.unwrap().len(), 2);
    drop(tx);
    let missing = Error::NotFound { name: format!("clinics/there/members/{}", content.id) };
    assert_eq!(members::disable(&home.write("there").await, content.id, instant(20)).await, Err(missing));
    let tx = home.write("here").await;
    let disabled = members::disable(&tx, content.id, instant(20)).await.unwrap();
    assert_eq!(disabled, Member { disabled_at: Some(instant(20)), ..content.clone() });
    assert_eq!(members::disable(&tx, disabled.id, instant(30)).await, Ok(disabled.clone()));
    assert_eq!(members::find(&tx, "https://login.example", "ann").await, Ok(None));
    // Anew, with another role and under another id; once more only.
    let anew = Member { role: Role::ClinicAdmin, disabled_at: None, ..another() };
    members::create(&tx, &anew).await.unwrap();
    assert_eq!(members::find(&tx, "https://login.example", "ann").await, Ok(Some(anew.clone())));
    tx.commit().await.unwrap();
    let again = members::create(&home.write("here").await, &another()).await;
    assert_eq!(again, Err(Error::AlreadyExists { what: "this subject of this issuer" }));
    let listed = members::list(&home.read("here").await, None, 9).await.unwrap();
    assert!(listed.len() == 3 && listed.contains(&disabled) && listed.contains(&anew));
}

async fn an_administrator_is_a_live_key_or_a_member_that_is_not_disabled(home: &Home) {
    let now = instant(50);
    let has = async |tx: &Write| keys::has_administrator(tx, now).await.unwrap();
    let tx = home.write("here").await;
    assert!(!has(&tx).await);
    let admin = |id: &str| ApiKey { role: Role::ClinicAdmin, ..key(id, id) };
    keys::create(&tx, &key("other", "other role"), [1; 32]).await.unwrap();
    keys::create(&tx, &ApiKey { expires_at: now, ..admin("ended") }, [1; 32]).await.unwrap();
    assert!(!has(&tx).await);
    keys::create(&tx, &admin("live"), [1; 32]).await.unwrap();
    assert!(has(&tx).await);
    keys::revoke(&tx, "live", instant(20)).await.unwrap();
    assert!(!has(&tx).await);
    let member = Member {
        id: MemberId(new_id()),
        issuer: line("https://login.example"),
        subject: line("bea"),
        role: Role::ClinicAdmin,
        scopes: Scopes::default(),
        therapist: None,
        created_at: instant(10),
        disabled_at: None,
    };
    members::create(&tx, &member).await.unwrap();
    assert!(has(&tx).await);
    tx.commit().await.unwrap();
    assert!(!has(&home.write("there").await).await);
    let tx = home.write("here").await;
    members::disable(&tx, member.id, instant(20)).await.unwrap();
    assert!(!has(&tx).await);
}

async fn glass_holds_for_the_one_who_broke_it_until_its_end(home: &Home) {
    let tx = home.write("here").await;
    let reason = Note::parse("Patient collapsed in the waiting room").unwrap();
    for until in [60, 50] {
        let grant = Grant { until: instant(until) };
        glass::create(&tx, new_id(), "key:one", &reason, instant(10), &grant).await.unwrap();
    }
    tx.commit().await.unwrap();
    let standing = async |slug: &'static str, subject: &'static str, now: i64| {
        glass::standing(&home.read(slug).await, subject, instant(now)).await.unwrap()
    };
    assert_eq!(standing("here", "key:one", 60).await, Some(Grant { until: instant(60) }));
    assert_eq!(standing("here", "key:one", 61).await, None);
    assert_eq!(standing("here", "key:two", 20).await, None);
    assert_eq!(standing("there", "key:one", 20).await, None);
}

async fn the_deployment_has_keys_of_its_own(home: &Home) {
    let deployment = ClinicId::deployment();
    let tx = home.store.begin_write(&deployment, soon()).await.unwrap();
    keys::create(&tx, &ApiKey { role: Role::Operator, ..key("one", "Ops") }, [1; 32]).await.unwrap();
    tx.commit().await.unwrap();
    let tx = home.store.begin_read(&deployment, soon()).await.unwrap();
    assert_eq!(keys::list(&tx, None, 9).await.unwrap().len(), 1);
    assert_eq!(keys::list(&home.read("here").await, None, 9).await.unwrap().len(), 0);
}
