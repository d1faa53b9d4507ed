//! What a recommendation was made from, row by row and column by column, so that a change of any of it is found.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait as _, Query};
use serde_json::Value;
use taper_core::record::codes::PlanState;

use crate::column::Micros;
use crate::digest;
use crate::entity::{
    activity, assessment, decision, injury, injury_revision, patient, patient_revision, plan, plan_revision, session,
};
use crate::error::Error;
use crate::parent;
use crate::row::{Row, table};
use crate::scope::Read;
use crate::statement::of_clinic;
use crate::stored::PlanKey;

/// Columns of the head tables that change with time. In a line they would make every later change look like damage;
/// [`broken_head`] holds them against the revisions instead. `sealed_at` only guards what is recorded later, the others whether it is shown.
const CHANGING: [&str; 5] = ["version", "active", "sealed_at", "deleted_at", "purged_at"];

/// What counts of a patient's body: that is all the rules read, and names are nobody's business here, where a row from
/// before encryption has them.
const OF_PATIENT: [&str; 3] = ["birth_date", "cautions", "cautions_reviewed_date"];

/// One line for each stored row that the record of a plan was made from at an instant: every column of every revision
/// that had been recorded by then, by name, but for those that are null; sorted. An end of a revision that lies later is left out, since it was not
/// known then.
///
/// Rows that do not fit together are [`Error::Damaged`], whatever the instant: a gap between revisions, one that does
/// not end when the next begins, a version that does not count them, a body that is not JSON. None is so unless it was
/// changed past the store. Of the rows that give a line, one that is not as its digest says is [`Error::Damaged`] too.
pub async fn evidence(tx: &Read, key: PlanKey, known_at: Timestamp) -> Result<Vec<String>, Error> {
    lines(tx, key, known_at, true).await
}

/// The same with rows that are not as their digests say, as they are stored, so that the lines tell whether what was
/// issued from them differs. Only for that: nothing may be issued from them.
pub async fn evidence_as_stored(tx: &Read, key: PlanKey, known_at: Timestamp) -> Result<Vec<String>, Error> {
    lines(tx, key, known_at, false).await
}

async fn lines(tx: &Read, key: PlanKey, known_at: Timestamp, checked: bool) -> Result<Vec<String>, Error> {
    let known_at = Micros::of(known_at).0;
    let rows = stored(tx, key).await?;
    let injury = key.injury.0.to_string();
    let chain = chain(&rows, &injury, known_at);
    let counts = |row: &&Row| match row.table {
        "injuries" | "injury_revisions" => row.text("injury_id").is_some_and(|id| chain.contains(id)),
        _ => true,
    };
    let rows: Vec<&Row> = rows.iter().filter(counts).collect();
    let has = |table: &str| rows.iter().any(|row| row.table == table && row.text("injury_id") == Some(&injury));
    let is_purged = rows.iter().any(|row| row.table == "patients" && row.number("purged_at").is_some());
    if is_purged || !has("injuries") || !has("plans") {
        return Err(Error::NotFound { name: parent::plan(tx, key).name });
    }
    check(&rows)?;
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(line) = row.line(known_at) else { continue };
        if checked && !row.as_written {
            tracing::error!(table = row.table, clinic = %tx.clinic(), plan = %key.plan, "a stored record is not as it was written");
            return Err(digest::mismatch(row.table));
        }
        lines.push(line);
    }
    lines.sort_unstable();
    Ok(lines)
}

/// Every row of the patient, its injuries and the plan, whenever it was recorded.
async fn stored(tx: &Read, key: PlanKey) -> Result<Vec<Row>, Error> {
    let (patient, injury, plan) = (key.patient.0, key.injury.0, key.plan.0);
    let mut injuries = Query::select();
    injuries.column("injury_id").from("injuries").cond_where(of_clinic(tx, "injuries"));
    injuries.and_where(injury::Column::PatientId.eq(patient));
    let of_patient = Expr::col("injury_id").in_subquery(injuries);
    let mut rows = Vec::new();
    rows.append(&mut table(tx, patient::Entity, patient::Column::PatientId.eq(patient)).await?);
    rows.append(&mut table(tx, patient_revision::Entity, patient_revision::Column::PatientId.eq(patient)).await?);
    rows.append(&mut table(tx, injury::Entity, injury::Column::PatientId.eq(patient)).await?);
    rows.append(&mut table(tx, injury_revision::Entity, of_patient).await?);
    rows.append(&mut table(tx, assessment::Entity, assessment::Column::InjuryId.eq(injury)).await?);
    rows.append(&mut table(tx, activity::Entity, activity::Column::InjuryId.eq(injury)).await?);
    rows.append(&mut table(tx, plan::Entity, plan::Column::PlanId.eq(plan)).await?);
    rows.append(&mut table(tx, plan_revision::Entity, plan_revision::Column::PlanId.eq(plan)).await?);
    rows.append(&mut table(tx, session::Entity, session::Column::PlanId.eq(plan)).await?);
    rows.append(&mut table(tx, decision::Entity, decision::Column::PlanId.eq(plan)).await?);
    Ok(rows)
}

impl Row {
    fn of_body(&self, key: &str) -> Option<&str> {
        self.columns.get("body").and_then(|body| body.get(key)).and_then(Value::as_str)
    }

    fn is_head(&self) -> bool {
        matches!(self.table, "patients" | "injuries" | "plans")
    }

    /// The row as it was known at an instant, or none when it was not.
    fn line(&self, known_at: i64) -> Option<String> {
        let recorded_at = if self.is_head() { self.number("created_at") } else { self.number("recorded_at") };
        if recorded_at.is_none_or(|recorded_at| recorded_at > known_at) {
            return None;
        }
        let mut columns = self.columns.clone();
        if self.is_head() {
            columns.retain(|name, _| !CHANGING.contains(&name.as_str()));
        }
        if self.number("superseded_at").is_some_and(|ended| ended > known_at) {
            columns.remove("superseded_at");
        }
        // Without them, a column that a later migration adds leaves the lines of older rows as they were.
        columns.retain(|_, value| *value != Value::Null);
        if self.table == "patient_revisions"
            && let Some(Value::Object(body)) = columns.get_mut("body")
        {
            body.retain(|key, _| OF_PATIENT.contains(&key.as_str()));
        }
        Some(format!("{} {}", self.table, sorted(Value::Object(columns))))
    }
}

/// The same with the keys of every object in the order of their bytes, whichever order a map keeps.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<String, Value> = fields.into_iter().collect();
            Value::Object(fields.into_iter().map(|(key, value)| (key, sorted(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

/// The injury and the earlier ones that it recurs from, as they were known at an instant.
fn chain(rows: &[Row], injury: &str, known_at: i64) -> BTreeSet<String> {
    let mut earlier_of = BTreeMap::new();
    for row in rows.iter().filter(|row| row.table == "injury_revisions") {
        let recorded = row.number("recorded_at").is_some_and(|recorded| recorded <= known_at);
        let ended = row.number("superseded_at").is_some_and(|ended| ended <= known_at);
        if let Some(id) = row.text("injury_id").filter(|_| recorded && !ended) {
            earlier_of.insert(id, row.of_body("recurs_from"));
        }
    }
    let mut seen = BTreeSet::new();
    let mut next = Some(injury);
    while let Some(id) = next.filter(|id| seen.insert((*id).to_owned())) {
        next = earlier_of.get(id).copied().flatten();
    }
    seen
}

/// The column that names what the rows of a table belong to as revisions; a decision has one revision only.
fn id_column(table: &str) -> Option<&'static str> {
    match table {
        "patients" | "patient_revisions" => Some("patient_id"),
        "injuries" | "injury_revisions" => Some("injury_id"),
        "plans" | "plan_revisions" => Some("plan_id"),
        "assessments" => Some("assessment_id"),
        "activities" => Some("activity_id"),
        "sessions" => Some("session_id"),
        _ => None,
    }
}

/// Refuses rows that do not fit together.
fn check(rows: &[&Row]) -> Result<(), Error> {
    let broken = |table: &str| {
        tracing::error!(table, "stored revisions do not follow each other");
        Err(Error::Damaged { what: table.to_owned() })
    };
    let mut revisions: BTreeMap<(&str, &str), Vec<&Row>> = BTreeMap::new();
    for row in rows.iter().filter(|row| !row.is_head()) {
        if let Some(id) = id_column(row.table).and_then(|column| row.text(column)) {
            revisions.entry((row.table, id)).or_default().push(row);
        }
    }
    for ((table, _), revisions) in &mut revisions {
        revisions.sort_by_key(|row| row.number("revision"));
        if !fit_together(revisions) {
            return broken(table);
        }
    }
    let decision_count = rows.iter().filter(|row| row.table == "decisions").count();
    for head in rows.iter().filter(|row| row.is_head()) {
        let id = id_column(head.table).and_then(|column| head.text(column)).unwrap_or_default();
        let (table, raised_by) = match head.table {
            "patients" => ("patient_revisions", 0),
            "injuries" => ("injury_revisions", 0),
            _ => ("plan_revisions", decision_count),
        };
        let own = revisions.get(&(table, id)).map(Vec::as_slice).unwrap_or_default();
        if broken_head(head, own, raised_by) {
            return broken(head.table);
        }
    }
    Ok(())
}

/// Whether revisions count 1, 2, 3 without a gap, each ending when the next begins, and the last one not at all.
fn fit_together(revisions: &[&Row]) -> bool {
    let mut following = revisions.iter().skip(1);
    revisions.iter().zip(1_i64..).all(|(row, count)| {
        let next_begins = following.next().and_then(|row| row.number("recorded_at"));
        row.number("revision") == Some(count) && row.number("superseded_at") == next_begins
    })
}

/// Whether what a head says of its revisions is not so.
fn broken_head(head: &Row, revisions: &[&Row], raised_by: usize) -> bool {
    let counted = i64::try_from(revisions.len().saturating_add(raised_by)).ok();
    let is_active = revisions.last().and_then(|last| last.of_body("state")) == Some(PlanState::Active.code());
    let says_active = head.columns.get("active").and_then(Value::as_bool);
    head.number("version") != counted || says_active.is_some_and(|says| says != is_active)
}
