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
use crate::error::Error;
use crate::parent;
use crate::statement::{read_at, text_at};
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
}

/// The rows of some records. Reading them takes longer than fetching them and needs no transaction: it may go on in
/// other threads, while the next rows are fetched.
pub struct Fetched {
    clinic: ClinicId,
    /// By their part and by the patient, injury or plan that they hang below.
    rows: BTreeMap<(i64, Uuid), Vec<QueryResult>>,
}

impl Fetched {
    pub(super) fn none(clinic: &ClinicId) -> Self {
        Self { clinic: clinic.clone(), rows: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, row: QueryResult) -> Result<(), Error> {
        let place = (read_at(&row, column::PART)?, read_at(&row, column::OWNER)?);
        self.rows.entry(place).or_default().push(row);
        Ok(())
    }

    /// The version of the protocol that a plan is pinned to. A key that was not asked for is [`Error::NotFound`].
    pub fn protocol(&self, key: PlanKey) -> Result<ProtocolRef, Error> {
        Ok(content::<Plan>(self.plan(key)?)?.protocol)
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
        let patient: Patient = content(found)?;
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
            plan: fact(self.plan(key)?)?,
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
            facts.push(fact(row)?);
        }
        Ok(facts)
    }
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
    serde_json::from_str(text_at(row, column::BODY)?).map_err(|_| {
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
