//! Which master key the database was first used with; a row of the deployment itself.

use sea_orm::entity::prelude::*;

use crate::column::Micros;

/// A row of `master_keys`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "master_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub clinic_id: String,
    /// Tells one key from another and says nothing about it.
    pub fingerprint: Vec<u8>,
    pub created_at: Micros,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
