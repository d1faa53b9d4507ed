//! The whole record of an injury and one plan of it, in one statement however long it is.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType};
use sea_orm::{ConnectionTrait, QueryResult};
use serde::de::DeserializeOwned;
use taper_core::ids::InjuryId;
use taper_core::record::injury::Injury;
use taper_core::record::patient::Patient;
use taper_core::record::{Fact, PatientFacts, Record, Recurrence};

use crate::column::{Micros, UuidId, counter};
use crate::error::Error;
use crate::parent;
use crate::scope::Read;
use crate::statement::{of_clinic, read};
use crate::stored::PlanKey;

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

/// Loads the current revisions of everything that the rules read.
pub async fn load(tx: &Read, key: PlanKey) -> Result<Record, Error> {
    let rows = tx.connection().query_all(&everything(tx, key)).await?;
    let mut parts: BTreeMap<i64, Vec<QueryResult>> = BTreeMap::new();
    for row in rows {
        parts.entry(read(&row, "part")?).or_default().push(row);
    }
    let mut injuries: Vec<Fact<InjuryId, Injury>> = facts(&parts, part::INJURY)?;
    let position = injuries.iter().position(|injury| injury.id == key.injury);
    let position = position.ok_or_else(|| not_found(parent::injury(tx, key.injury_key()).name))?;
    let recurrence = recurrence(key.injury, &injuries);
    let plan = facts(&parts, part::PLAN)?.pop().ok_or_else(|| not_found(parent::plan(tx, key).name))?;
    let patient = parts.get(&part::PATIENT).and_then(|rows| rows.first());
    let patient: Patient = content(patient.ok_or_else(|| not_found(parent::patient(tx, key.patient).name))?)?;
    Ok(Record {
        patient: PatientFacts {
            birth_date: patient.birth_date,
            cautions: patient.cautions,
            cautions_reviewed_date: patient.cautions_reviewed_date,
        },
        injury: injuries.swap_remove(position),
        recurrence,
        assessments: facts(&parts, part::ASSESSMENT)?,
        activities: facts(&parts, part::ACTIVITY)?,
        plan,
        sessions: facts(&parts, part::SESSION)?,
        decisions: facts(&parts, part::DECISION)?,
    })
}

fn not_found(name: String) -> Error {
    Error::NotFound { name }
}

/// One UNION ALL over the tables, each branch an indexed look-up below one parent.
fn everything(tx: &Read, key: PlanKey) -> SelectStatement {
    let patient = parent::patient(tx, key.patient);
    let injury = parent::injury(tx, key.injury_key());
    let plan = parent::plan(tx, key);
    let mut injuries = revisions(tx, part::INJURY, "injury_revisions", "injury_id");
    injuries.and_where(
        Expr::col("injury_id").in_subquery(
            Query::select()
                .column("injury_id")
                .from("injuries")
                .cond_where(of_clinic(tx, "injuries"))
                .cond_where(patient.of("injuries"))
                .take(),
        ),
    );
    let mut this_plan = revisions(tx, part::PLAN, "plan_revisions", "plan_id");
    this_plan.and_where(Expr::col("plan_id").eq(plan.id)).and_where(Expr::exists(plan.exists.clone()));
    let mut select = revisions(tx, part::PATIENT, "patient_revisions", "patient_id");
    select.and_where(Expr::col("patient_id").eq(patient.id));
    select.union(UnionType::All, injuries).union(UnionType::All, this_plan);
    for (part, table, id, parent) in [
        (part::ASSESSMENT, "assessments", "assessment_id", &injury),
        (part::ACTIVITY, "activities", "activity_id", &injury),
        (part::SESSION, "sessions", "session_id", &plan),
    ] {
        let mut branch = branch(tx, part, table, id);
        branch.expr(Expr::col("revision")).expr(Expr::col("entered_in_error"));
        branch.and_where(Expr::col("superseded_at").is_null()).and_where(Expr::col(parent.column).eq(parent.id));
        select.union(UnionType::All, branch);
    }
    let mut decisions = branch(tx, part::DECISION, "decisions", "decision_id");
    decisions.expr(Expr::cust("1")).expr(Expr::cust("FALSE")).and_where(Expr::col(plan.column).eq(plan.id));
    select.union(UnionType::All, decisions);
    select
}

fn revisions(tx: &Read, part: i64, table: &'static str, id: &'static str) -> SelectStatement {
    let mut select = branch(tx, part, table, id);
    select.expr_as(Expr::col("revision"), "revision").expr_as(Expr::cust("FALSE"), "entered_in_error");
    select.and_where(Expr::col("superseded_at").is_null());
    select
}

/// The columns that every table has. JSON of different tables meets in one column, so it travels as text.
fn branch(tx: &Read, part: i64, table: &'static str, id: &'static str) -> SelectStatement {
    let mut select = Query::select();
    select
        .expr_as(Expr::val(part), "part")
        .expr_as(Expr::col(id), "id")
        .expr_as(Expr::col("recorded_at"), "recorded_at")
        .expr_as(Expr::col("body").cast_as("text"), "body")
        .from(table)
        .cond_where(of_clinic(tx, table));
    select
}

fn facts<I: UuidId, T: DeserializeOwned>(
    parts: &BTreeMap<i64, Vec<QueryResult>>,
    part: i64,
) -> Result<Vec<Fact<I, T>>, Error> {
    let rows = parts.get(&part).map(Vec::as_slice).unwrap_or_default();
    let fact = |row: &QueryResult| {
        Ok(Fact {
            id: I::of(read(row, "id")?),
            revision: counter(read(row, "revision")?)?,
            recorded_at: read::<Micros>(row, "recorded_at")?.instant()?,
            entered_in_error: read(row, "entered_in_error")?,
            content: content(row)?,
        })
    };
    rows.iter().map(fact).collect()
}

fn content<T: DeserializeOwned>(row: &QueryResult) -> Result<T, Error> {
    let body: String = read(row, "body")?;
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
        let mut statement = DbBackend::Sqlite.build(&everything(&tx, key));
        statement.sql = format!("EXPLAIN QUERY PLAN {}", statement.sql);
        let plan = tx.connection().query_all_raw(statement).await.unwrap();
        let steps: Vec<String> = plan.iter().map(|row| row.try_get("", "detail").unwrap()).collect();
        let searches = steps.iter().filter(|step| step.starts_with("SEARCH")).count();
        assert!(searches >= 7, "{steps:#?}");
        assert!(!steps.iter().any(|step| step.starts_with("SCAN")), "{steps:#?}");
        assert!(!steps.iter().any(|step| step.ends_with("(clinic_id=?)")), "{steps:#?}");
    }
}
