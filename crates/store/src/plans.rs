//! Treatment plans of an injury, of which at most one is active.

use jiff::Timestamp;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Order, Query};
use sea_orm::{ConnectionTrait, EntityName};
use taper_core::ids::{InjuryId, PatientId, PlanId};
use taper_core::record::codes::PlanState;
use taper_core::record::plan::Plan;

use crate::column::Micros;
use crate::entity::{decision, injury, plan, plan_revision};
use crate::error::Error;
use crate::head::{self, Heads};
use crate::parent::{self, Parent};
use crate::scope::{Read, Write};
use crate::seal;
use crate::statement::{Field, exists, insert_if, of_clinic, read_at};
use crate::stored::{At, InjuryKey, PlanKey, Stored, Version};

/// Records a plan of an injury.
pub async fn create(tx: &Write, key: PlanKey, content: &Plan, now: Timestamp) -> Result<Stored<PlanId, Plan>, Error> {
    let injury = parent::injury(tx, key.injury_key());
    let now = seal::not_before(tx, key.patient, now).await?;
    let heads = heads(&injury);
    let mut row = head::first(tx, heads.id, key.plan.0, now);
    row.push((injury.column, injury.id.into()));
    row.push(active(content));
    if !insert_if(tx, heads.table, row, injury.exists).await.map_err(one_active)? {
        return Err(Error::NotFound { name: injury.name });
    }
    head::begin(tx, &heads, key.plan, content, now).await
}

/// The revision of a plan that is seen at those times. Its version also counts its decisions until then.
pub async fn get(tx: &Read, key: PlanKey, at: At) -> Result<Stored<PlanId, Plan>, Error> {
    let heads = heads(&parent::injury(tx, key.injury_key()));
    let found = head::get(tx, &heads, key.plan, at.known_at).await?;
    found.ok_or_else(|| Error::NotFound { name: parent::plan(tx, key).name })
}

/// The revisions that are seen at those times, by id, those after `after` and at most `limit`.
pub async fn list(
    tx: &Read,
    injury: InjuryKey,
    after: Option<PlanId>,
    limit: u32,
    at: At,
) -> Result<Vec<Stored<PlanId, Plan>>, Error> {
    let injury = parent::injury(tx, injury);
    let plans = head::list(tx, &heads(&injury), after, limit, at.known_at).await?;
    if plans.is_empty() && !exists(tx, &injury.exists).await? {
        return Err(Error::NotFound { name: injury.name });
    }
    Ok(plans)
}

/// The way to every plan of the clinic whose patient is not deleted, in any state, by id: those after `after` and at most `limit`; with `known_at`,
/// only those that had been recorded by then.
pub async fn keys(
    tx: &Read,
    after: Option<PlanId>,
    limit: u32,
    known_at: Option<Timestamp>,
) -> Result<Vec<PlanKey>, Error> {
    let (plans, injuries) = (plan::Entity.table_name(), injury::Entity.table_name());
    let same_clinic = Expr::col((injuries, "clinic_id")).equals((plans, "clinic_id"));
    let same_injury = Expr::col((injuries, "injury_id")).equals((plans, "injury_id"));
    let mut select = Query::select();
    select
        .column((injuries, "patient_id"))
        .column((plans, "injury_id"))
        .column((plans, "plan_id"))
        .from(plans)
        .inner_join(injuries, Condition::all().add(same_clinic).add(same_injury))
        .cond_where(of_clinic(tx, plans))
        .cond_where(parent::of_a_present_patient(tx))
        .order_by((plans, "plan_id"), Order::Asc)
        .limit(u64::from(limit));
    if let Some(after) = after {
        select.and_where(Expr::col((plans, "plan_id")).gt(after.0));
    }
    if let Some(known_at) = known_at {
        select.and_where(Expr::col((plans, "created_at")).lte(Micros::of(known_at).0));
    }
    let rows = tx.connection().query_all(&select).await?;
    let mut keys = Vec::with_capacity(rows.len());
    for row in &rows {
        let patient = PatientId(read_at(row, 0)?);
        keys.push(PlanKey { patient, injury: InjuryId(read_at(row, 1)?), plan: PlanId(read_at(row, 2)?) });
    }
    Ok(keys)
}

/// Records a new revision of a plan, for example its activation; the old one is kept as it was.
pub async fn revise(
    tx: &Write,
    key: PlanKey,
    expected: Option<Version>,
    content: &Plan,
    now: Timestamp,
) -> Result<Stored<PlanId, Plan>, Error> {
    let heads = heads(&parent::injury(tx, key.injury_key()));
    let name = parent::plan(tx, key).name;
    let raised = head::raise_version(tx, &heads, key.plan, expected, vec![active(content)], &name).await;
    let raised = raised.map_err(one_active)?;
    let now = seal::not_before(tx, key.patient, now).await?;
    head::revise(tx, &heads, key.plan, raised, content, now).await
}

/// Raises the version of a plan because of a decision on it.
pub(crate) async fn note_decision(tx: &Write, key: PlanKey, expected: Version) -> Result<(), Error> {
    let heads = heads(&parent::injury(tx, key.injury_key()));
    let name = parent::plan(tx, key).name;
    head::raise_version(tx, &heads, key.plan, Some(expected), Vec::new(), &name).await.map(|_| ())
}

fn active(content: &Plan) -> Field {
    ("active", (content.state == PlanState::Active).into())
}

/// The ids are new, so the only unique index that can refuse is the one that allows one active plan.
fn one_active(error: Error) -> Error {
    match error {
        Error::Unique => Error::PlanAlreadyActive,
        other => other,
    }
}

fn heads(injury: &Parent) -> Heads {
    let table = plan::Entity.table_name();
    Heads {
        table,
        revisions: plan_revision::Entity.table_name(),
        id: "plan_id",
        below: injury.of(table),
        raised_by: Some(decision::Entity.table_name()),
        patient: Some(injury.patient),
    }
}
