//! A version of a clinic's own protocol; it never changes.

use sea_orm::entity::prelude::*;

use crate::column::Micros;

/// A row of `protocols`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "protocols")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub clinic_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub protocol_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: String,
    pub document: String,
    /// Of the document, in hex.
    pub sha256: String,
    pub created_at: Micros,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
