//! One call that was answered; rows are only added.

use sea_orm::entity::prelude::*;

use crate::column::Micros;

/// A row of `audit_events`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_events")]
pub struct Model {
    /// `-` is the deployment.
    #[sea_orm(primary_key, auto_increment = false)]
    pub clinic_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    pub at: Micros,
    pub subject: String,
    pub role: Option<String>,
    pub method: String,
    pub interaction: String,
    pub patient_id: Option<Uuid>,
    pub outcome: String,
    pub call_id: String,
    pub by_broken_glass: bool,
    pub hash: Vec<u8>,
    /// Null where there is none, and of events that are older than the column.
    pub resource: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
