//! A revision of an injury; older ones are kept as they were.

use sea_orm::entity::prelude::*;

use crate::column::Micros;

/// A row of `injury_revisions`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "injury_revisions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub clinic_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub injury_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub revision: i64,
    pub recorded_at: Micros,
    /// Null for the current revision.
    pub superseded_at: Option<Micros>,
    /// A [`taper_core::record::injury::Injury`], read and written as the text that is stored.
    pub body: Json,
    /// What of it identifies the patient, encrypted with the patient's key; null where nothing does.
    pub ciphertext: Option<Vec<u8>>,
    /// Of every other column but `superseded_at`; null in rows that were written before there was one.
    pub digest: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
