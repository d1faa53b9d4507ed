//! A mutation that is done once, however often it is sent under one `request_id`.

use prost::Message;
use taper_core::refusal::{Reason, Refusal};
use taper_kit::Call;
use taper_kit::idempotency::Mutation;
use taper_store::{Claim, Write, requests};

/// Claims the mutation's id in the transaction of the write. The stored answer, when it was done before.
pub(crate) async fn answered_before<T>(tx: &Write, mutation: &Mutation, call: &Call) -> Result<Option<T>, Refusal>
where
    T: Message + Default,
{
    let Some(id) = mutation.id else { return Ok(None) };
    match requests::claim(tx, id, mutation.method, &mutation.hash, call.now).await? {
        Claim::New => Ok(None),
        Claim::Done(answer) => {
            let message = "The stored answer to this request_id does not read back. Tell the operator; do not retry.";
            let damaged = |_| Refusal::new(Reason::StoredRecordDamaged, message);
            T::decode(answer.as_slice()).map(Some).map_err(damaged)
        }
    }
}

/// Keeps the answer for a repeat, and makes the change durable.
pub(crate) async fn commit<T: Message>(tx: Write, mutation: &Mutation, answer: T) -> Result<T, Refusal> {
    if let Some(id) = mutation.id {
        requests::finish(&tx, id, &answer.encode_to_vec()).await?;
    }
    tx.commit().await?;
    Ok(answer)
}
