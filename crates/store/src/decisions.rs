//! Decisions on a plan; they are never amended, a later one replaces an earlier one.

use jiff::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, EntityName, QueryResult};
use taper_core::ids::DecisionId;
use taper_core::record::decision::Decision;
use uuid::Uuid;

use crate::column::Micros;
use crate::digest::{self, Covered};
use crate::entity::decision;
use crate::error::Error;
use crate::parent::{self, Parent};
use crate::parts::{self, apart, one, together};
use crate::plans;
use crate::scope::{Read, Write};
use crate::seal;
use crate::statement::{body_text, bytes_at, exists, insert, of_clinic, read_at, text_at};
use crate::stored::{At, PlanKey, Stored, Version};
use crate::vault;

/// Records a decision, if the plan's version is the expected one; afterwards it is the next.
pub async fn create(
    tx: &Write,
    plan: PlanKey,
    expected: Version,
    id: DecisionId,
    content: &Decision,
    now: Timestamp,
) -> Result<Stored<DecisionId, Decision>, Error> {
    plans::note_decision(tx, plan, expected).await?;
    let now = seal::not_before(tx, plan.patient, now).await?;
    let (date, recorded_at) = (content.date.to_string(), Micros::of(now));
    let ids = [("plan_id", plan.plan.0), ("decision_id", id.0)];
    let whole_row = Covered::row(table(), tx.clinic(), &ids, recorded_at.0, "");
    let row = Covered { effective_date: Some(&date), ..whole_row };
    let parts = apart(tx, plan.patient, &row.place(), content, None).await?;
    let mut fields = vec![
        ("clinic_id", tx.clinic().as_str().into()),
        ("plan_id", plan.plan.0.into()),
        ("decision_id", id.0.into()),
        ("effective_date", date.as_str().into()),
        ("recorded_at", recorded_at.into()),
    ];
    fields.extend(parts.fields(tx, row));
    insert(tx, table(), fields).await?;
    Ok(whole(id, now, content.clone()))
}

/// One decision.
pub async fn get(tx: &Read, plan: PlanKey, id: DecisionId, at: At) -> Result<Stored<DecisionId, Decision>, Error> {
    let parent = parent::plan(tx, plan);
    let mut select = seen(tx, &parent, at);
    select.and_where(Expr::col("decision_id").eq(id.0));
    match tx.connection().query_one(&select).await? {
        Some(row) => one(stored(tx, plan, &[row]).await?),
        None => Err(Error::NotFound { name: format!("{}/decisions/{id}", parent.name) }),
    }
}

/// The decisions that are seen at those times, by id, those after `after` and at most `limit`.
pub async fn list(
    tx: &Read,
    plan: PlanKey,
    after: Option<DecisionId>,
    limit: u32,
    at: At,
) -> Result<Vec<Stored<DecisionId, Decision>>, Error> {
    let parent = parent::plan(tx, plan);
    let mut select = seen(tx, &parent, at);
    if let Some(after) = after {
        select.and_where(Expr::col("decision_id").gt(after.0));
    }
    select.order_by("decision_id", Order::Asc).limit(u64::from(limit));
    let rows = tx.connection().query_all(&select).await?;
    if rows.is_empty() && !exists(tx, &parent.exists).await? {
        return Err(Error::NotFound { name: parent.name });
    }
    stored(tx, plan, &rows).await
}

/// The decisions of a plan that are seen at those times.
fn seen(tx: &Read, parent: &Parent, at: At) -> SelectStatement {
    let mut select = Query::select();
    select
        .columns(["decision_id", "effective_date", "recorded_at"])
        .expr(body_text(table()))
        .column(parts::COLUMN)
        .column(digest::COLUMN)
        .from(table())
        .cond_where(of_clinic(tx, table()))
        .cond_where(parent.of(table()));
    if let Some(as_of) = at.as_of {
        select.and_where(Expr::col("effective_date").lte(as_of.to_string()));
    }
    if let Some(known_at) = at.known_at {
        select.and_where(Expr::col("recorded_at").lte(Micros::of(known_at).0));
    }
    select
}

async fn stored(tx: &Read, plan: PlanKey, rows: &[QueryResult]) -> Result<Vec<Stored<DecisionId, Decision>>, Error> {
    let mut decisions = Vec::with_capacity(rows.len());
    for row in rows {
        let (id, recorded_at): (Uuid, Micros) = (read_at(row, 0)?, read_at(row, 2)?);
        let body = text_at(row, 3)?.unwrap_or_default();
        let ids = [("plan_id", plan.plan.0), ("decision_id", id)];
        let whole_row = Covered::row(table(), tx.clinic(), &ids, recorded_at.0, body);
        let (effective_date, ciphertext) = (text_at(row, 1)?, bytes_at(row, 4)?);
        let covered = Covered { effective_date, ciphertext, ..whole_row };
        covered.check(bytes_at(row, 5)?)?;
        if ciphertext.is_some() {
            vault::fetch(tx, [plan.patient]).await?;
        }
        let (content, _) = together(tx.keys().get(plan.patient).as_deref(), &covered)?;
        decisions.push(whole(DecisionId(id), recorded_at.instant()?, content));
    }
    Ok(decisions)
}

fn whole(id: DecisionId, recorded: Timestamp, content: Decision) -> Stored<DecisionId, Decision> {
    Stored {
        id,
        version: Version::FIRST,
        revision: 1,
        create_time: recorded,
        update_time: recorded,
        entered_in_error: false,
        amend_reason: None,
        content,
    }
}

fn table() -> &'static str {
    decision::Entity.table_name()
}
