//! One file per RPC: parse, begin, claim, load, decide, save, answer.

mod create_clinic;
mod get_clinic;
mod list_clinics;
mod create_therapist;
mod get_therapist;
mod list_therapists;
mod create_patient;
mod get_patient;
mod list_patients;
mod update_patient;
mod create_injury;
mod get_injury;
mod list_injuries;
mod record_return;
mod record_recurrence;

pub use create_clinic::create_clinic;
pub use get_clinic::get_clinic;
pub use list_clinics::list_clinics;
pub use create_therapist::create_therapist;
pub use get_therapist::get_therapist;
pub use list_therapists::list_therapists;
pub use create_patient::create_patient;
pub use get_patient::get_patient;
pub use list_patients::list_patients;
pub use update_patient::update_patient;
pub use create_injury::create_injury;
pub use get_injury::get_injury;
pub use list_injuries::list_injuries;
pub use record_return::record_return;
pub use record_recurrence::record_recurrence;
