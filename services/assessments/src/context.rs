//! What every handler works with: transactions of the caller's clinic.

use taper_core::ids::ClinicId;
use taper_core::refusal::Refusal;
use taper_kit::{Call, Caller};
use taper_store::{Read, Store, Write};

/// The service's way to the database.
#[derive(Clone)]
pub struct Context {
    store: Store,
}

impl Context {
    /// A context on an open database.
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// One snapshot of the clinic's rows.
    pub async fn read(&self, call: &Call, clinic: &ClinicId) -> Result<Read, Refusal> {
        let caller = Caller::on(call, clinic)?;
        Ok(self.store.begin_read(&caller.clinic, call.deadline).await?)
    }

    /// A change of the clinic's rows.
    pub async fn write(&self, call: &Call, clinic: &ClinicId) -> Result<Write, Refusal> {
        let caller = Caller::on(call, clinic)?;
        Ok(self.store.begin_write(&caller.clinic, call.deadline).await?)
    }
}
