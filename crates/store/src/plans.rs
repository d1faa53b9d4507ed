//! Treatment plans of an injury, of which at most one is active.

use jiff::Timestamp;
use sea_orm::EntityName;
use taper_core::ids::PlanId;
use taper_core::record::codes::PlanState;
use taper_core::record::plan::Plan;

use crate::entity::{plan, plan_revision};
use crate::error::Error;
use crate::head::{self, Heads};
use crate::parent::{self, Parent};
use crate::scope::{Read, Write};
use crate::statement::{Field, exists, insert_if};
use crate::stored::{InjuryKey, PlanKey, Stored, Version};

/// Records a plan of an injury.
pub async fn create(tx: &Write, key: PlanKey, content: &Plan, now: Timestamp) -> Result<Stored<PlanId, Plan>, Error> {
    let injury = parent::injury(tx, key.injury_key());
    let heads = heads(&injury);
    let mut row = head::first(tx, heads.id, key.plan.0, now);
    row.push((injury.column, injury.id.into()));
    row.push(active(content));
    if !insert_if(tx, heads.table, row, injury.exists).await.map_err(one_active)? {
        return Err(Error::NotFound { name: injury.name });
    }
    head::begin(tx, &heads, key.plan, content, now).await
}

/// The current revision of a plan. Its version also counts its decisions.
pub async fn get(tx: &Read, key: PlanKey) -> Result<Stored<PlanId, Plan>, Error> {
    let heads = heads(&parent::injury(tx, key.injury_key()));
    let found = head::get(tx, &heads, key.plan).await?;
    found.ok_or_else(|| Error::NotFound { name: parent::plan(tx, key).name })
}

/// The current revisions by id, those after `after` and at most `limit`.
pub async fn list(
    tx: &Read,
    injury: InjuryKey,
    after: Option<PlanId>,
    limit: u32,
) -> Result<Vec<Stored<PlanId, Plan>>, Error> {
    let injury = parent::injury(tx, injury);
    let plans = head::list(tx, &heads(&injury), after, limit).await?;
    if plans.is_empty() && !exists(tx, &injury.exists).await? {
        return Err(Error::NotFound { name: injury.name });
    }
    Ok(plans)
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
    head::revise(tx, &heads, key.plan, raised.map_err(one_active)?, content, now).await
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
    Heads { table, revisions: plan_revision::Entity.table_name(), id: "plan_id", below: injury.of(table) }
}
