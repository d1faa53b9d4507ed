//! Everything that is stored of one patient, revision by revision, in the clear.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait as _, Query};
use serde::Serialize;
use serde_json::{Map, Value};
use taper_core::ids::PatientId;
use taper_core::record::activity::Activity;
use taper_core::record::assessment::Assessment;
use taper_core::record::decision::Decision;
use taper_core::record::identifying::Identifying;
use taper_core::record::injury::Injury;
use taper_core::record::patient::Patient;
use taper_core::record::plan::Plan;
use taper_core::record::session::Session;
use uuid::Uuid;

use crate::column::Micros;
use crate::digest::{self, Covered};
use crate::entity::{
    activity, assessment, audit_event, decision, injury, injury_revision, patient, patient_revision, plan,
    plan_revision, receipt, session,
};
use crate::error::Error;
use crate::parent;
use crate::parts::{self, together};
use crate::row::{Row, table};
use crate::scope::Read;
use crate::statement::of_clinic;
use crate::vault;

/// The tables that an export reads, in its order.
pub const TABLES: [&str; 12] = [
    "patients",
    "patient_revisions",
    "injuries",
    "injury_revisions",
    "assessments",
    "activities",
    "plans",
    "plan_revisions",
    "sessions",
    "decisions",
    "receipts",
    "audit_events",
];

/// One row of a patient.
#[derive(Clone, Debug, PartialEq)]
pub struct Exported {
    /// The table that it is stored in.
    pub table: &'static str,
    /// Its columns. What it says is under `content`, with what is encrypted in the clear; instants are RFC 3339 texts.
    pub row: Map<String, Value>,
}

/// Every row of a patient, in the order of [`TABLES`]. A row that is not as it was written is [`Error::Damaged`].
pub async fn patient(tx: &Read, id: PatientId) -> Result<Vec<Exported>, Error> {
    let parent = parent::patient(tx, id);
    if !crate::statement::exists(tx, &parent.exists).await? {
        return Err(Error::NotFound { name: parent.name });
    }
    vault::fetch(tx, [id]).await?;
    let mut injuries = Query::select();
    injuries.column("injury_id").from("injuries").cond_where(of_clinic(tx, "injuries"));
    injuries.and_where(injury::Column::PatientId.eq(id.0));
    let mut plans = Query::select();
    plans.column("plan_id").from("plans").cond_where(of_clinic(tx, "plans"));
    plans.and_where(Expr::col("injury_id").in_subquery(injuries.clone()));
    let of_patient = || Expr::col("patient_id").eq(id.0);
    let of_injuries = || Expr::col("injury_id").in_subquery(injuries.clone());
    let of_plans = || Expr::col("plan_id").in_subquery(plans.clone());
    let rows = [
        table(tx, patient::Entity, of_patient()).await?,
        table(tx, patient_revision::Entity, of_patient()).await?,
        table(tx, injury::Entity, of_patient()).await?,
        table(tx, injury_revision::Entity, of_injuries()).await?,
        table(tx, assessment::Entity, of_injuries()).await?,
        table(tx, activity::Entity, of_injuries()).await?,
        table(tx, plan::Entity, of_injuries()).await?,
        table(tx, plan_revision::Entity, of_plans()).await?,
        table(tx, session::Entity, of_plans()).await?,
        table(tx, decision::Entity, of_plans()).await?,
        table(tx, receipt::Entity, of_plans()).await?,
        table(tx, audit_event::Entity, of_patient()).await?,
    ];
    let mut exported = Vec::new();
    for row in rows.into_iter().flatten() {
        exported.push(in_the_clear(tx, id, row)?);
    }
    Ok(exported)
}

fn in_the_clear(tx: &Read, patient: PatientId, mut row: Row) -> Result<Exported, Error> {
    if !row.as_written {
        tracing::error!(table = row.table, clinic = %tx.clinic(), "a stored record is not as it was written");
        return Err(digest::mismatch(row.table));
    }
    let content = match row.table {
        "patient_revisions" => Some(content::<Patient>(tx, patient, &row, &["patient_id"])?),
        "injury_revisions" => Some(content::<Injury>(tx, patient, &row, &["injury_id"])?),
        "assessments" => Some(content::<Assessment>(tx, patient, &row, &["injury_id", "assessment_id"])?),
        "activities" => Some(content::<Activity>(tx, patient, &row, &["injury_id", "activity_id"])?),
        "plan_revisions" => Some(content::<Plan>(tx, patient, &row, &["plan_id"])?),
        "sessions" => Some(content::<Session>(tx, patient, &row, &["plan_id", "session_id"])?),
        "decisions" => Some(content::<Decision>(tx, patient, &row, &["plan_id", "decision_id"])?),
        _ => None,
    };
    // The clinic is the same in every row; the rest is told by the content, or says nothing to anybody.
    for column in ["clinic_id", "body", parts::COLUMN, digest::COLUMN, "hash"] {
        row.columns.remove(column);
    }
    for (name, value) in &mut row.columns {
        if let Some(micros) = value.as_i64().filter(|_| name == "at" || name.ends_with("_at")) {
            *value = Micros(micros).instant()?.to_string().into();
        }
    }
    if let Some((content, amend_reason)) = content {
        row.columns.insert("content".to_owned(), content);
        if amend_reason.is_some() {
            row.columns.insert("amend_reason".to_owned(), amend_reason.into());
        }
    }
    row.columns.retain(|_, value| *value != Value::Null);
    Ok(Exported { table: row.table, row: row.columns })
}

/// What a row says and why it replaced the one before.
fn content<T: Identifying + Serialize>(
    tx: &Read,
    patient: PatientId,
    row: &Row,
    ids: &[&'static str],
) -> Result<(Value, Option<String>), Error> {
    let damaged = || Error::Damaged { what: format!("{}.{}", row.table, parts::COLUMN) };
    let mut read = Vec::with_capacity(ids.len());
    for column in ids {
        let id = row.text(column).and_then(|id| id.parse::<Uuid>().ok());
        read.push((*column, id.ok_or_else(damaged)?));
    }
    let body = row.columns.get("body").map(Value::to_string).unwrap_or_default();
    let ciphertext = row.text(parts::COLUMN).map(|hex| bytes(hex).ok_or_else(damaged)).transpose()?;
    let covered = Covered {
        revision: row.number("revision"),
        ciphertext: ciphertext.as_deref(),
        ..Covered::row(row.table, tx.clinic(), &read, 0, &body)
    };
    let (content, amend_reason) = together::<T>(tx.keys().get(patient).as_deref(), &covered)?;
    let content = serde_json::to_value(content).map_err(|_| Error::Internal)?;
    Ok((content, amend_reason.map(String::from)))
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    hex.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
