//! The clinic's active plans, page by page, of all or of one therapist.

use jiff::civil::Date;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, EntityName};
use taper_core::ids::{InjuryId, PatientId, PlanId, TherapistId};
use taper_core::record::codes::SessionState;

use crate::entity::{injury, plan, session};
use crate::error::Error;
use crate::parent::of_a_present_patient;
use crate::scope::Read;
use crate::statement::{of_clinic, read_at};
use crate::stored::PlanKey;

/// Whose plans to list: those of the therapist who is named last, in a session that is planned or was attended up to
/// the day. The rules of the caseload find the same one in a record.
#[derive(Clone, Copy, Debug)]
pub struct Of {
    /// The therapist.
    pub therapist: TherapistId,
    /// The day, of the clinic's calendar.
    pub as_of: Date,
}

/// The plans that are active now by id, those after `after` and at most `limit`; all, or one therapist's.
pub async fn page(tx: &Read, after: Option<PlanId>, of: Option<Of>, limit: u32) -> Result<Vec<PlanKey>, Error> {
    let rows = tx.connection().query_all(&active(tx, after, of, limit)).await?;
    let mut keys = Vec::with_capacity(rows.len());
    for row in &rows {
        let patient = PatientId(read_at(row, 0)?);
        keys.push(PlanKey { patient, injury: InjuryId(read_at(row, 1)?), plan: PlanId(read_at(row, 2)?) });
    }
    Ok(keys)
}

/// The partial index on active plans gives them in order; the latest session of each is one more look-up.
fn active(tx: &Read, after: Option<PlanId>, of: Option<Of>, limit: u32) -> SelectStatement {
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
        .cond_where(of_a_present_patient(tx))
        .and_where(Expr::col((plans, "active")))
        .order_by((plans, "plan_id"), Order::Asc)
        .limit(u64::from(limit));
    if let Some(after) = after {
        select.and_where(Expr::col((plans, "plan_id")).gt(after.0));
    }
    if let Some(of) = of {
        let latest = Expr::SubQuery(None, Box::new(latest_therapist(tx, of.as_of).into()));
        select.and_where(latest.eq(of.therapist.to_string()));
    }
    select
}

/// Who is named last in the sessions of the plan of the row.
fn latest_therapist(tx: &Read, as_of: Date) -> SelectStatement {
    let (plans, sessions) = (plan::Entity.table_name(), session::Entity.table_name());
    let state = |state: SessionState| Expr::cust("sessions.body->>'state'").eq(state.code());
    let seen = Expr::col((sessions, "effective_date")).lte(as_of.to_string());
    let attended = Condition::all().add(state(SessionState::Attended)).add(seen);
    let takes_place = Condition::any().add(state(SessionState::Planned)).add(attended);
    let mut select = Query::select();
    select
        .expr(Expr::cust("sessions.body->>'therapist'"))
        .from(sessions)
        .cond_where(of_clinic(tx, sessions))
        .and_where(Expr::col((sessions, "plan_id")).equals((plans, "plan_id")))
        .and_where(Expr::col((sessions, "superseded_at")).is_null())
        .and_where(Expr::col((sessions, "entered_in_error")).not())
        .and_where(Expr::cust("sessions.body->>'therapist'").is_not_null())
        .cond_where(takes_place)
        .order_by((sessions, "effective_date"), Order::Desc)
        .order_by_expr(Expr::cust("sessions.body->>'start'"), Order::Desc)
        .order_by_expr(Expr::cust("sessions.body->>'therapist'"), Order::Desc)
        .limit(1);
    select
}

#[cfg(test)]
mod tests {
    //! The statement looks rows up, however many there are.

    use std::time::{Duration, Instant};

    use sea_orm::DbBackend;
    use uuid::Uuid;

    use super::*;
    use crate::store::Options;
    use crate::test_database::{Home, Kind, clinic};

    #[tokio::test]
    async fn a_page_walks_the_index_of_active_plans() {
        let home = Home::empty(Kind::Sqlite, Options::default()).await;
        home.store.migrate().up().await.unwrap();
        let deadline = Instant::now() + Duration::from_secs(20);
        let tx = home.store.begin_read(&clinic("here"), deadline).await.unwrap();
        let of = Of { therapist: TherapistId(Uuid::nil()), as_of: Date::constant(2026, 3, 2) };
        for of in [None, Some(of)] {
            let mut statement = DbBackend::Sqlite.build(&active(&tx, Some(PlanId(Uuid::nil())), of, 50));
            statement.sql = format!("EXPLAIN QUERY PLAN {}", statement.sql);
            let plan = tx.connection().query_all_raw(statement).await.unwrap();
            let steps: Vec<String> = plan.iter().map(|row| row.try_get("", "detail").unwrap()).collect();
            assert!(steps.iter().any(|step| step.contains("plans_active (clinic_id=? AND plan_id>?)")), "{steps:#?}");
            assert_eq!(steps.iter().any(|step| step.contains("sessions_by_day")), of.is_some(), "{steps:#?}");
            // Only the sessions of one plan and one day are sorted.
            let sorts = |step: &String| {
                step.starts_with("SCAN") || (step.contains("TEMP B-TREE") && !step.contains("LAST 2 TERMS"))
            };
            assert!(!steps.iter().any(sorts), "{steps:#?}");
        }
    }
}
