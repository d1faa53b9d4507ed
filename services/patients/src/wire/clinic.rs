//! Clinics on the wire.

use taper_api::v1;
use taper_core::ids::ClinicId;
use taper_core::record::clinic::{Clinic, TimeZoneName};
use taper_kit::fields::{Fields, timestamp};
use taper_kit::name;
use taper_store::Stored;

/// Reads a clinic that is to be created.
pub fn read(fields: &mut Fields, clinic_id: &str, given: Option<&v1::Clinic>) -> Option<Clinic> {
    let id = fields.take("clinic_id", clinic_id.parse::<ClinicId>());
    let given = fields.required("clinic", given)?;
    let display_name = fields.line("clinic.display_name", &given.display_name);
    let time_zone = fields.take("clinic.time_zone", TimeZoneName::parse(&given.time_zone));
    Some(Clinic { id: id?, display_name: display_name?, time_zone: time_zone? })
}

/// A clinic as it is answered.
pub fn answer(stored: &Stored<ClinicId, Clinic>) -> v1::Clinic {
    let clinic = stored.id.clone();
    v1::Clinic {
        name: name::Clinic { clinic }.to_string(),
        display_name: stored.content.display_name.to_string(),
        time_zone: stored.content.time_zone.as_str().to_owned(),
        create_time: Some(timestamp(stored.create_time)),
    }
}
