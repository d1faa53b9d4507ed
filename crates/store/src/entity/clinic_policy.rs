//! A revision of a clinic's policy; older ones are kept as they were.

use sea_orm::entity::prelude::*;

use crate::column::Micros;

/// A row of `clinic_policies`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "clinic_policies")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub clinic_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub revision: i64,
    pub recorded_at: Micros,
    /// Null for the current revision.
    pub superseded_at: Option<Micros>,
    pub reason: String,
    /// Who changed it.
    pub therapist: Option<Uuid>,
    /// A [`taper_core::record::plan::Policy`], read and written as the text that is stored.
    pub body: Json,
    /// Of every other column but `superseded_at`; null in rows that were written before there was one.
    pub digest: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
