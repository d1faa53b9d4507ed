//! A revision of a patient; older ones are kept as they were.

use sea_orm::entity::prelude::*;
use taper_core::record::patient::Patient;

use crate::column::{Body, Micros};

/// A row of `patient_revisions`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "patient_revisions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub clinic_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub patient_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub revision: i64,
    pub recorded_at: Micros,
    /// Null for the current revision.
    pub superseded_at: Option<Micros>,
    pub body: Body<Patient>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
