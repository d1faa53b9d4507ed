//! A mutation that was done, with its answer, so that a retry gets the same one.

use sea_orm::entity::prelude::*;

use crate::column::Micros;

/// A row of `requests`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "requests")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub clinic_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub request_id: Uuid,
    pub method: String,
    pub request_hash: Vec<u8>,
    /// Null only inside the transaction that does the work.
    pub response: Option<Vec<u8>>,
    pub created_at: Micros,
    /// The patient whose key the answer is encrypted with; null where it is of no patient.
    pub patient_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
