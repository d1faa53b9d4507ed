//! ListAuditEvents.

use taper_api::v1;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name, paging};
use taper_store::{Store, audit};
use taper_wire::begin;
use uuid::Uuid;

use crate::wire;

/// Lists what happened in a clinic, the oldest first.
pub async fn list_audit_events(
    store: &Store,
    call: Call,
    request: v1::ListAuditEventsRequest,
) -> Result<v1::ListAuditEventsResponse, Refusal> {
    let mut fields = Fields::new();
    let times = format!("{:?} {:?}", request.start_time, request.end_time);
    let binding = ["ListAuditEvents", &request.parent, &request.patient, &request.subject, &times];
    let parent = fields.name("parent", &request.parent);
    let filter = filter(&mut fields, &request, parent.as_ref());
    let page = paging::parse(request.page_size, &request.page_token, &binding, fields.violations())?;
    let parent: name::Clinic = fields.finish(parent)?;

    let tx = begin::read(store, &call, &parent).await?;
    let after = page.after.map(|place| place.as_u128()).unwrap_or_default();
    let rows = audit::list(&tx, &filter, u64::try_from(after).unwrap_or(u64::MAX), page.size + 1).await?;
    let (rows, last) = paging::cut(rows, page.size, |entry| Uuid::from_u128(u128::from(entry.number)));
    Ok(v1::ListAuditEventsResponse {
        events: rows.iter().map(|entry| wire::audit::answer(&parent.clinic, entry)).collect(),
        next_page_token: last.map(|place| paging::next_token(place, &binding)).unwrap_or_default(),
    })
}

fn filter(fields: &mut Fields, request: &v1::ListAuditEventsRequest, parent: Option<&name::Clinic>) -> audit::Filter {
    let mut instant = |field: &str, given: Option<&prost_types::Timestamp>| {
        let read = |given: &prost_types::Timestamp| jiff::Timestamp::new(given.seconds, given.nanos);
        given.and_then(|given| fields.take(field, read(given).map_err(|_| "is not an instant")))
    };
    let from = instant("start_time", request.start_time.as_ref());
    let until = instant("end_time", request.end_time.as_ref());
    let mut patient = None;
    if !request.patient.is_empty() {
        patient = fields.name::<name::Patient>("patient", &request.patient);
        if patient.as_ref().zip(parent).is_some_and(|(patient, parent)| patient.clinic != parent.clinic) {
            fields.fault("patient", "must be a patient of the clinic in parent");
        }
    }
    let subject = (!request.subject.is_empty()).then(|| request.subject.clone());
    audit::Filter { patient: patient.map(|patient| patient.patient), subject, from, until }
}
