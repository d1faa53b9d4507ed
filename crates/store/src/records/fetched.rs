//! The rows of records as they came from the database, and how they are read into records.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::QueryResult;
use serde::de::DeserializeOwned;
use taper_core::ids::{ClinicId, InjuryId};
use taper_core::record::injury::Injury;
use taper_core::record::patient::Patient;
use taper_core::record::plan::{Plan, ProtocolRef};
use taper_core::record::{Fact, PatientFacts, Record, Recurrence};
use uuid::Uuid;

use crate::column::{Micros, UuidId, counter};
use crate::digest::Covered;
use crate::error::Error;
use crate::parent;
use crate::statement::{bytes_at, content, read_at, text_at};
use crate::stored::PlanKey;

/// The parts of the statement, by the number in its first column.
pub(super) mod part {
    pub const PATIENT: i64 = 0;
    pub const INJURY: i64 = 1;
    pub const PLAN: i64 = 2;
    pub const ASSESSMENT: i64 = 3;
    pub const ACTIVITY: i64 = 4;
    pub const SESSION: i64 = 5;
    pub const DECISION: i64 = 6;
}

/// The columns of the statement, by their places.
pub(super) mod column {
    pub const PART: usize = 0;
    pub const OWNER: usize = 1;
    pub const ID: usize = 2;
    pub const REVISION: usize = 3;
    pub const RECORDED_AT: usize = 4;
    pub const ENTERED_IN_ERROR: usize = 5;
    pub const BODY: usize = 6;
    pub const EFFECTIVE_DATE: usize = 7;
    pub const CREATED_AT: usize = 8;
    pub const AMEND_REASON: usize = 9;
    pub const DIGEST: usize = 10;
}

/// The rows of some records. Reading them takes longer than fetching them and needs no transaction: it may go on in
/// other threads, while the next rows are fetched.
pub struct Fetched {
    clinic: ClinicId,
    /// By their part and by the patient, injury or plan that they hang below.
    rows: BTreeMap<(i64, Uuid), Vec<QueryResult>>,
    /// Whether rows must be as they were written.
    checked: bool,
}

impl Fetched {
    pub(super) fn none(clinic: &ClinicId) -> Self {
        Self { clinic: clinic.clone(), rows: BTreeMap::new(), checked: true }
    }

    pub(super) fn unchecked(self) -> Self {
        Self { checked: false, ..self }
    }

    pub(super) fn add(&mut self, row: QueryResult) -> Result<(), Error> {
        let place = (read_at(&row, column::PART)?, read_at(&row, column::OWNER)?);
        self.rows.entry(place).or_default().push(row);
        Ok(())
    }

    /// The version of the protocol that a plan is pinned to. A key that was not asked for is [`Error::NotFound`].
    pub fn protocol(&self, key: PlanKey) -> Result<ProtocolRef, Error> {
        Ok(self.content::<Plan>(part::PLAN, key.injury.0, self.plan(key)?)?.protocol)
    }

    /// The whole record. A key that was not asked for, or whose parts do not hang together, is [`Error::NotFound`].
    pub fn record(&self, key: PlanKey) -> Result<Record, Error> {
        let not_found = |name: String| Error::NotFound { name };
        let (injury, plan) = (key.injury.0, key.plan.0);
        let mut injuries: Vec<Fact<InjuryId, Injury>> = self.facts(part::INJURY, key.patient.0)?;
        let position = injuries.iter().position(|injury| injury.id == key.injury);
        let position = position.ok_or_else(|| not_found(parent::injury_name(&self.clinic, key.patient, key.injury)))?;
        let recurrence = recurrence(key.injury, &injuries);
        let found = self.rows_of(part::PATIENT, key.patient.0).first();
        let found = found.ok_or_else(|| not_found(parent::patient_name(&self.clinic, key.patient)))?;
        let patient: Patient = self.content(part::PATIENT, key.patient.0, found)?;
        Ok(Record {
            patient: PatientFacts {
                birth_date: patient.birth_date,
                cautions: patient.cautions,
                cautions_reviewed_date: patient.cautions_reviewed_date,
            },
            injury: injuries.swap_remove(position),
            recurrence,
            assessments: self.facts(part::ASSESSMENT, injury)?,
            activities: self.facts(part::ACTIVITY, injury)?,
            plan: self.fact(part::PLAN, injury, self.plan(key)?)?,
            sessions: self.facts(part::SESSION, plan)?,
            decisions: self.facts(part::DECISION, plan)?,
        })
    }

    fn plan(&self, key: PlanKey) -> Result<&QueryResult, Error> {
        for row in self.rows_of(part::PLAN, key.injury.0) {
            if read_at::<Uuid>(row, column::ID)? == key.plan.0 {
                return Ok(row);
            }
        }
        Err(Error::NotFound { name: parent::plan_name(&self.clinic, key) })
    }

    fn rows_of(&self, part: i64, owner: Uuid) -> &[QueryResult] {
        self.rows.get(&(part, owner)).map(Vec::as_slice).unwrap_or_default()
    }

    fn facts<I: UuidId, T: DeserializeOwned>(&self, part: i64, owner: Uuid) -> Result<Vec<Fact<I, T>>, Error> {
        let rows = self.rows_of(part, owner);
        let mut facts = Vec::with_capacity(rows.len());
        for row in rows {
            facts.push(self.fact(part, owner, row)?);
        }
        Ok(facts)
    }

    fn fact<I: UuidId, T: DeserializeOwned>(
        &self,
        part: i64,
        owner: Uuid,
        row: &QueryResult,
    ) -> Result<Fact<I, T>, Error> {
        Ok(Fact {
            id: I::of(read_at(row, column::ID)?),
            revision: counter(read_at(row, column::REVISION)?)?,
            recorded_at: read_at::<Micros>(row, column::RECORDED_AT)?.instant()?,
            entered_in_error: read_at(row, column::ENTERED_IN_ERROR)?,
            content: self.content(part, owner, row)?,
        })
    }

    fn content<T: DeserializeOwned>(&self, part: i64, owner: Uuid, row: &QueryResult) -> Result<T, Error> {
        let body = text_at(row, column::BODY)?.unwrap_or_default();
        if self.checked {
            self.check(part, owner, row, body)?;
        }
        content(table(part), body)
    }

    /// Refuses a row that is not as it was written.
    fn check(&self, part: i64, owner: Uuid, row: &QueryResult, body: &str) -> Result<(), Error> {
        let id: Uuid = read_at(row, column::ID)?;
        let ids: &[(&str, Uuid)] = match part {
            part::PATIENT => &[("patient_id", id)],
            part::INJURY => &[("injury_id", id)],
            part::PLAN => &[("plan_id", id)],
            part::ASSESSMENT => &[("injury_id", owner), ("assessment_id", id)],
            part::ACTIVITY => &[("injury_id", owner), ("activity_id", id)],
            part::SESSION => &[("plan_id", owner), ("session_id", id)],
            _ => &[("plan_id", owner), ("decision_id", id)],
        };
        let is_fact = matches!(part, part::ASSESSMENT | part::ACTIVITY | part::SESSION);
        let revision = if part == part::DECISION { None } else { Some(read_at(row, column::REVISION)?) };
        let entered_in_error = if is_fact { Some(read_at(row, column::ENTERED_IN_ERROR)?) } else { None };
        let recorded_at = read_at(row, column::RECORDED_AT)?;
        let covered = Covered {
            revision,
            effective_date: text_at(row, column::EFFECTIVE_DATE)?,
            created_at: read_at(row, column::CREATED_AT)?,
            entered_in_error,
            reason: text_at(row, column::AMEND_REASON)?.map(|reason| ("amend_reason", reason)),
            ..Covered::row(table(part), &self.clinic, ids, recorded_at, body)
        };
        covered.check(bytes_at(row, column::DIGEST)?)
    }
}

fn table(part: i64) -> &'static str {
    match part {
        part::PATIENT => "patient_revisions",
        part::INJURY => "injury_revisions",
        part::PLAN => "plan_revisions",
        part::ASSESSMENT => "assessments",
        part::ACTIVITY => "activities",
        part::SESSION => "sessions",
        _ => "decisions",
    }
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
