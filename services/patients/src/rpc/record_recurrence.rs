//! RecordRecurrence.

use taper_api::v1::{Injury, RecordRecurrenceRequest};
use taper_core::ids::InjuryId;
use taper_core::record::recurrence;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::{At, InjuryKey, Store, clinics, injuries};
use taper_wire::begin;
use taper_wire::mutation::{answered_before, commit};

use crate::wire;
use crate::wire::injury::Draft;

/// Records that an injury came back: a new injury that is linked to the named one.
pub async fn record_recurrence(store: &Store, call: Call, request: RecordRecurrenceRequest) -> Result<Injury, Refusal> {
    let mut fields = Fields::new();
    let method = "taper.v1.PatientService/RecordRecurrence";
    let mutation = Mutation::read(method, &request, &request.request_id, &mut fields);
    let name = fields.name::<name::Injury>("name", &request.name);
    let draft = Draft::read_recurrence(&mut fields, request.injury.as_ref());
    let Some(name) = name else { return fields.finish(None) };

    let tx = begin::write(store, &call, &name).await?;
    if let Some(answer) = answered_before(&tx, &mutation, &call).await? {
        return Ok(answer);
    }
    let clinic = clinics::get(&tx).await?.content;
    let key = |injury| InjuryKey { patient: name.patient, injury };
    let earlier = injuries::get(&tx, key(name.injury), At::NOW).await?.content;
    let onset = draft.as_ref().and_then(|draft| draft.onset_date);
    fields.check_dates(&clinic.time_zone, call.now);
    fields.check_not_before("injury.onset_date", onset, earlier.onset_date, "the earlier injury's onset");
    let injury = draft.and_then(|draft| draft.recurring(name.injury, &earlier));
    let injury = fields.finish(injury)?;

    let stored = injuries::create(&tx, key(InjuryId(call.new_id())), &injury, call.now).await?;
    let timing = recurrence::timing(earlier.return_date, injury.onset_date);
    commit(tx, &call, &mutation, wire::injury::answer(&name.patient(), &stored, Some(timing))).await
}
