//! What a row hangs below: the way from the clinic down, its resource name, and the condition that it is there.

use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query, SelectStatement};
use taper_core::ids::{ClinicId, InjuryId, PatientId};
use uuid::Uuid;

use crate::scope::Read;
use crate::statement::of_clinic;
use crate::stored::{InjuryKey, PlanKey};

/// A patient, an injury or a plan, with the way to it.
pub(crate) struct Parent {
    /// The column of its children that points to it.
    pub column: &'static str,
    /// Its id.
    pub id: Uuid,
    /// Its resource name.
    pub name: String,
    /// The patient, or the one that it belongs to.
    pub patient: PatientId,
    /// Finds a row when it is there, below the right parents.
    pub exists: SelectStatement,
}

impl Parent {
    /// The condition that a row of a table hangs below it.
    pub(crate) fn of(&self, table: &'static str) -> Condition {
        let points_here = Expr::col((table, self.column)).eq(self.id);
        Condition::all().add(points_here).add(Expr::exists(self.exists.clone()))
    }
}

/// The clinic's resource name.
pub(crate) fn clinic_name(tx: &Read) -> String {
    format!("clinics/{}", tx.clinic())
}

pub(crate) fn patient_name(clinic: &ClinicId, patient: PatientId) -> String {
    format!("clinics/{clinic}/patients/{patient}")
}

pub(crate) fn injury_name(clinic: &ClinicId, patient: PatientId, injury: InjuryId) -> String {
    format!("{}/injuries/{injury}", patient_name(clinic, patient))
}

pub(crate) fn plan_name(clinic: &ClinicId, key: PlanKey) -> String {
    format!("{}/treatmentPlans/{}", injury_name(clinic, key.patient, key.injury), key.plan)
}

/// A patient.
pub(crate) fn patient(tx: &Read, patient: PatientId) -> Parent {
    let mut exists = find(tx, "patients", "patient_id", patient.0);
    // A patient whose key was destroyed is not there, and neither is what belongs to it.
    exists.and_where(Expr::col(("patients", "purged_at")).is_null());
    Parent { column: "patient_id", id: patient.0, name: patient_name(tx.clinic(), patient), patient, exists }
}

/// An injury of a patient.
pub(crate) fn injury(tx: &Read, key: InjuryKey) -> Parent {
    let mut exists = find(tx, "injuries", "injury_id", key.injury.0);
    exists.cond_where(patient(tx, key.patient).of("injuries"));
    Parent {
        column: "injury_id",
        id: key.injury.0,
        name: injury_name(tx.clinic(), key.patient, key.injury),
        patient: key.patient,
        exists,
    }
}

/// A plan of an injury of a patient.
pub(crate) fn plan(tx: &Read, key: PlanKey) -> Parent {
    let injury = injury(tx, key.injury_key());
    let mut exists = find(tx, "plans", "plan_id", key.plan.0);
    exists.cond_where(injury.of("plans"));
    Parent { column: "plan_id", id: key.plan.0, name: plan_name(tx.clinic(), key), patient: key.patient, exists }
}

/// The condition that the patient of a row of `injuries` is there and not deleted.
pub(crate) fn of_a_present_patient(tx: &Read) -> Condition {
    let patients = "patients";
    let mut present = Query::select();
    present
        .expr(Expr::cust("1"))
        .from(patients)
        .cond_where(of_clinic(tx, patients))
        .and_where(Expr::col((patients, "patient_id")).equals(("injuries", "patient_id")))
        .and_where(Expr::col((patients, "deleted_at")).is_null())
        .and_where(Expr::col((patients, "purged_at")).is_null());
    Condition::all().add(Expr::exists(present))
}

fn find(tx: &Read, table: &'static str, column: &'static str, id: Uuid) -> SelectStatement {
    let mut select = Query::select();
    select
        .expr(Expr::cust("1"))
        .from(table)
        .cond_where(of_clinic(tx, table))
        .and_where(Expr::col((table, column)).eq(id));
    select
}
