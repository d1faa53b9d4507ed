//! What happened, on the wire.

use taper_api::v1;
use taper_core::access::{Interaction, Role};
use taper_core::audit::{Entry, Hash, Head};
use taper_core::ids::ClinicId;
use taper_kit::fields::{Fields, code_number, timestamp};
use taper_kit::name;

/// An event as it is answered.
pub fn answer(clinic: &ClinicId, entry: &Entry) -> v1::AuditEvent {
    let event = &entry.event;
    let patient = event.patient.map(|patient| name::Patient { clinic: clinic.clone(), patient }.to_string());
    v1::AuditEvent {
        number: i64::try_from(entry.number).unwrap_or(i64::MAX),
        event_time: Some(timestamp(event.at)),
        subject: event.subject.clone(),
        role: event.role.map(|role| code_number(role, &Role::ALL)).unwrap_or_default(),
        method: event.method.clone(),
        interaction: code_number(event.interaction, &Interaction::ALL),
        patient: patient.unwrap_or_default(),
        outcome: event.outcome.clone(),
        call_id: event.call_id.clone(),
        by_broken_glass: event.by_broken_glass,
        hash: entry.hash.0.to_vec(),
        resource: event.resource.clone().unwrap_or_default(),
    }
}

/// A head as it is answered.
pub fn head(head: Head) -> v1::AuditHead {
    v1::AuditHead { number: i64::try_from(head.number).unwrap_or(i64::MAX), hash: head.hash.0.to_vec() }
}

/// Reads heads that were kept elsewhere.
pub fn anchors(fields: &mut Fields, given: &[v1::AuditHead]) -> Option<Vec<Head>> {
    if !fields.within_items_max("anchors", given.len()) {
        return None;
    }
    let mut anchors = Vec::with_capacity(given.len());
    for (place, anchor) in given.iter().enumerate() {
        anchors.extend(kept(fields, &format!("anchors[{place}]"), anchor));
    }
    Some(anchors)
}

/// Reads the head from which on a chain is verified; without one that is its beginning. No anchor may be before it.
pub fn start(fields: &mut Fields, given: Option<&v1::AuditHead>, anchors: &[Head]) -> Option<Head> {
    let Some(given) = given else { return Some(Head::default()) };
    let start = kept(fields, "start", given)?;
    if anchors.iter().any(|anchor| anchor.number < start.number) {
        fields.fault("start", "is after one of the anchors, which would not be looked at; leave that anchor out");
    }
    Some(start)
}

fn kept(fields: &mut Fields, field: &str, given: &v1::AuditHead) -> Option<Head> {
    let number = u64::try_from(given.number).ok().filter(|number| *number > 0).ok_or("must be 1 or more");
    let number = fields.take(format!("{field}.number"), number);
    let hash = given.hash.as_slice().try_into().map_err(|_| "must have 32 bytes");
    let hash = fields.take(format!("{field}.hash"), hash);
    number.zip(hash).map(|(number, hash)| Head { number, hash: Hash(hash) })
}
