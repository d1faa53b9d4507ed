//! Therapists on the wire.

use taper_api::v1;
use taper_core::ids::{ClinicId, TherapistId};
use taper_core::record::clinic::Therapist;
use taper_core::record::codes::Discipline;
use taper_kit::fields::{Fields, code_number, timestamp};
use taper_kit::name;
use taper_store::Stored;

/// Reads a therapist that is to be created under this id.
pub fn read(fields: &mut Fields, id: TherapistId, given: Option<&v1::Therapist>) -> Option<Therapist> {
    let given = fields.required("therapist", given)?;
    let display_name = fields.line("therapist.display_name", &given.display_name);
    let discipline = fields.code("therapist.discipline", given.discipline, "DISCIPLINE", Discipline::ALL);
    Some(Therapist { id, display_name: display_name?, discipline: discipline? })
}

/// A therapist as it is answered.
pub fn answer(clinic: &ClinicId, stored: &Stored<TherapistId, Therapist>) -> v1::Therapist {
    let (clinic, therapist) = (clinic.clone(), stored.id);
    v1::Therapist {
        name: name::Therapist { clinic, therapist }.to_string(),
        display_name: stored.content.display_name.to_string(),
        discipline: code_number(stored.content.discipline, Discipline::ALL),
        create_time: Some(timestamp(stored.create_time)),
    }
}
