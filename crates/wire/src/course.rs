//! The record of a plan with its protocol and the day that is asked for: what every question about a course starts from.

use std::sync::Arc;

use jiff::civil::Date;
use taper_api::google::r#type::Date as WireDate;
use taper_core::protocol::Protocol;
use taper_core::record::Record;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name};
use taper_store::{At, Store, Version, plans, protocols, records};

use crate::key::plan_key;
use crate::present::Present;
use crate::{at, begin, date};

/// Which plan, which day and which knowledge are asked for.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The field of the request that names the plan.
    pub field: &'static str,
    /// The plan's name.
    pub name: &'a str,
    /// Up to which day; none is today.
    pub as_of: Option<&'a WireDate>,
    /// With what had been recorded by then; none is everything.
    pub known_at: Option<&'a prost_types::Timestamp>,
}

/// The record of a plan as it is asked for.
pub struct Course {
    /// The plan.
    pub plan: name::Plan,
    /// Its version.
    pub etag: Version,
    /// The version that it is pinned to.
    pub protocol: Arc<Protocol>,
    /// What is on record.
    pub record: Record,
    /// From the plan's first day to today.
    pub as_of: Date,
}

impl Course {
    /// Reads it in one transaction. `more` reads the other fields of the request; every fault is told at once.
    pub async fn load(
        store: &Store,
        call: &Call,
        asked: Asked<'_>,
        more: &mut (dyn FnMut(&mut Fields) + Send),
    ) -> Result<Self, Refusal> {
        let mut fields = Fields::new();
        let name: Option<name::Plan> = fields.name(asked.field, asked.name);
        let as_of = date::optional("as_of", asked.as_of, &mut fields);
        let known_at = at::known_at(asked.known_at, call.now, &mut fields);
        more(&mut fields);
        let Some(plan) = name else {
            return fields.finish(None);
        };

        let tx = begin::read(store, call, &plan).await?;
        let present = Present::of(&tx, call).await?;
        let stored = plans::get(&tx, plan_key(&plan), At { as_of: None, known_at }).await?;
        let start = stored.content.start_date;
        let last_known = known_at.map_or(present.today, |known_at| present.date_of(known_at).min(present.today));
        let as_of = as_of.unwrap_or(last_known.max(start));
        present.check_date("as_of", as_of, start, "the plan's first day", &mut fields);
        fields.finish(Some(()))?;
        let record = records::load(&tx, plan_key(&plan), known_at).await?;
        let protocol = protocols::pinned(&tx, &stored.content.protocol).await?;
        Ok(Self { plan, etag: stored.version, protocol, record, as_of })
    }
}
