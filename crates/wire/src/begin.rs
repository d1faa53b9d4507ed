//! Transactions of the caller's clinic: the one way from a call to a clinic's rows.

use taper_core::refusal::Refusal;
use taper_kit::caller::Place;
use taper_kit::{Call, Caller};
use taper_store::{Read, Store, Write};

/// One snapshot of the clinic's rows.
pub async fn read(store: &Store, call: &Call, place: &impl Place) -> Result<Read, Refusal> {
    let caller = Caller::on(call, place)?;
    Ok(store.begin_read(&caller.clinic, call.deadline).await?)
}

/// A change of the clinic's rows.
pub async fn write(store: &Store, call: &Call, place: &impl Place) -> Result<Write, Refusal> {
    let caller = Caller::on(call, place)?;
    Ok(store.begin_write(&caller.clinic, call.deadline).await?)
}
