//! Protocol versions that a plan can be pinned to: those that are built in, and the clinic's own.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Condition;
use sea_orm::{QueryOrder, QuerySelect, Set};
use taper_core::protocol::{self, Protocol};
use taper_core::record::plan::ProtocolRef;

use crate::clinics;
use crate::column::Micros;
use crate::entity::{protocol as own, protocol_case};
use crate::error::Error;
use crate::parent::clinic_name;
use crate::scope::{Read, Write};
use crate::statement::in_clinic;

/// The most parsed protocols that are kept, over all clinics.
const KEPT_MAX: usize = 64;

/// Records a version of the clinic's own with its golden cases (TOML); both never change. One of that id and version that
/// is there, or built in, is [`Error::AlreadyExists`].
pub async fn create(tx: &Write, content: &Protocol, cases: &[String], now: Timestamp) -> Result<(), Error> {
    let taken = Error::AlreadyExists { what: "this version of the protocol" };
    if protocol::find(&content.reference).is_some() {
        return Err(taken);
    }
    let row = own::ActiveModel {
        clinic_id: Set(tx.clinic().to_string()),
        protocol_id: Set(content.reference.protocol.clone()),
        version: Set(content.reference.version.clone()),
        document: Set(content.document.clone()),
        sha256: Set(content.sha256.clone()),
        created_at: Set(Micros::of(now)),
    };
    let inserted = own::Entity::insert(row).exec_without_returning(tx.connection()).await;
    inserted.map_err(Error::from).map_err(|error| match error {
        Error::Unique => taken,
        Error::ParentMissing => Error::NotFound { name: clinic_name(tx) },
        other => other,
    })?;
    let case = |(place, document): (i64, &String)| protocol_case::ActiveModel {
        clinic_id: Set(tx.clinic().to_string()),
        protocol_id: Set(content.reference.protocol.clone()),
        version: Set(content.reference.version.clone()),
        place: Set(place),
        document: Set(document.clone()),
    };
    if !cases.is_empty() {
        let rows = (0..).zip(cases).map(case);
        protocol_case::Entity::insert_many(rows).exec_without_returning(tx.connection()).await?;
    }
    Ok(())
}

/// The golden cases (TOML) that a version of the clinic's own was published with, in their order.
pub async fn golden_cases(tx: &Read, reference: &ProtocolRef) -> Result<Vec<String>, Error> {
    let documents = protocol_case::Entity::find()
        .select_only()
        .column(protocol_case::Column::Document)
        .filter(in_clinic(tx, protocol_case::Column::ClinicId))
        .filter(protocol_case::Column::ProtocolId.eq(reference.protocol.as_str()))
        .filter(protocol_case::Column::Version.eq(reference.version.as_str()))
        .order_by_asc(protocol_case::Column::Place)
        .into_tuple()
        .all(tx.connection())
        .await?;
    Ok(documents)
}

/// A version, built in or the clinic's own. The clinic's own is read and checked anew each time: a document that is not
/// the one that was recorded is [`Error::Damaged`].
pub async fn get(tx: &Read, reference: &ProtocolRef) -> Result<Arc<Protocol>, Error> {
    if let Some(built_in) = built_in(tx, reference) {
        return Ok(built_in);
    }
    let row = by_reference(tx, reference).one(tx.connection()).await?.ok_or_else(|| missing(tx, reference))?;
    let damaged = || Error::Damaged { what: "protocols".to_owned() };
    let read = Protocol::parse(&row.document, &[]).map_err(|_| damaged())?;
    if read.sha256 != row.sha256 || read.reference != *reference {
        return Err(damaged());
    }
    Ok(Arc::new(read))
}

/// The protocol that a plan is pinned to, as [`get`]; but the clinic's own is read and parsed once, and then kept by the
/// hash that stands beside it.
pub async fn pinned(tx: &Read, reference: &ProtocolRef) -> Result<Arc<Protocol>, Error> {
    find(tx, reference).await?.ok_or_else(|| missing(tx, reference))
}

/// As [`pinned`], or none when there is no such version.
pub async fn find(tx: &Read, reference: &ProtocolRef) -> Result<Option<Arc<Protocol>>, Error> {
    if let Some(built_in) = built_in(tx, reference) {
        return Ok(Some(built_in));
    }
    let sha256 = by_reference(tx, reference).select_only().column(own::Column::Sha256);
    let sha256: Option<String> = sha256.into_tuple().one(tx.connection()).await?;
    match sha256 {
        Some(sha256) => kept_or_read(tx, reference, &sha256).await.map(Some),
        None => Ok(None),
    }
}

/// The clinic's own versions by id and version, those after `after` and at most `limit`; each as [`pinned`] gives it.
pub async fn list(tx: &Read, after: Option<&ProtocolRef>, limit: u32) -> Result<Vec<Arc<Protocol>>, Error> {
    let mut select = own::Entity::find()
        .select_only()
        .columns([own::Column::ProtocolId, own::Column::Version, own::Column::Sha256])
        .filter(in_clinic(tx, own::Column::ClinicId))
        .order_by_asc(own::Column::ProtocolId)
        .order_by_asc(own::Column::Version)
        .limit(u64::from(limit));
    if let Some(after) = after {
        let same_id = own::Column::ProtocolId.eq(after.protocol.as_str());
        let later_version = Condition::all().add(same_id).add(own::Column::Version.gt(after.version.as_str()));
        let later_id = own::Column::ProtocolId.gt(after.protocol.as_str());
        select = select.filter(Condition::any().add(later_id).add(later_version));
    }
    let rows: Vec<(String, String, String)> = select.into_tuple().all(tx.connection()).await?;
    if rows.is_empty() {
        clinics::get(tx).await?;
    }
    let mut protocols = Vec::with_capacity(rows.len());
    for (protocol, version, sha256) in rows {
        protocols.push(kept_or_read(tx, &ProtocolRef { protocol, version }, &sha256).await?);
    }
    Ok(protocols)
}

fn built_in(tx: &Read, reference: &ProtocolRef) -> Option<Arc<Protocol>> {
    let built_in = protocol::find(reference)?;
    if let Some(kept) = tx.parsed().find(reference, &built_in.sha256) {
        return Some(kept);
    }
    let copy = Arc::new(built_in.clone());
    tx.parsed().keep(copy.clone());
    Some(copy)
}

async fn kept_or_read(tx: &Read, reference: &ProtocolRef, sha256: &str) -> Result<Arc<Protocol>, Error> {
    if let Some(kept) = tx.parsed().find(reference, sha256) {
        return Ok(kept);
    }
    let read = get(tx, reference).await?;
    tx.parsed().keep(read.clone());
    Ok(read)
}

fn by_reference(tx: &Read, reference: &ProtocolRef) -> Select<own::Entity> {
    own::Entity::find()
        .filter(in_clinic(tx, own::Column::ClinicId))
        .filter(own::Column::ProtocolId.eq(reference.protocol.as_str()))
        .filter(own::Column::Version.eq(reference.version.as_str()))
}

fn missing(tx: &Read, reference: &ProtocolRef) -> Error {
    let ProtocolRef { protocol, version } = reference;
    Error::NotFound { name: format!("{}/protocols/{protocol}/versions/{version}", clinic_name(tx)) }
}

/// Parsed protocols, the latest used first. All that is in it follows from the documents.
#[derive(Default)]
pub(crate) struct Parsed(Mutex<VecDeque<Arc<Protocol>>>);

impl Parsed {
    fn find(&self, reference: &ProtocolRef, sha256: &str) -> Option<Arc<Protocol>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = kept.iter().position(|kept| kept.sha256 == sha256 && kept.reference == *reference)?;
        let found = kept.remove(place)?;
        kept.push_front(found.clone());
        Some(found)
    }

    fn keep(&self, protocol: Arc<Protocol>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_front(protocol);
        kept.truncate(KEPT_MAX);
    }
}
