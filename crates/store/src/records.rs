//! The whole record of an injury and one plan of it, in one statement however long it is; and many of them alike.

mod evidence;
mod fetched;

use std::collections::BTreeSet;

use jiff::Timestamp;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query, SelectStatement, UnionType};
use taper_core::record::Record;
use uuid::Uuid;

pub use self::evidence::{evidence, evidence_as_stored};
pub use self::fetched::Fetched;

use self::fetched::{column, part};
use crate::column::Micros;
use crate::digest;
use crate::error::Error;
use crate::parts;
use crate::scope::{Read, Write};
use crate::seal;
use crate::statement::{body_text, in_force, of_clinic, read_at};
use crate::stored::PlanKey;

/// The records that one statement loads: well below the 32,766 parameters that SQLite takes, at about 8 a record.
const KEYS_PER_STATEMENT: usize = 500;

/// Loads everything that the rules read: the revisions that are in force, or those that were at an instant.
pub async fn load(tx: &Read, key: PlanKey, known_at: Option<Timestamp>) -> Result<Record, Error> {
    fetch(tx, &[key], known_at).await?.record(key)
}

/// The record as it is stored, rows that are not as they were written among them. Only for saying which part of what was
/// issued from it differs: no advice may follow from it.
pub async fn load_as_stored(tx: &Read, key: PlanKey, known_at: Option<Timestamp>) -> Result<Record, Error> {
    fetch(tx, &[key], known_at).await?.unchecked().record(key)
}

/// Loads many records in the order of their keys, in one statement for every 500 of them; as [`load`] otherwise.
pub async fn load_many(tx: &Read, keys: &[PlanKey], known_at: Option<Timestamp>) -> Result<Vec<Record>, Error> {
    let mut records = Vec::with_capacity(keys.len());
    for keys in keys.chunks(KEYS_PER_STATEMENT) {
        let fetched = fetch(tx, keys, known_at).await?;
        for key in keys {
            records.push(fetched.record(*key)?);
        }
    }
    Ok(records)
}

/// The rows of at most 500 records in one statement, to be read where there is time for it: see [`Fetched`].
pub async fn fetch(tx: &Read, keys: &[PlanKey], known_at: Option<Timestamp>) -> Result<Fetched, Error> {
    let mut fetched = Fetched::none(tx);
    if !keys.is_empty() {
        for row in tx.connection().query_all(&everything(tx, keys, known_at)).await? {
            fetched.add(row)?;
        }
    }
    Ok(fetched)
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

/// One UNION ALL over the tables, each branch indexed look-ups below the parents.
fn everything(tx: &Read, keys: &[PlanKey], known_at: Option<Timestamp>) -> SelectStatement {
    let patients = distinct(keys.iter().map(|key| key.patient.0));
    let injuries = distinct(keys.iter().map(|key| key.injury.0));
    let plans = distinct(keys.iter().map(|key| key.plan.0));
    let mut select = branch(tx, part::PATIENT, "patient_revisions", ("patient_revisions", "patient_id"), "patient_id");
    select.cond_where(in_force("patient_revisions", known_at));
    let mut kept = Query::select();
    kept.column("patient_id").from("patients").cond_where(of_clinic(tx, "patients"));
    kept.and_where(Expr::col("patient_id").is_in(patients.iter().copied())).and_where(Expr::col("purged_at").is_null());
    select.and_where(Expr::col(("patient_revisions", "patient_id")).in_subquery(kept));
    // The look-up comes first and the join second: SQLite would otherwise begin with every revision of the clinic.
    let mut injuries_of = Query::select();
    injuries_of.column("injury_id").from("injuries").cond_where(of_clinic(tx, "injuries"));
    injuries_of.and_where(Expr::col("patient_id").is_in(patients.iter().copied()));
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
    select.union(UnionType::All, decided).union(UnionType::All, wrapped_keys(tx, patients));
    select
}

/// The patients' keys, in the place of a digest, for what of the other rows is encrypted with them.
fn wrapped_keys(tx: &Read, patients: BTreeSet<Uuid>) -> SelectStatement {
    let mut select = Query::select();
    select.expr(Expr::val(part::KEY)).column("patient_id").column("patient_id").expr(Expr::cust("1"));
    select.expr(Expr::cust("0")).expr(Expr::cust("FALSE"));
    for _ in [column::BODY, column::EFFECTIVE_DATE, column::CREATED_AT, column::AMEND_REASON, column::CIPHERTEXT] {
        select.expr(Expr::cust("NULL"));
    }
    select.column("wrapped_key").from("patient_keys").cond_where(of_clinic(tx, "patient_keys"));
    select.and_where(Expr::col("patient_id").is_in(patients));
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

/// The rows of one table. A body travels as the text that is stored, which costs the database next to nothing.
fn branch(
    tx: &Read,
    part: i64,
    table: &'static str,
    owner: (&'static str, &'static str),
    id: &'static str,
) -> SelectStatement {
    let has_revisions = part != part::DECISION;
    let is_fact = matches!(part, part::ASSESSMENT | part::ACTIVITY | part::SESSION);
    let is_dated = is_fact || part == part::DECISION;
    let column = |has: bool, name: &'static str, none: &'static str| {
        if has { Expr::col((table, name)) } else { Expr::cust(none) }
    };
    let mut select = Query::select();
    select
        .expr(Expr::val(part))
        .expr(Expr::col(owner))
        .expr(Expr::col((table, id)))
        .expr(column(has_revisions, "revision", "1"))
        .expr(Expr::col((table, "recorded_at")))
        .expr(column(is_fact, "entered_in_error", "FALSE"))
        .expr(body_text(table))
        .expr(column(is_dated, "effective_date", "CAST(NULL AS text)"))
        .expr(column(is_fact, "created_at", "CAST(NULL AS bigint)"))
        .expr(column(is_fact, "amend_reason", "CAST(NULL AS text)"))
        .expr(Expr::col((table, parts::COLUMN)))
        .expr(Expr::col((table, digest::COLUMN)))
        .from(table)
        .cond_where(of_clinic(tx, table));
    select
}

#[cfg(test)]
mod tests {
    //! The statement looks rows up, however many there are.

    use std::time::{Duration, Instant};

    use sea_orm::DbBackend;
    use taper_core::ids::{InjuryId, PatientId, PlanId};
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
