//! Decisions on a plan; they are never amended, a later one replaces an earlier one.

use jiff::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect, Set};
use taper_core::ids::DecisionId;
use taper_core::record::decision::Decision;

use crate::column::{Body, Micros};
use crate::entity::decision;
use crate::error::Error;
use crate::parent::{self, Parent};
use crate::plans;
use crate::scope::{Read, Write};
use crate::seal;
use crate::statement::exists;
use crate::stored::{At, PlanKey, Stored, Version};

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
    let row = decision::ActiveModel {
        clinic_id: Set(tx.clinic().to_string()),
        plan_id: Set(plan.plan.0),
        decision_id: Set(id.0),
        effective_date: Set(content.date.to_string()),
        recorded_at: Set(Micros::of(now)),
        body: Set(Body(content.clone())),
    };
    decision::Entity::insert(row).exec_without_returning(tx.connection()).await?;
    Ok(whole(id, now, content.clone()))
}

/// One decision.
pub async fn get(tx: &Read, plan: PlanKey, id: DecisionId, at: At) -> Result<Stored<DecisionId, Decision>, Error> {
    let parent = parent::plan(tx, plan);
    let select = seen(below(tx, plan, &parent), at).filter(decision::Column::DecisionId.eq(id.0));
    let row = select.one(tx.connection()).await?;
    row.map_or_else(|| Err(Error::NotFound { name: format!("{}/decisions/{id}", parent.name) }), stored)
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
    let mut select = below(tx, plan, &parent).order_by_asc(decision::Column::DecisionId).limit(u64::from(limit));
    if let Some(after) = after {
        select = select.filter(decision::Column::DecisionId.gt(after.0));
    }
    let rows = seen(select, at).all(tx.connection()).await?;
    if rows.is_empty() && !exists(tx, &parent.exists).await? {
        return Err(Error::NotFound { name: parent.name });
    }
    rows.into_iter().map(stored).collect()
}

fn below(tx: &Read, plan: PlanKey, parent: &Parent) -> Select<decision::Entity> {
    decision::Entity::find()
        .filter(decision::Column::ClinicId.eq(tx.clinic().as_str()))
        .filter(decision::Column::PlanId.eq(plan.plan.0))
        .filter(sea_orm::sea_query::Expr::exists(parent.exists.clone()))
}

/// Of these the ones that are seen at those times.
fn seen(mut select: Select<decision::Entity>, at: At) -> Select<decision::Entity> {
    if let Some(as_of) = at.as_of {
        select = select.filter(decision::Column::EffectiveDate.lte(as_of.to_string()));
    }
    if let Some(known_at) = at.known_at {
        select = select.filter(decision::Column::RecordedAt.lte(Micros::of(known_at)));
    }
    select
}

fn stored(row: decision::Model) -> Result<Stored<DecisionId, Decision>, Error> {
    Ok(whole(DecisionId(row.decision_id), row.recorded_at.instant()?, row.body.0))
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
