//! A recommendation that was issued; it never changes.

use sea_orm::entity::prelude::*;

use crate::column::Micros;

/// A row of `receipts`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "receipts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub clinic_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub receipt_id: Uuid,
    /// The day that it is for, as `YYYY-MM-DD`.
    pub as_of: String,
    pub known_at: Micros,
    pub plan_version: i64,
    pub protocol_id: String,
    pub protocol_version: String,
    pub protocol_sha256: String,
    pub facts_sha256: String,
    pub output_sha256: String,
    pub program_version: String,
    pub issued_at: Micros,
    /// SHA-256 of all the rest.
    pub seal: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
