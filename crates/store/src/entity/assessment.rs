//! A revision of an assessment; older ones are kept as they were.

use sea_orm::entity::prelude::*;
use taper_core::record::assessment::Assessment;

use crate::column::{Body, Micros};

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
    pub body: Body<Assessment>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
