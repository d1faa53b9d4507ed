//! Whom an issuer of tokens knows as a subject, and what it is in the clinic.

use sea_orm::entity::prelude::*;

use crate::column::Micros;

/// A row of `members`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "members")]
pub struct Model {
    /// `-` is the deployment.
    #[sea_orm(primary_key, auto_increment = false)]
    pub clinic_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub member_id: Uuid,
    pub issuer: String,
    pub subject: String,
    pub role: String,
    pub scopes: String,
    pub therapist_id: Option<Uuid>,
    pub created_at: Micros,
    pub disabled_at: Option<Micros>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
