//! A revision of a clinic's policy; older ones are kept as they were.

use sea_orm::entity::prelude::*;
use taper_core::record::plan::Policy;

use crate::column::{Body, Micros};

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
    pub body: Body<Policy>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
