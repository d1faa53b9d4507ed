//! A decision on a plan; it is never amended.

use sea_orm::entity::prelude::*;
use taper_core::record::decision::Decision;

use crate::column::{Body, Micros};

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
    pub body: Body<Decision>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
