//! A plan of an injury; its contents are in its revisions.

use sea_orm::entity::prelude::*;

use crate::column::Micros;

/// A row of `plans`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "plans")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub clinic_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: Uuid,
    pub injury_id: Uuid,
    /// At most one plan of an injury is; a partial unique index sees to it.
    pub active: bool,
    pub version: i64,
    pub created_at: Micros,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
