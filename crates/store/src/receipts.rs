//! Issued recommendations of a plan; they never change.

use jiff::civil::Date;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect, Set};
use taper_core::ids::{PlanId, ReceiptId};
use taper_core::receipt::Receipt;
use taper_core::record::plan::ProtocolRef;

use crate::column::{Micros, counter};
use crate::entity::receipt;
use crate::error::Error;
use crate::parent;
use crate::scope::{Read, Write};
use crate::seal;
use crate::statement::{exists, in_clinic};
use crate::stored::PlanKey;

/// An issued recommendation as it is stored. It is not checked here: [`taper_core::receipt::verify`] does that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// Its id.
    pub id: ReceiptId,
    /// What was issued, and from what; instants in microseconds.
    pub receipt: Receipt,
    /// The seal as it is stored.
    pub seal: String,
}

/// Records an issued recommendation of `plan`, which `receipt.plan` is. `receipt.known_at` is not after the instant
/// that [`crate::records::hold`] gave in this transaction; a later one is [`Error::Internal`], since a change could
/// still be recorded before it.
pub async fn create(tx: &Write, plan: PlanKey, id: ReceiptId, receipt: &Receipt) -> Result<Issued, Error> {
    let parent = parent::plan(tx, plan);
    if receipt.plan != plan.plan || !exists(tx, &parent.exists).await? {
        return Err(Error::NotFound { name: parent.name });
    }
    let known_at = Micros::of(receipt.known_at);
    if seal::hold(tx, plan.patient).await?.is_none_or(|held| Micros::of(held) < known_at) {
        tracing::error!("the record of a receipt is not held");
        return Err(Error::Internal);
    }
    let row = receipt::ActiveModel {
        clinic_id: Set(tx.clinic().to_string()),
        plan_id: Set(receipt.plan.0),
        receipt_id: Set(id.0),
        as_of: Set(receipt.as_of.to_string()),
        known_at: Set(known_at),
        plan_version: Set(i64::from(receipt.plan_version)),
        protocol_id: Set(receipt.protocol.protocol.clone()),
        protocol_version: Set(receipt.protocol.version.clone()),
        protocol_sha256: Set(receipt.protocol_sha256.clone()),
        facts_sha256: Set(receipt.facts_sha256.clone()),
        output_sha256: Set(receipt.output_sha256.clone()),
        program_version: Set(receipt.program_version.clone()),
        issued_at: Set(Micros::of(receipt.issued_at)),
        seal: Set(receipt.seal()),
    };
    receipt::Entity::insert(row).exec_without_returning(tx.connection()).await?;
    get(tx, plan, id).await
}

/// One receipt of a plan.
pub async fn get(tx: &Read, plan: PlanKey, id: ReceiptId) -> Result<Issued, Error> {
    let found = below(tx, plan).filter(receipt::Column::ReceiptId.eq(id.0)).one(tx.connection()).await?;
    let name = || format!("{}/recommendations/{id}", parent::plan(tx, plan).name);
    found.map_or_else(|| Err(Error::NotFound { name: name() }), issued)
}

/// The receipts of a plan by id, those after `after` and at most `limit`.
pub async fn list(tx: &Read, plan: PlanKey, after: Option<ReceiptId>, limit: u32) -> Result<Vec<Issued>, Error> {
    let mut select = below(tx, plan).order_by_asc(receipt::Column::ReceiptId).limit(u64::from(limit));
    if let Some(after) = after {
        select = select.filter(receipt::Column::ReceiptId.gt(after.0));
    }
    let rows = select.all(tx.connection()).await?;
    let parent = parent::plan(tx, plan);
    if rows.is_empty() && !exists(tx, &parent.exists).await? {
        return Err(Error::NotFound { name: parent.name });
    }
    rows.into_iter().map(issued).collect()
}

fn below(tx: &Read, plan: PlanKey) -> Select<receipt::Entity> {
    receipt::Entity::find()
        .filter(in_clinic(tx, receipt::Column::ClinicId))
        .filter(receipt::Column::PlanId.eq(plan.plan.0))
        .filter(sea_orm::sea_query::Expr::exists(parent::plan(tx, plan).exists))
}

fn issued(row: receipt::Model) -> Result<Issued, Error> {
    let as_of: Date = row.as_of.parse().map_err(|_| Error::Damaged { what: "receipts.as_of".to_owned() })?;
    Ok(Issued {
        id: ReceiptId(row.receipt_id),
        receipt: Receipt {
            plan: PlanId(row.plan_id),
            as_of,
            known_at: row.known_at.instant()?,
            plan_version: counter(row.plan_version)?,
            protocol: ProtocolRef { protocol: row.protocol_id, version: row.protocol_version },
            protocol_sha256: row.protocol_sha256,
            facts_sha256: row.facts_sha256,
            output_sha256: row.output_sha256,
            program_version: row.program_version,
            issued_at: row.issued_at.instant()?,
        },
        seal: row.seal,
    })
}
