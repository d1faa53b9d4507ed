//! A clinic's default policy on the wire.

use taper_api::v1;
use taper_kit::fields::timestamp;
use taper_kit::name;
use taper_store::Version;
use taper_store::clinic_policies::Revision;
use taper_wire::policy;

/// A revision as it is answered.
pub fn answer(clinic: &name::ClinicPolicy, revision: &Revision) -> v1::ClinicPolicy {
    let therapist = |therapist| name::Therapist { clinic: clinic.clinic.clone(), therapist }.to_string();
    v1::ClinicPolicy {
        name: clinic.to_string(),
        policy: Some(policy::answer(&revision.content.plans)),
        revision: i32::try_from(revision.version.0).unwrap_or(i32::MAX),
        reason: revision.reason.to_string(),
        therapist: revision.therapist.map(therapist).unwrap_or_default(),
        etag: revision.version.to_string(),
        update_time: Some(timestamp(revision.recorded_at)),
        retention_years: revision.content.retention_years.map(|years| i32::from(years.get())),
    }
}

/// The policy of a clinic that never chose: every choice is the protocol's.
pub fn never_chosen(clinic: &name::ClinicPolicy) -> v1::ClinicPolicy {
    v1::ClinicPolicy {
        name: clinic.to_string(),
        policy: Some(v1::Policy::default()),
        etag: Version(0).to_string(),
        ..v1::ClinicPolicy::default()
    }
}
