//! The rows of records as they came from the database, and how they are read into records.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sea_orm::QueryResult;
use taper_core::ids::{ClinicId, InjuryId, PatientId};
use taper_core::record::identifying::Identifying;
use taper_core::record::injury::Injury;
use taper_core::record::patient::Patient;
use taper_core::record::plan::{Plan, ProtocolRef};
use taper_core::record::{Fact, PatientFacts, Record, Recurrence};
use uuid::Uuid;

use crate::column::{Micros, UuidId, counter};
use crate::digest::Covered;
use crate::error::Error;
use crate::parent;
use crate::parts::{clinical, together};
use crate::scope::Read;
use crate::statement::{bytes_at, read_at, text_at};
use crate::stored::PlanKey;
use crate::vault::{Sealer, Vault};

/// The parts of the statement, by the number in its first column.
pub(super) mod part {
    pub const PATIENT: i64 = 0;
    pub const INJURY: i64 = 1;
    pub const PLAN: i64 = 2;
    pub const ASSESSMENT: i64 = 3;
    pub const ACTIVITY: i64 = 4;
    pub const SESSION: i64 = 5;
    pub const DECISION: i64 = 6;
    pub const KEY: i64 = 7;
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
    pub const CIPHERTEXT: usize = 10;
    /// Of a key: the key.
    pub const DIGEST: usize = 11;
}

/// The rows of some records. Reading them takes longer than fetching them and needs no transaction: it may go on in
/// other threads, while the next rows are fetched.
pub struct Fetched {
    clinic: ClinicId,
    vault: Option<Arc<Vault>>,
    keys: BTreeMap<Uuid, Sealer>,
    /// By their part and by the patient, injury or plan that they hang below. Records share the rows above their plan,
    /// and a row of SQLite must not be read by two threads at once, although its type is `Sync`: reading it changes it.
    rows: BTreeMap<(i64, Uuid), Vec<Mutex<QueryResult>>>,
    /// Whether rows must be as they were written.
    checked: bool,
}

impl Fetched {
    pub(super) fn none(tx: &Read) -> Self {
        let (clinic, vault) = (tx.clinic().clone(), tx.vault().ok().cloned());
        Self { clinic, vault, keys: BTreeMap::new(), rows: BTreeMap::new(), checked: true }
    }

    pub(super) fn unchecked(self) -> Self {
        Self { checked: false, ..self }
    }

    pub(super) fn add(&mut self, row: QueryResult) -> Result<(), Error> {
        let place: (i64, Uuid) = (read_at(&row, column::PART)?, read_at(&row, column::OWNER)?);
        if let (part::KEY, patient) = place {
            let vault = self.vault.as_ref().ok_or(Error::Internal)?;
            let wrapped = bytes_at(&row, column::DIGEST)?.unwrap_or_default();
            self.keys.insert(patient, vault.unwrap(&self.clinic, patient, wrapped)?);
            return Ok(());
        }
        self.rows.entry(place).or_default().push(Mutex::new(row));
        Ok(())
    }

    /// The version of the protocol that a plan is pinned to. A key that was not asked for is [`Error::NotFound`].
    pub fn protocol(&self, key: PlanKey) -> Result<ProtocolRef, Error> {
        let row = self.plan(key)?;
        Ok(self.content::<Plan>(part::PLAN, key.patient, key.injury.0, &row)?.protocol)
    }

    /// The whole record. A key that was not asked for, or whose parts do not hang together, is [`Error::NotFound`].
    pub fn record(&self, key: PlanKey) -> Result<Record, Error> {
        let not_found = || Error::NotFound { name: parent::injury_name(&self.clinic, key.patient, key.injury) };
        let (injury, plan) = (key.injury.0, key.plan.0);
        // Of a patient who was purged the injuries are there, and nothing can read them any more.
        let row = self.rows_of(part::PATIENT, key.patient.0).next().ok_or_else(not_found)?;
        let patient = self.patient(key.patient, &row)?;
        drop(row);
        let mut injuries: Vec<Fact<InjuryId, Injury>> = self.facts(part::INJURY, key.patient, key.patient.0)?;
        let position = injuries.iter().position(|injury| injury.id == key.injury).ok_or_else(not_found)?;
        let recurrence = recurrence(key.injury, &injuries);
        let row = self.plan(key)?;
        let plan_fact = self.fact(part::PLAN, key.patient, injury, &row)?;
        drop(row);
        Ok(Record {
            patient,
            injury: injuries.swap_remove(position),
            recurrence,
            assessments: self.facts(part::ASSESSMENT, key.patient, injury)?,
            activities: self.facts(part::ACTIVITY, key.patient, injury)?,
            plan: plan_fact,
            sessions: self.facts(part::SESSION, key.patient, plan)?,
            decisions: self.facts(part::DECISION, key.patient, plan)?,
        })
    }

    fn plan(&self, key: PlanKey) -> Result<MutexGuard<'_, QueryResult>, Error> {
        for row in self.rows_of(part::PLAN, key.injury.0) {
            if read_at::<Uuid>(&row, column::ID)? == key.plan.0 {
                return Ok(row);
            }
        }
        Err(Error::NotFound { name: parent::plan_name(&self.clinic, key) })
    }

    /// Each row for this thread alone, as long as it is looked at.
    fn rows_of(&self, part: i64, owner: Uuid) -> impl Iterator<Item = MutexGuard<'_, QueryResult>> {
        let rows = self.rows.get(&(part, owner)).map(Vec::as_slice).unwrap_or_default();
        rows.iter().map(|row| row.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn facts<I: UuidId, T: Identifying>(
        &self,
        part: i64,
        patient: PatientId,
        owner: Uuid,
    ) -> Result<Vec<Fact<I, T>>, Error> {
        self.rows_of(part, owner).map(|row| self.fact(part, patient, owner, &row)).collect()
    }

    fn fact<I: UuidId, T: Identifying>(
        &self,
        part: i64,
        patient: PatientId,
        owner: Uuid,
        row: &QueryResult,
    ) -> Result<Fact<I, T>, Error> {
        Ok(Fact {
            id: I::of(read_at(row, column::ID)?),
            revision: counter(read_at(row, column::REVISION)?)?,
            recorded_at: read_at::<Micros>(row, column::RECORDED_AT)?.instant()?,
            entered_in_error: read_at(row, column::ENTERED_IN_ERROR)?,
            content: self.content(part, patient, owner, row)?,
        })
    }

    /// What the rules need of the patient. One that is read as it is stored has no birth date where that does not open.
    fn patient(&self, patient: PatientId, row: &QueryResult) -> Result<PatientFacts, Error> {
        self.read(part::PATIENT, patient.0, row, |covered| {
            match together::<Patient>(self.keys.get(&patient.0), covered) {
                Ok((Patient { birth_date, cautions, cautions_reviewed_date, .. }, _)) => {
                    Ok(PatientFacts { birth_date, cautions, cautions_reviewed_date })
                }
                Err(_) if !self.checked => {
                    let left = clinical::<Patient>(covered)?;
                    let (cautions, cautions_reviewed_date) = (left.cautions, left.cautions_reviewed_date);
                    Ok(PatientFacts { birth_date: None, cautions, cautions_reviewed_date })
                }
                Err(damaged) => Err(damaged),
            }
        })
    }

    /// What a row says, if the row is as it was written. One that is read as it is stored is without its texts where they
    /// do not open.
    fn content<T: Identifying>(
        &self,
        part: i64,
        patient: PatientId,
        owner: Uuid,
        row: &QueryResult,
    ) -> Result<T, Error> {
        self.read(part, owner, row, |covered| match together(self.keys.get(&patient.0), covered) {
            Ok((content, _)) => Ok(content),
            Err(_) if !self.checked => {
                together(None, &Covered { ciphertext: None, ..*covered }).map(|(content, _)| content)
            }
            Err(damaged) => Err(damaged),
        })
    }

    /// Gives a row to the reader, if it is as it was written.
    fn read<R>(
        &self,
        part: i64,
        owner: Uuid,
        row: &QueryResult,
        read: impl FnOnce(&Covered<'_>) -> Result<R, Error>,
    ) -> Result<R, Error> {
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
        let body = text_at(row, column::BODY)?.unwrap_or_default();
        let covered = Covered {
            revision,
            effective_date: text_at(row, column::EFFECTIVE_DATE)?,
            created_at: read_at(row, column::CREATED_AT)?,
            entered_in_error,
            reason: text_at(row, column::AMEND_REASON)?.map(|reason| ("amend_reason", reason)),
            ciphertext: bytes_at(row, column::CIPHERTEXT)?,
            ..Covered::row(table(part), &self.clinic, ids, recorded_at, body)
        };
        if self.checked {
            covered.check(bytes_at(row, column::DIGEST)?)?;
        }
        read(&covered)
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
