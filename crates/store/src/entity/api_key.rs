//! A key of a program or a person; its secret is kept as a hash only.

use sea_orm::entity::prelude::*;

use crate::column::Micros;

/// A row of `api_keys`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_keys")]
pub struct Model {
    /// `-` is the deployment.
    #[sea_orm(primary_key, auto_increment = false)]
    pub clinic_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub key_id: String,
    pub client: String,
    pub role: String,
    pub scopes: String,
    pub therapist_id: Option<Uuid>,
    pub secret_sha256: Vec<u8>,
    pub certificate_sha256: Option<Vec<u8>>,
    pub created_at: Micros,
    pub expires_at: Micros,
    pub revoked_at: Option<Micros>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
