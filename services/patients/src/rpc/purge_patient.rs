//! PurgePatient: who a patient is, erased for good.

use jiff::civil::Date;
use taper_api::v1::{PurgePatientRequest, PurgePatientResponse};
use taper_core::ids::PatientId;
use taper_core::refusal::{Reason, Refusal};
use taper_kit::fields::{Fields, timestamp};
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::{At, Store, Version, Write, clinic_policies, clinics, patients};
use taper_wire::begin;
use taper_wire::mutation::{answered_before, commit_of_nobody, version_of};

/// Destroys the key of a deleted patient whose record need no longer be kept.
pub async fn purge_patient(
    store: &Store,
    call: Call,
    request: PurgePatientRequest,
) -> Result<PurgePatientResponse, Refusal> {
    let mut fields = Fields::new();
    let method = "taper.v1.PatientService/PurgePatient";
    let mutation = Mutation::read(method, &request, &request.request_id, &mut fields);
    let name = fields.name("name", &request.name);
    if request.etag.is_empty() {
        fields.fault("etag", "is required: what is erased cannot be brought back. Read the patient and send its etag");
    }
    let name: name::Patient = fields.finish(name)?;

    let tx = begin::write(store, &call, &name).await?;
    if let Some(answer) = answered_before(&tx, &mutation, &call).await? {
        return Ok(answer);
    }
    let clinic = clinics::get(&tx).await?.content;
    let current = patients::get(&tx, name.patient, At::NOW).await?;
    if current.content.deleted_at.is_none() {
        return Err(Refusal::new(Reason::WrongState, "The patient is not deleted. Delete it first."));
    }
    if let Some(kept_until) = kept_until(&tx, name.patient).await?
        && clinic.time_zone.date_at(call.now) <= kept_until
    {
        return Err(still_kept(kept_until));
    }
    let expected = version_of(&request.etag).unwrap_or(Version(0));
    patients::purge(&tx, name.patient, expected, call.now).await?;
    let answer = PurgePatientResponse { name: name.to_string(), purge_time: Some(timestamp(call.now)) };
    commit_of_nobody(tx, &call, &mutation, answer).await
}

/// The last day on which the record must be kept; none when nothing was ever recorded of an injury.
async fn kept_until(tx: &Write, patient: PatientId) -> Result<Option<Date>, Refusal> {
    let last_day = patients::last_day(tx, patient).await?;
    let policy = clinic_policies::current(tx, At::NOW).await?.map(|revision| revision.content).unwrap_or_default();
    Ok(last_day.map(|last_day| policy.kept_until(last_day)))
}

fn still_kept(until: Date) -> Refusal {
    let message = format!(
        "The record must be kept until {until}, by the clinic's retention after the last day that it counts for. Purge \
         the patient after that day, or change the clinic's policy if the law allows it."
    );
    Refusal::new(Reason::RetentionNotOver, message).with("kept_until_date", until.to_string())
}
