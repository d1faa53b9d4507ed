//! A decision on a plan; it is never amended.

use sea_orm::entity::prelude::*;

use crate::column::Micros;

/// A row of `decisions`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "decisions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub clinic_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub decision_id: Uuid,
    /// The day it counts for, as `YYYY-MM-DD`.
    pub effective_date: String,
    pub recorded_at: Micros,
    /// A [`taper_core::record::decision::Decision`], read and written as the text that is stored.
    pub body: Json,
    /// What of it identifies the patient, encrypted with the patient's key; null where nothing does.
    pub ciphertext: Option<Vec<u8>>,
    /// Of every other column; null in rows that were written before there was one.
    pub digest: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
