//! The whole record of an injury and one plan of it, in one statement however long it is; and many of them alike.

mod evidence;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query, SelectStatement, UnionType};
use sea_orm::{ConnectionTrait, QueryResult};
use serde::de::DeserializeOwned;
use taper_core::ids::InjuryId;
use taper_core::record::injury::Injury;
use taper_core::record::patient::Patient;
use taper_core::record::{Fact, PatientFacts, Record, Recurrence};
use uuid::Uuid;

pub use self::evidence::evidence;

use crate::column::{Micros, UuidId, counter};
use crate::error::Error;
use crate::parent;
use crate::scope::{Read, Write};
use crate::seal;
use crate::statement::{in_force, of_clinic, read_at};
use crate::stored::PlanKey;

/// The records that one statement loads: well below the 32,766 parameters that SQLite takes, at about 8 a record.
const KEYS_PER_STATEMENT: usize = 500;

/// The parts of the statement, by the number in its first column.
mod part {
    pub const PATIENT: i64 = 0;
    pub const INJURY: i64 = 1;
    pub const PLAN: i64 = 2;
    pub const ASSESSMENT: i64 = 3;
    pub const ACTIVITY: i64 = 4;
    pub const SESSION: i64 = 5;
    pub const DECISION: i64 = 6;
}

/// The columns of the statement, by their places.
mod column {
    pub const PART: usize = 0;
    pub const OWNER: usize = 1;
    pub const ID: usize = 2;
    pub const REVISION: usize = 3;
    pub const RECORDED_AT: usize = 4;
    pub const ENTERED_IN_ERROR: usize = 5;
    pub const BODY: usize = 6;
}

/// Rows by their part and by the patient, injury or plan that they hang below.
type Rows = BTreeMap<(i64, Uuid), Vec<QueryResult>>;

/// Loads everything that the rules read: the revisions that are in force, or those that were at an instant.
pub async fn load(tx: &Read, key: PlanKey, known_at: Option<Timestamp>) -> Result<Record, Error> {
    record(tx, key, &rows(tx, &[key], known_at).await?)
}

/// Loads many records in the order of their keys, in one statement for every 500 of them; as [`load`] otherwise.
pub async fn load_many(tx: &Read, keys: &[PlanKey], known_at: Option<Timestamp>) -> Result<Vec<Record>, Error> {
    let mut records = Vec::with_capacity(keys.len());
    for keys in keys.chunks(KEYS_PER_STATEMENT) {
        let rows = rows(tx, keys, known_at).await?;
        for key in keys {
            records.push(record(tx, *key, &rows)?);
        }
    }
    Ok(records)
}

/// Holds the record before a recommendation is issued from it, and gives the instant to issue it from: now, or later
/// when something was recorded later. Changes that are under way are waited for, and no later one is recorded at that
/// instant or before it, so that the record as of then stays as it is.
pub async fn hold(tx: &Write, key: PlanKey, now: Timestamp) -> Result<Timestamp, Error> {
    let sealed = seal::hold(tx, key.patient).await?;
    let mut known_at = Micros::of(now).0;
    if let Some(sealed) = sealed {
        known_at = std::cmp::max(known_at, Micros::of(sealed).0);
    }
    for row in tx.connection().query_all(&everything(tx, &[key], None)).await? {
        known_at = std::cmp::max(known_at, read_at::<Micros>(&row, column::RECORDED_AT)?.0);
    }
    let known_at = Micros(known_at).instant()?;
    seal::seal(tx, key.patient, known_at).await?;
    Ok(known_at)
}

async fn rows(tx: &Read, keys: &[PlanKey], known_at: Option<Timestamp>) -> Result<Rows, Error> {
    let mut rows = Rows::new();
    for row in tx.connection().query_all(&everything(tx, keys, known_at)).await? {
        let place = (read_at(&row, column::PART)?, read_at(&row, column::OWNER)?);
        rows.entry(place).or_default().push(row);
    }
    Ok(rows)
}

fn record(tx: &Read, key: PlanKey, rows: &Rows) -> Result<Record, Error> {
    let (patient, injury, plan) = (key.patient.0, key.injury.0, key.plan.0);
    let mut injuries: Vec<Fact<InjuryId, Injury>> = facts(rows, part::INJURY, patient)?;
    let position = injuries.iter().position(|injury| injury.id == key.injury);
    let position = position.ok_or_else(|| not_found(parent::injury(tx, key.injury_key()).name))?;
    let recurrence = recurrence(key.injury, &injuries);
    let this_plan = rows.get(&(part::PLAN, injury)).into_iter().flatten();
    let mut plans = Vec::new();
    for row in this_plan {
        if read_at::<Uuid>(row, column::ID)? == plan {
            plans.push(fact(row)?);
        }
    }
    let plan_fact = plans.pop().ok_or_else(|| not_found(parent::plan(tx, key).name))?;
    let found = rows.get(&(part::PATIENT, patient)).and_then(|rows| rows.first());
    let found: Patient = content(found.ok_or_else(|| not_found(parent::patient(tx, key.patient).name))?)?;
    Ok(Record {
        patient: PatientFacts {
            birth_date: found.birth_date,
            cautions: found.cautions,
            cautions_reviewed_date: found.cautions_reviewed_date,
        },
        injury: injuries.swap_remove(position),
        recurrence,
        assessments: facts(rows, part::ASSESSMENT, injury)?,
        activities: facts(rows, part::ACTIVITY, injury)?,
        plan: plan_fact,
        sessions: facts(rows, part::SESSION, plan)?,
        decisions: facts(rows, part::DECISION, plan)?,
    })
}

fn not_found(name: String) -> Error {
    Error::NotFound { name }
}

/// One UNION ALL over the tables, each branch indexed look-ups below the parents.
fn everything(tx: &Read, keys: &[PlanKey], known_at: Option<Timestamp>) -> SelectStatement {
    let patients = distinct(keys.iter().map(|key| key.patient.0));
    let injuries = distinct(keys.iter().map(|key| key.injury.0));
    let plans = distinct(keys.iter().map(|key| key.plan.0));
    let mut select = branch(tx, part::PATIENT, "patient_revisions", ("patient_revisions", "patient_id"), "patient_id");
    select.cond_where(in_force("patient_revisions", known_at));
    select.and_where(Expr::col(("patient_revisions", "patient_id")).is_in(patients.iter().copied()));
    // The look-up comes first and the join second: SQLite would otherwise begin with every revision of the clinic.
    let mut injuries_of = Query::select();
    injuries_of.column("injury_id").from("injuries").cond_where(of_clinic(tx, "injuries"));
    injuries_of.and_where(Expr::col("patient_id").is_in(patients));
    let mut all_injuries = branch(tx, part::INJURY, "injury_revisions", ("injuries", "patient_id"), "injury_id");
    all_injuries.inner_join("injuries", same_row("injury_revisions", "injuries", "injury_id"));
    all_injuries.cond_where(in_force("injury_revisions", known_at));
    all_injuries.and_where(Expr::col(("injury_revisions", "injury_id")).in_subquery(injuries_of));
    let mut these_plans = branch(tx, part::PLAN, "plan_revisions", ("plans", "injury_id"), "plan_id");
    these_plans.inner_join("plans", same_row("plan_revisions", "plans", "plan_id"));
    these_plans.cond_where(in_force("plan_revisions", known_at));
    these_plans.and_where(Expr::col(("plan_revisions", "plan_id")).is_in(plans.iter().copied()));
    select.union(UnionType::All, all_injuries).union(UnionType::All, these_plans);
    for (part, table, owner, owners, id) in [
        (part::ASSESSMENT, "assessments", "injury_id", &injuries, "assessment_id"),
        (part::ACTIVITY, "activities", "injury_id", &injuries, "activity_id"),
        (part::SESSION, "sessions", "plan_id", &plans, "session_id"),
    ] {
        let mut facts = branch(tx, part, table, (table, owner), id);
        facts.cond_where(in_force(table, known_at)).and_where(Expr::col((table, owner)).is_in(owners.iter().copied()));
        select.union(UnionType::All, facts);
    }
    let mut decided = branch(tx, part::DECISION, "decisions", ("decisions", "plan_id"), "decision_id");
    decided.and_where(Expr::col(("decisions", "plan_id")).is_in(plans));
    if let Some(known_at) = known_at {
        decided.and_where(Expr::col(("decisions", "recorded_at")).lte(Micros::of(known_at).0));
    }
    select.union(UnionType::All, decided);
    select
}

fn distinct(ids: impl Iterator<Item = Uuid>) -> BTreeSet<Uuid> {
    ids.collect()
}

/// That a revision is one of a row of the head table.
fn same_row(revisions: &'static str, table: &'static str, id: &'static str) -> Condition {
    let same_clinic = Expr::col((revisions, "clinic_id")).equals((table, "clinic_id"));
    Condition::all().add(same_clinic).add(Expr::col((revisions, id)).equals((table, id)))
}

/// The rows of one table. JSON of different tables meets in one column, so it travels as text.
fn branch(
    tx: &Read,
    part: i64,
    table: &'static str,
    owner: (&'static str, &'static str),
    id: &'static str,
) -> SelectStatement {
    let has_revisions = part != part::DECISION;
    let may_be_in_error = matches!(part, part::ASSESSMENT | part::ACTIVITY | part::SESSION);
    let mut select = Query::select();
    select
        .expr(Expr::val(part))
        .expr(Expr::col(owner))
        .expr(Expr::col((table, id)))
        .expr(if has_revisions { Expr::col((table, "revision")) } else { Expr::cust("1") })
        .expr(Expr::col((table, "recorded_at")))
        .expr(if may_be_in_error { Expr::col((table, "entered_in_error")) } else { Expr::cust("FALSE") })
        .expr(Expr::col((table, "body")).cast_as("text"))
        .from(table)
        .cond_where(of_clinic(tx, table));
    select
}

fn facts<I: UuidId, T: DeserializeOwned>(rows: &Rows, part: i64, owner: Uuid) -> Result<Vec<Fact<I, T>>, Error> {
    rows.get(&(part, owner)).into_iter().flatten().map(fact).collect()
}

fn fact<I: UuidId, T: DeserializeOwned>(row: &QueryResult) -> Result<Fact<I, T>, Error> {
    Ok(Fact {
        id: I::of(read_at(row, column::ID)?),
        revision: counter(read_at(row, column::REVISION)?)?,
        recorded_at: read_at::<Micros>(row, column::RECORDED_AT)?.instant()?,
        entered_in_error: read_at(row, column::ENTERED_IN_ERROR)?,
        content: content(row)?,
    })
}

fn content<T: DeserializeOwned>(row: &QueryResult) -> Result<T, Error> {
    let body: String = read_at(row, column::BODY)?;
    serde_json::from_str(&body).map_err(|_| {
        // serde's own words could repeat what a patient said.
        let error = Error::Damaged { what: "body".to_owned() };
        tracing::error!(%error);
        error
    })
}

/// Follows the chain of earlier injuries. A chain that runs in a circle or leaves the patient ends there.
fn recurrence(injury: InjuryId, injuries: &[Fact<InjuryId, Injury>]) -> Option<Recurrence> {
    let by_id: BTreeMap<InjuryId, &Injury> = injuries.iter().map(|fact| (fact.id, &fact.content)).collect();
    let from = by_id.get(&injury)?.recurs_from?;
    let mut seen = BTreeSet::from([injury]);
    let mut next = Some(from);
    while let Some(earlier) = next.filter(|id| seen.insert(*id)) {
        next = by_id.get(&earlier).and_then(|injury| injury.recurs_from);
    }
    let earlier_count = u16::try_from(seen.len() - 1).unwrap_or(u16::MAX);
    let return_date = by_id.get(&from).and_then(|injury| injury.return_date);
    Some(Recurrence { from, return_date, earlier_count })
}

#[cfg(test)]
mod tests {
    //! The statement looks rows up, however many there are.

    use std::time::{Duration, Instant};

    use sea_orm::DbBackend;
    use taper_core::ids::{PatientId, PlanId};
    use uuid::Uuid;

    use super::*;
    use crate::store::Options;
    use crate::test_database::{Home, Kind, clinic};

    #[tokio::test]
    async fn no_table_is_scanned() {
        let home = Home::empty(Kind::Sqlite, Options::default()).await;
        home.store.migrate().up().await.unwrap();
        let deadline = Instant::now() + Duration::from_secs(20);
        let tx = home.store.begin_read(&clinic("here"), deadline).await.unwrap();
        let key = PlanKey { patient: PatientId(Uuid::nil()), injury: InjuryId(Uuid::nil()), plan: PlanId(Uuid::nil()) };
        let many: Vec<PlanKey> = (0..50).map(|n| PlanKey { plan: PlanId(Uuid::from_u128(n)), ..key }).collect();
        for keys in [&[key][..], &many] {
            for known_at in [None, Some(Timestamp::UNIX_EPOCH)] {
                let mut statement = DbBackend::Sqlite.build(&everything(&tx, keys, known_at));
                statement.sql = format!("EXPLAIN QUERY PLAN {}", statement.sql);
                let plan = tx.connection().query_all_raw(statement).await.unwrap();
                let steps: Vec<String> = plan.iter().map(|row| row.try_get("", "detail").unwrap()).collect();
                let searches = steps.iter().filter(|step| step.starts_with("SEARCH")).count();
                assert!(searches >= 7, "{steps:#?}");
                assert!(!steps.iter().any(|step| step.starts_with("SCAN")), "{steps:#?}");
                assert!(!steps.iter().any(|step| step.ends_with("(clinic_id=?)")), "{steps:#?}");
            }
        }
    }
}
