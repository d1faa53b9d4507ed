//! Keys of a clinic's programs and people, and of the deployment's operators; of a secret only its hash is kept.

use jiff::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{QueryOrder, QuerySelect, Set};
use taper_core::access::{ApiKey, LIVE_KEYS_MAX, Role, Scopes};
use taper_core::ids::TherapistId;
use taper_core::text::Line;

use crate::audit;
use crate::column::Micros;
use crate::entity::api_key;
use crate::error::Error;
use crate::members;
use crate::scope::{Read, Write};
use crate::statement::in_clinic;

/// Keeps a new key. A client that has as many live ones as it may have is [`Error::TooManyKeys`].
pub async fn create(tx: &Write, key: &ApiKey, secret_sha256: [u8; 32]) -> Result<(), Error> {
    // Two at once would both find room.
    audit::lock_head(tx).await?;
    let now = Micros::of(key.created_at);
    let live = api_key::Entity::find()
        .filter(in_clinic(tx, api_key::Column::ClinicId))
        .filter(api_key::Column::Client.eq(key.client.as_str()))
        .filter(api_key::Column::RevokedAt.is_null())
        .filter(api_key::Column::ExpiresAt.gt(now))
        .count(tx.connection())
        .await?;
    if live >= LIVE_KEYS_MAX as u64 {
        return Err(Error::TooManyKeys);
    }
    let row = api_key::ActiveModel {
        clinic_id: Set(tx.clinic().to_string()),
        key_id: Set(key.id.clone()),
        client: Set(key.client.to_string()),
        role: Set(key.role.word().to_owned()),
        scopes: Set(key.scopes.to_string()),
        therapist_id: Set(key.therapist.map(|therapist| therapist.0)),
        secret_sha256: Set(secret_sha256.to_vec()),
        certificate_sha256: Set(key.certificate.map(|certificate| certificate.to_vec())),
        created_at: Set(now),
        expires_at: Set(Micros::of(key.expires_at)),
        revoked_at: Set(None),
    };
    let inserted = api_key::Entity::insert(row).exec_without_returning(tx.connection()).await;
    inserted.map_err(Error::from).map_err(|error| match (error, key.therapist) {
        (Error::ParentMissing, Some(therapist)) => not_found(tx, "therapists", &therapist.to_string()),
        (error, _) => error,
    })?;
    Ok(())
}

/// Whether the clinic has an administrator, by a live key or as a member. Nobody else makes or learns of one until the
/// transaction ends.
pub async fn has_administrator(tx: &Write, now: Timestamp) -> Result<bool, Error> {
    // Two at once would both find none.
    audit::lock_head(tx).await?;
    let live = api_key::Entity::find()
        .filter(in_clinic(tx, api_key::Column::ClinicId))
        .filter(api_key::Column::Role.eq(Role::ClinicAdmin.word()))
        .filter(api_key::Column::RevokedAt.is_null())
        .filter(api_key::Column::ExpiresAt.gt(Micros::of(now)))
        .count(tx.connection())
        .await?;
    Ok(live > 0 || members::has_administrator(tx).await?)
}

/// A key, live or not, with the hash of its secret.
pub async fn get(tx: &Read, id: &str) -> Result<(ApiKey, Vec<u8>), Error> {
    let found = api_key::Entity::find()
        .filter(in_clinic(tx, api_key::Column::ClinicId))
        .filter(api_key::Column::KeyId.eq(id))
        .one(tx.connection())
        .await?;
    match found {
        Some(row) => {
            let hash = row.secret_sha256.clone();
            Ok((stored(row)?, hash))
        }
        None => Err(not_found(tx, "apiKeys", id)),
    }
}

/// The keys by id, live or not, those after `after` and at most `limit`.
pub async fn list(tx: &Read, after: Option<&str>, limit: u32) -> Result<Vec<ApiKey>, Error> {
    let mut select = api_key::Entity::find()
        .filter(in_clinic(tx, api_key::Column::ClinicId))
        .order_by_asc(api_key::Column::KeyId)
        .limit(u64::from(limit));
    if let Some(after) = after {
        select = select.filter(api_key::Column::KeyId.gt(after));
    }
    select.all(tx.connection()).await?.into_iter().map(stored).collect()
}

/// Ends a key now; one that has ended stays as it is.
pub async fn revoke(tx: &Write, id: &str, now: Timestamp) -> Result<ApiKey, Error> {
    api_key::Entity::update_many()
        .col_expr(api_key::Column::RevokedAt, Expr::val(Micros::of(now).0))
        .filter(in_clinic(tx, api_key::Column::ClinicId))
        .filter(api_key::Column::KeyId.eq(id))
        .filter(api_key::Column::RevokedAt.is_null())
        .exec(tx.connection())
        .await?;
    get(tx, id).await.map(|(key, _)| key)
}

fn not_found(tx: &Read, collection: &str, id: &str) -> Error {
    Error::NotFound { name: format!("clinics/{}/{collection}/{id}", tx.clinic()) }
}

fn stored(row: api_key::Model) -> Result<ApiKey, Error> {
    let damaged = |column: &str| Error::Damaged { what: format!("api_keys.{column}") };
    let certificate = row.certificate_sha256.map(<[u8; 32]>::try_from).transpose();
    Ok(ApiKey {
        id: row.key_id,
        client: Line::parse(&row.client).map_err(|_| damaged("client"))?,
        role: row.role.parse().map_err(|_| damaged("role"))?,
        scopes: Scopes::parse(&row.scopes).map_err(|_| damaged("scopes"))?,
        therapist: row.therapist_id.map(TherapistId),
        certificate: certificate.map_err(|_| damaged("certificate_sha256"))?,
        created_at: row.created_at.instant()?,
        expires_at: row.expires_at.instant()?,
        revoked_at: row.revoked_at.map(Micros::instant).transpose()?,
    })
}
