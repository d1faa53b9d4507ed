//! A revision of an assessment; older ones are kept as they were.

use sea_orm::entity::prelude::*;

use crate::column::Micros;

/// A row of `assessments`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assessments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub clinic_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub injury_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub assessment_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub revision: i64,
    /// The day it counts for, as `YYYY-MM-DD`.
    pub effective_date: String,
    /// When the first revision was recorded.
    pub created_at: Micros,
    pub recorded_at: Micros,
    /// Null for the current revision.
    pub superseded_at: Option<Micros>,
    pub entered_in_error: bool,
    pub amend_reason: Option<String>,
    /// A [`taper_core::record::assessment::Assessment`], read and written as the text that is stored.
    pub body: Json,
    /// What of it identifies the patient, encrypted with the patient's key; null where nothing does.
    pub ciphertext: Option<Vec<u8>>,
    /// Of every other column but `superseded_at`; null in rows that were written before there was one.
    pub digest: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
