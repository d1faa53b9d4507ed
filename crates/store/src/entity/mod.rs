//! One entity for each table; `clinic_id` is the first column of every key.

pub mod activity;
pub mod assessment;
pub mod clinic;
pub mod decision;
pub mod injury;
pub mod injury_revision;
pub mod patient;
pub mod patient_external_id;
pub mod patient_revision;
pub mod plan;
pub mod plan_revision;
pub mod request;
pub mod session;
pub mod therapist;
