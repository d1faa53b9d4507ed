//! One file per RPC: parse, begin, claim, load, decide, save, answer.

mod create_clinic;
mod create_injury;
mod create_patient;
mod create_therapist;
mod get_clinic;
mod get_injury;
mod get_patient;
mod get_therapist;
mod list_clinics;
mod list_injuries;
mod list_patients;
mod list_therapists;
mod record_recurrence;
mod record_return;
mod update_patient;

pub use create_clinic::create_clinic;
pub use create_injury::create_injury;
pub use create_patient::create_patient;
pub use create_therapist::create_therapist;
pub use get_clinic::get_clinic;
pub use get_injury::get_injury;
pub use get_patient::get_patient;
pub use get_therapist::get_therapist;
pub use list_clinics::list_clinics;
pub use list_injuries::list_injuries;
pub use list_patients::list_patients;
pub use list_therapists::list_therapists;
pub use record_recurrence::record_recurrence;
pub use record_return::record_return;
pub use update_patient::update_patient;

mod get_clinic_policy;
pub use get_clinic_policy::get_clinic_policy;

mod update_clinic_policy;
pub use update_clinic_policy::update_clinic_policy;

mod list_clinic_policy_revisions;
pub use list_clinic_policy_revisions::list_clinic_policy_revisions;

mod create_api_key;
pub use create_api_key::create_api_key;

mod list_api_keys;
pub use list_api_keys::list_api_keys;

mod revoke_api_key;
pub use revoke_api_key::revoke_api_key;

mod create_member;
pub use create_member::create_member;

mod list_members;
pub use list_members::list_members;

mod disable_member;
pub use disable_member::disable_member;

mod break_glass;
pub use break_glass::break_glass;

mod list_audit_events;
pub use list_audit_events::list_audit_events;

mod verify_audit;
pub use verify_audit::verify_audit;

mod delete_patient;
pub use delete_patient::delete_patient;

mod undelete_patient;
pub use undelete_patient::undelete_patient;

mod purge_patient;
pub use purge_patient::purge_patient;

mod export_patient;
pub use export_patient::export_patient;
