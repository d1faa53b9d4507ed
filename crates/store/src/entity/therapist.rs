//! A therapist of a clinic.

use sea_orm::entity::prelude::*;

use crate::column::Micros;

/// A row of `therapists`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "therapists")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub clinic_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub therapist_id: Uuid,
    pub version: i64,
    pub created_at: Micros,
    pub recorded_at: Micros,
    pub display_name: String,
    pub discipline: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
