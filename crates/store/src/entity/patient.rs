//! A patient; its contents are in its revisions.

use sea_orm::entity::prelude::*;

use crate::column::Micros;

/// A row of `patients`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "patients")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub clinic_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub patient_id: Uuid,
    pub version: i64,
    pub created_at: Micros,
    /// The latest instant whose record a recommendation was issued from.
    pub sealed_at: Option<Micros>,
    /// Null while it is not deleted; the current revision says the same.
    pub deleted_at: Option<Micros>,
    /// When its key was destroyed.
    pub purged_at: Option<Micros>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
