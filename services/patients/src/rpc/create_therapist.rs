//! CreateTherapist.

use taper_api::v1::{CreateTherapistRequest, Therapist};
use taper_core::ids::TherapistId;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::{Store, therapists};
use taper_wire::begin;
use taper_wire::mutation::{answered_before, commit};

use crate::wire;

/// Creates a therapist of a clinic.
pub async fn create_therapist(
    store: &Store,
    call: Call,
    request: CreateTherapistRequest,
) -> Result<Therapist, Refusal> {
    let mut fields = Fields::new();
    let method = "taper.v1.PatientService/CreateTherapist";
    let mutation = Mutation::read(method, &request, &request.request_id, &mut fields);
    let parent = fields.name::<name::Clinic>("parent", &request.parent);
    let id = TherapistId(call.new_id());
    let therapist = wire::therapist::read(&mut fields, id, request.therapist.as_ref());
    let (parent, therapist) = fields.finish(parent.zip(therapist))?;

    let tx = begin::write(store, &call, &parent).await?;
    if let Some(answer) = answered_before(&tx, &mutation, &call).await? {
        return Ok(answer);
    }
    let stored = therapists::create(&tx, &therapist, call.now).await?;
    commit(tx, &call, &mutation, wire::therapist::answer(&parent.clinic, &stored)).await
}
