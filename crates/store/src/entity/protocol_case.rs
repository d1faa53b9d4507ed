//! A golden case of a clinic's own protocol; it never changes.

use sea_orm::entity::prelude::*;

/// A row of `protocol_cases`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "protocol_cases")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub clinic_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub protocol_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: String,
    /// Counts from 0, in the order in which they were published.
    #[sea_orm(primary_key, auto_increment = false)]
    pub place: i64,
    /// The case, as TOML.
    pub document: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
