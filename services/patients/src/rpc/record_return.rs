//! RecordReturn.

use taper_api::v1::{Injury, RecordReturnRequest};
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::{At, InjuryKey, Store, clinics, injuries};
use taper_wire::begin;
use taper_wire::mutation::{answered_before, changed_meanwhile, commit, version_of};

use crate::{recurrence, wire};

/// Records when the patient was back to full participation, as a new revision of the injury.
pub async fn record_return(store: &Store, call: Call, request: RecordReturnRequest) -> Result<Injury, Refusal> {
    let mut fields = Fields::new();
    let method = "taper.v1.PatientService/RecordReturn";
    let mutation = Mutation::read(method, &request, &request.request_id, &mut fields);
    let name = fields.name::<name::Injury>("name", &request.name);
    let return_date = wire::injury::return_date(&mut fields, request.return_date.as_ref());
    let Some(name) = name else { return fields.finish(None) };

    let tx = begin::write(store, &call, &name).await?;
    if let Some(answer) = answered_before(&tx, &mutation, &call).await? {
        return Ok(answer);
    }
    let clinic = clinics::get(&tx).await?.content;
    let key = InjuryKey { patient: name.patient, injury: name.injury };
    let current = injuries::get(&tx, key, At::NOW).await?;
    fields.check_dates(&clinic.time_zone, call.now);
    fields.check_not_before("return_date", return_date, current.content.onset_date, "the injury's onset");
    let mut injury = current.content;
    injury.return_date = Some(fields.finish(return_date)?);

    let given_version = version_of(&request.etag);
    let expected = given_version.or(Some(current.version));
    let stored = injuries::revise(&tx, key, expected, &injury, call.now).await;
    let stored = stored.map_err(|fault| changed_meanwhile(fault, given_version))?;
    let timing = recurrence::timing(&tx, name.patient, &stored.content).await?;
    commit(tx, &call, &mutation, wire::injury::answer(&name.patient(), &stored, timing)).await
}
