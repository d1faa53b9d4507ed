//! What happened: events are only added, each chained to the one before it in the same transaction.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait as _, LockType, Query};
use sea_orm::{EntityName, QueryOrder, QuerySelect, Select, Set};
use taper_core::access::Interaction;
use taper_core::audit::{Entry, Event, Fault, Hash, Head, Verifier};
use taper_core::ids::{ClinicId, PatientId};
use taper_core::limits;

use crate::column::Micros;
use crate::entity::{audit_event, audit_head};
use crate::error::Error;
use crate::scope::{Read, Write};
use crate::statement::{in_clinic, of_clinic, read};

/// Clinics whose heads are remembered, at about 120 B each.
const HEADS_MAX: usize = 10_000;

/// Adds events to the chain of the transaction's clinic, in this order. Others who add wait until the transaction ends,
/// so this is the last thing in it.
pub async fn append(tx: &Write, events: Vec<Event>) -> Result<Head, Error> {
    if events.is_empty() {
        return lock_head(tx).await;
    }
    // Mostly nobody else has added since this program did, and the head need not be read.
    if let Some(known) = tx.heads().of(tx.clinic())
        && let Some(head) = append_after(tx, known, &events).await?
    {
        return Ok(head);
    }
    let head = lock_head(tx).await?;
    append_after(tx, head, &events).await?.ok_or(Error::Conflict)
}

/// Adds events after this head; none, and nothing is added, when it is not the chain's end.
async fn append_after(tx: &Write, end: Head, events: &[Event]) -> Result<Option<Head>, Error> {
    let chain = tx.clinic().to_string();
    let mut head = end;
    let mut rows = Vec::with_capacity(events.len());
    for event in events {
        let entry = head.next(&chain, event.clone());
        head = entry.head();
        rows.push(row(&chain, entry)?);
    }
    let table = audit_head::Entity.table_name();
    let mut update = Query::update();
    update
        .table(table)
        .value("number", number(head)?)
        .value("hash", head.hash.0.to_vec())
        .cond_where(of_clinic(tx, table))
        .and_where(Expr::col("number").eq(number(end)?))
        .and_where(Expr::col("hash").eq(end.hash.0.to_vec()));
    if tx.connection().execute(&update).await?.rows_affected() != 1 {
        return Ok(None);
    }
    audit_event::Entity::insert_many(rows).exec_without_returning(tx.connection()).await?;
    tx.heads().remember(tx.clinic(), head);
    Ok(Some(head))
}

/// The heads of chains as this program left them. Another one, or a transaction that never ended, may have made them
/// untrue; so they are tried, never trusted.
#[derive(Default)]
pub(crate) struct Heads(Mutex<HashMap<ClinicId, Head>>);

impl Heads {
    fn of(&self, clinic: &ClinicId) -> Option<Head> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(clinic).copied()
    }

    fn remember(&self, clinic: &ClinicId, head: Head) {
        let mut heads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if heads.len() >= HEADS_MAX && !heads.contains_key(clinic) {
            heads.clear();
        }
        heads.insert(clinic.clone(), head);
    }
}

/// The end of the chain as it is stored.
pub async fn head(tx: &Read) -> Result<Head, Error> {
    let row =
        audit_head::Entity::find().filter(in_clinic(tx, audit_head::Column::ClinicId)).one(tx.connection()).await?;
    row.map_or(Ok(Head::default()), |row| stored_head(row.number, row.hash))
}

/// Which events are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those of one patient.
    pub patient: Option<PatientId>,
    /// Those of one caller.
    pub subject: Option<String>,
    /// Those answered at this instant or later, in microseconds.
    pub from: Option<jiff::Timestamp>,
    /// Those answered before this instant.
    pub until: Option<jiff::Timestamp>,
}

/// The events after a number, by number, at most `limit`.
pub async fn list(tx: &Read, filter: &Filter, after: u64, limit: u32) -> Result<Vec<Entry>, Error> {
    let select = of(tx, filter).filter(audit_event::Column::Number.gt(i64::try_from(after).unwrap_or(i64::MAX)));
    let rows = select.order_by_asc(audit_event::Column::Number).limit(u64::from(limit)).all(tx.connection()).await?;
    rows.into_iter().map(entry).collect()
}

/// The last events, at most `limit`, by number.
pub async fn latest(tx: &Read, filter: &Filter, limit: u32) -> Result<Vec<Entry>, Error> {
    let select = of(tx, filter).order_by_desc(audit_event::Column::Number).limit(u64::from(limit));
    let rows = select.all(tx.connection()).await?;
    rows.into_iter().rev().map(entry).collect()
}

fn of(tx: &Read, filter: &Filter) -> Select<audit_event::Entity> {
    let mut select = audit_event::Entity::find().filter(in_clinic(tx, audit_event::Column::ClinicId));
    if let Some(patient) = filter.patient {
        select = select.filter(audit_event::Column::PatientId.eq(patient.0));
    }
    if let Some(subject) = &filter.subject {
        select = select.filter(audit_event::Column::Subject.eq(subject.as_str()));
    }
    if let Some(from) = filter.from {
        select = select.filter(audit_event::Column::At.gte(Micros::of(from)));
    }
    if let Some(until) = filter.until {
        select = select.filter(audit_event::Column::At.lt(Micros::of(until)));
    }
    select
}

/// Reads the chain of the transaction's clinic from a trusted head on, or from its first event, page by page, and says
/// whether it is as it was written and holds each of these heads, which were kept elsewhere.
pub async fn verify(tx: &Read, start: Head, anchors: Vec<Head>) -> Result<Result<Head, Fault>, Error> {
    let mut verifier = Verifier::new(tx.clinic().as_str(), anchors).after(start);
    let page = u32::try_from(limits::PAGE_SIZE_MAX).unwrap_or(u32::MAX);
    let (mut after, mut limit) = (start.number, page);
    loop {
        let entries = match list(tx, &Filter::default(), after, limit).await {
            // One of them does not read back. One by one, it is found once all before it are as they were written.
            Err(Error::Damaged { .. }) if limit > 1 => {
                limit = 1;
                continue;
            }
            Err(Error::Damaged { .. }) => {
                return Ok(Err(Fault::Unreadable { number: number_after(tx, after).await? }));
            }
            read => read?,
        };
        for entry in &entries {
            if let Err(fault) = verifier.read(entry) {
                return Ok(Err(fault));
            }
        }
        match entries.last() {
            Some(last) => after = last.number,
            None => break,
        }
    }
    match head(tx).await {
        Err(Error::Damaged { .. }) => Ok(Err(Fault::UnreadableHead)),
        stored => Ok(verifier.end(stored?)),
    }
}

/// The number of the first event after this one, whatever else its row holds.
async fn number_after(tx: &Read, after: u64) -> Result<u64, Error> {
    let select = of(tx, &Filter::default())
        .select_only()
        .column(audit_event::Column::Number)
        .filter(audit_event::Column::Number.gt(i64::try_from(after).unwrap_or(i64::MAX)))
        .order_by_asc(audit_event::Column::Number);
    let found: Option<i64> = select.into_tuple().one(tx.connection()).await?;
    Ok(found.and_then(|number| u64::try_from(number).ok()).unwrap_or(after.saturating_add(1)))
}

/// The head, which nobody else moves until the transaction ends; SQLite has one writer and needs no lock.
pub(crate) async fn lock_head(tx: &Write) -> Result<Head, Error> {
    let table = audit_head::Entity.table_name();
    let mut select = Query::select();
    select.columns(["number", "hash"]).from(table).cond_where(of_clinic(tx, table)).lock(LockType::Update);
    if let Some(row) = tx.connection().query_one(&select).await? {
        return stored_head(read(&row, "number")?, read(&row, "hash")?);
    }
    // The first event of a clinic: of two at once the later one waits here, and then reads what the first one wrote.
    let first = audit_head::ActiveModel {
        clinic_id: Set(tx.clinic().to_string()),
        number: Set(0),
        hash: Set(Hash::default().0.to_vec()),
    };
    let key = sea_orm::sea_query::OnConflict::column(audit_head::Column::ClinicId).do_nothing().to_owned();
    audit_head::Entity::insert(first).on_conflict(key).try_insert().exec_without_returning(tx.connection()).await?;
    let row = tx.connection().query_one(&select).await?.ok_or(Error::Conflict)?;
    stored_head(read(&row, "number")?, read(&row, "hash")?)
}

fn row(chain: &str, entry: Entry) -> Result<audit_event::ActiveModel, Error> {
    let Entry { number: _, event, hash } = &entry;
    Ok(audit_event::ActiveModel {
        clinic_id: Set(chain.to_owned()),
        number: Set(number(entry.head())?),
        at: Set(Micros::of(event.at)),
        subject: Set(event.subject.clone()),
        role: Set(event.role.map(|role| role.word().to_owned())),
        method: Set(event.method.clone()),
        interaction: Set(event.interaction.word().to_owned()),
        patient_id: Set(event.patient.map(|patient| patient.0)),
        outcome: Set(event.outcome.clone()),
        call_id: Set(event.call_id.clone()),
        by_broken_glass: Set(event.by_broken_glass),
        hash: Set(hash.0.to_vec()),
        resource: Set(event.resource.clone()),
    })
}

fn entry(row: audit_event::Model) -> Result<Entry, Error> {
    let stored = row.number;
    let damaged = |column: &str| Error::Damaged { what: format!("audit_events.{column} of entry {stored}") };
    let role = row.role.map(|word| word.parse()).transpose().map_err(|_| damaged("role"))?;
    let interaction = Interaction::ALL.into_iter().find(|one| one.word() == row.interaction);
    Ok(Entry {
        number: u64::try_from(row.number).map_err(|_| damaged("number"))?,
        event: Event {
            at: row.at.instant().map_err(|_| damaged("at"))?,
            subject: row.subject,
            role,
            method: row.method,
            interaction: interaction.ok_or_else(|| damaged("interaction"))?,
            patient: row.patient_id.map(PatientId),
            resource: row.resource,
            outcome: row.outcome,
            call_id: row.call_id,
            by_broken_glass: row.by_broken_glass,
        },
        hash: Hash(row.hash.try_into().map_err(|_| damaged("hash"))?),
    })
}

fn stored_head(number: i64, hash: Vec<u8>) -> Result<Head, Error> {
    let damaged = |column: &str| Error::Damaged { what: format!("audit_heads.{column}") };
    Ok(Head {
        number: u64::try_from(number).map_err(|_| damaged("number"))?,
        hash: Hash(hash.try_into().map_err(|_| damaged("hash"))?),
    })
}

fn number(head: Head) -> Result<i64, Error> {
    i64::try_from(head.number).map_err(|_| Error::Internal)
}
