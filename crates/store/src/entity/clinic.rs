//! A clinic.

use sea_orm::entity::prelude::*;

use crate::column::Micros;

/// A row of `clinics`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "clinics")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub clinic_id: String,
    pub version: i64,
    pub created_at: Micros,
    pub recorded_at: Micros,
    pub display_name: String,
    pub time_zone: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
