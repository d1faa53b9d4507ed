//! UpdateClinicPolicy: a new revision of the clinic's default policy; the old one is kept.

use taper_api::v1::{self, UpdateClinicPolicyRequest};
use taper_core::ids::TherapistId;
use taper_core::record::clinic::ClinicPolicy;
use taper_core::refusal::Refusal;
use taper_core::value::RetentionYears;
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::clinic_policies::{self, Change};
use taper_store::{Error, Store, Write, clinics, therapists};
use taper_wire::begin;
use taper_wire::mutation::{answered_before, commit, one_etag, version_of};
use taper_wire::policy as given_policy;

use crate::wire::policy;

/// Replaces the clinic's default policy. Plans that exist keep theirs.
pub async fn update_clinic_policy(
    store: &Store,
    call: Call,
    request: UpdateClinicPolicyRequest,
) -> Result<v1::ClinicPolicy, Refusal> {
    let mut fields = Fields::new();
    let method = "taper.v1.PatientService/UpdateClinicPolicy";
    let mutation = Mutation::read(method, &request, &request.request_id, &mut fields);
    let reason = fields.required_note("reason", &request.reason);
    let given = fields.required("clinic_policy", request.clinic_policy.as_ref());
    let (name, etag) = given.map(|given| (given.name.as_str(), given.etag.as_str())).unwrap_or_default();
    let etag = one_etag(&mut fields, &request.etag, etag);
    let name = fields.name::<name::ClinicPolicy>("clinic_policy.name", name);
    let chosen = given.and_then(|given| fields.required("clinic_policy.policy", given.policy.as_ref()));
    let plans = chosen.map(|chosen| given_policy::read("clinic_policy.policy", Some(chosen), &mut fields));
    let retention_years = given
        .and_then(|given| given.retention_years)
        .and_then(|years| fields.take("clinic_policy.retention_years", RetentionYears::new(i64::from(years))));
    let content = plans.map(|plans| ClinicPolicy { plans, retention_years });
    let named = match request.therapist.is_empty() {
        true => None,
        false => fields.name::<name::Therapist>("therapist", &request.therapist),
    };
    let Some(name) = name else { return fields.finish(None) };

    let tx = begin::write(store, &call, &name).await?;
    if let Some(answer) = answered_before(&tx, &mutation, &call).await? {
        return Ok(answer);
    }
    clinics::get(&tx).await?;
    let own = call.principal().therapist();
    if let (Some(own), Some(named)) = (own, &named)
        && named.therapist != own
    {
        fields.fault("therapist", "is another therapist than the one that your key or login is of");
    }
    let therapist = therapist(&tx, named.as_ref(), &mut fields).await?;
    let (content, reason) = fields.finish(content.zip(reason))?;
    let change = Change { expected: version_of(etag), reason, therapist, now: call.now };
    let revised = clinic_policies::revise(&tx, &content, change).await?;
    commit(tx, &call, &mutation, policy::answer(&name, &revised)).await
}

/// Whoever changes the policy is a therapist of this clinic.
async fn therapist(
    tx: &Write,
    named: Option<&name::Therapist>,
    fields: &mut Fields,
) -> Result<Option<TherapistId>, Refusal> {
    let Some(named) = named else { return Ok(None) };
    let found = match named.clinic == *tx.clinic() {
        true => therapists::get(tx, named.therapist).await.map(|_| ()),
        false => Err(Error::NotFound { name: named.to_string() }),
    };
    match found {
        Err(Error::NotFound { .. }) => fields.fault("therapist", "is not a therapist of this clinic"),
        other => other?,
    }
    Ok(Some(named.therapist))
}
