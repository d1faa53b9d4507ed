//! An injury of a patient; its contents are in its revisions.

use sea_orm::entity::prelude::*;

use crate::column::Micros;

/// A row of `injuries`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "injuries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub clinic_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub injury_id: Uuid,
    pub patient_id: Uuid,
    pub version: i64,
    pub created_at: Micros,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
