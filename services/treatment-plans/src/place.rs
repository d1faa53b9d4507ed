//! Where a request stands: the plan of a session, the therapists of the clinic.

use taper_core::ids::{ClinicId, TherapistId};
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name};
use taper_store::{Error, Read, therapists};

pub(crate) use taper_wire::key::{injury_key, plan_key};
pub(crate) use taper_wire::present::Present;

/// The name of the plan that a session belongs to.
pub(crate) fn plan_of(session: &name::Session) -> name::Plan {
    name::Plan { clinic: session.clinic.clone(), patient: session.patient, injury: session.injury, plan: session.plan }
}

/// A therapist who logs in as one decides under no other name; programs say whom they stand for.
pub(crate) fn check_signer(call: &Call, field: &str, therapist: Option<&name::Therapist>, fields: &mut Fields) {
    let own = call.principal().therapist();
    if let (Some(own), Some(named)) = (own, therapist)
        && named.therapist != own
    {
        fields
            .fault(field, "is another therapist than the one that your key or login is of; nobody decides for another");
    }
}

/// The id of a therapist of this clinic. One of another clinic, or of none, is noted the same way.
pub(crate) async fn therapist(
    tx: &Read,
    clinic: &ClinicId,
    field: &str,
    therapist: Option<&name::Therapist>,
    fields: &mut Fields,
) -> Result<Option<TherapistId>, Refusal> {
    let Some(therapist) = therapist else { return Ok(None) };
    let found = match therapist.clinic == *clinic {
        true => therapists::get(tx, therapist.therapist).await.map(|_| ()),
        false => Err(Error::NotFound { name: therapist.to_string() }),
    };
    match found {
        Ok(()) => Ok(Some(therapist.therapist)),
        Err(Error::NotFound { .. }) => {
            fields.fault(field, "is not a therapist of this clinic");
            Ok(None)
        }
        Err(fault) => Err(fault.into()),
    }
}
