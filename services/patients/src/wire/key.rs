//! Keys and members on the wire.

use jiff::{SignedDuration, Timestamp};
use taper_api::v1;
use taper_core::access::{ApiKey, KEY_DAYS_MAX, Member, Role, Scopes};
use taper_core::ids::{ClinicId, MemberId, TherapistId};
use taper_kit::fields::{Fields, code_number, timestamp};
use taper_kit::name;

/// A key that does not say when it ends lives so long.
const KEY_DAYS: i64 = 90;

/// Reads a key that is to be made under this id.
pub fn read(
    fields: &mut Fields,
    clinic: Option<&ClinicId>,
    id: &str,
    given: Option<&v1::ApiKey>,
    now: Timestamp,
) -> Option<ApiKey> {
    let given = fields.required("api_key", given)?;
    let client = fields.line("api_key.client", &given.client);
    let role = role(fields, "api_key.role", given.role);
    let scopes = scopes(fields, "api_key.scopes", &given.scopes, role);
    let therapist = therapist(fields, "api_key.therapist", &given.therapist, clinic);
    let certificate = match given.certificate_sha256.as_slice() {
        [] => Some(None),
        bytes => {
            fields.take("api_key.certificate_sha256", bytes.try_into().map(Some).map_err(|_| "must have 32 bytes"))
        }
    };
    let expires_at = expires_at(fields, given.expire_time.as_ref(), now);
    Some(ApiKey {
        id: id.to_owned(),
        client: client?,
        role: role?,
        scopes: scopes?,
        therapist: therapist?,
        certificate: certificate?,
        created_at: now,
        expires_at: expires_at?,
        revoked_at: None,
    })
}

fn expires_at(fields: &mut Fields, given: Option<&prost_types::Timestamp>, now: Timestamp) -> Option<Timestamp> {
    let days = |count: i64| now.checked_add(SignedDuration::from_hours(count.saturating_mul(24))).ok();
    let Some(given) = given else { return days(KEY_DAYS) };
    let instant = Timestamp::new(given.seconds, given.nanos).map_err(|_| "is not an instant");
    let instant = fields.take("api_key.expire_time", instant)?;
    if instant <= now || days(KEY_DAYS_MAX).is_none_or(|latest| instant > latest) {
        fields.fault("api_key.expire_time", format!("must lie in the future, at most {KEY_DAYS_MAX} days from now"));
    }
    Some(instant)
}

/// A key as it is answered, without its secret.
pub fn answer(clinic: &ClinicId, key: &ApiKey) -> v1::ApiKey {
    v1::ApiKey {
        name: format!("clinics/{clinic}/apiKeys/{}", key.id),
        client: key.client.to_string(),
        role: code_number(key.role, &Role::ALL),
        scopes: key.scopes.iter().map(ToString::to_string).collect(),
        therapist: therapist_name(clinic, key.therapist),
        certificate_sha256: key.certificate.map(Vec::from).unwrap_or_default(),
        expire_time: Some(timestamp(key.expires_at)),
        create_time: Some(timestamp(key.created_at)),
        revoke_time: key.revoked_at.map(timestamp),
        secret: String::new(),
    }
}

/// Reads a member that is to be added.
pub fn read_member(
    fields: &mut Fields,
    clinic: Option<&ClinicId>,
    id: MemberId,
    given: Option<&v1::Member>,
    now: Timestamp,
) -> Option<Member> {
    let given = fields.required("member", given)?;
    let issuer = fields.line("member.issuer", &given.issuer);
    let subject = fields.line("member.subject", &given.subject);
    let role = role(fields, "member.role", given.role);
    let scopes = scopes(fields, "member.scopes", &given.scopes, role);
    let therapist = therapist(fields, "member.therapist", &given.therapist, clinic);
    Some(Member {
        id,
        issuer: issuer?,
        subject: subject?,
        role: role?,
        scopes: scopes?,
        therapist: therapist?,
        created_at: now,
        disabled_at: None,
    })
}

/// A member as it is answered.
pub fn answer_member(clinic: &ClinicId, member: &Member) -> v1::Member {
    v1::Member {
        name: name::Member { clinic: clinic.clone(), member: member.id }.to_string(),
        issuer: member.issuer.to_string(),
        subject: member.subject.to_string(),
        role: code_number(member.role, &Role::ALL),
        scopes: member.scopes.iter().map(ToString::to_string).collect(),
        therapist: therapist_name(clinic, member.therapist),
        create_time: Some(timestamp(member.created_at)),
        disable_time: member.disabled_at.map(timestamp),
    }
}

/// A role within a clinic; an operator's key is made on the database itself.
fn role(fields: &mut Fields, field: &str, number: i32) -> Option<Role> {
    let role = fields.code(field, number, "ROLE", &Role::ALL)?;
    if role == Role::Operator {
        fields.fault(
            field,
            "must be a role within the clinic; an operator is made with `taper keys create` on the database",
        );
        return None;
    }
    Some(role)
}

fn scopes(fields: &mut Fields, field: &str, given: &[String], role: Option<Role>) -> Option<Scopes> {
    if !fields.within_items_max(field, given.len()) {
        return None;
    }
    let scopes = fields.take(field, Scopes::parse(&given.join(" ")))?;
    if role == Some(Role::Integrator) && scopes.is_empty() {
        fields.fault(field, "is required for an integrator, for example system/*.rs");
    }
    Some(scopes)
}

fn therapist(fields: &mut Fields, field: &str, given: &str, clinic: Option<&ClinicId>) -> Option<Option<TherapistId>> {
    if given.is_empty() {
        return Some(None);
    }
    let therapist = fields.name::<name::Therapist>(field, given)?;
    if clinic.is_some_and(|clinic| therapist.clinic != *clinic) {
        fields.fault(field, "must be a therapist of this clinic");
    }
    Some(Some(therapist.therapist))
}

fn therapist_name(clinic: &ClinicId, therapist: Option<TherapistId>) -> String {
    therapist.map(|therapist| name::Therapist { clinic: clinic.clone(), therapist }.to_string()).unwrap_or_default()
}
