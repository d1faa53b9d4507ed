//! Glass that somebody broke in an emergency; rows are only added.

use sea_orm::entity::prelude::*;

use crate::column::Micros;

/// A row of `glass`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "glass")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub clinic_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub glass_id: Uuid,
    pub subject: String,
    pub reason: String,
    pub broken_at: Micros,
    pub until: Micros,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
