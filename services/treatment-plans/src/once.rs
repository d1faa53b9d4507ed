//! A mutation that is done once, however often it is sent under one `request_id`.

use prost::Message;
use taper_core::ids::RequestId;
use taper_core::refusal::{Reason, Refusal, Violations};
use taper_kit::{Call, idempotency};
use taper_store::{Claim, Write, requests};

/// The envelope of one mutation: its id, when it has one, its method, and the hash of what is asked.
pub(crate) struct Once {
    id: Option<RequestId>,
    method: &'static str,
    hash: [u8; 32],
}

impl Once {
    /// Reads the `request_id`; one that is malformed is noted among the violations.
    pub fn of(method: &'static str, request_id: &str, message: &impl Message, violations: &mut Violations) -> Self {
        let id = violations.take("request_id", idempotency::request_id(request_id)).flatten();
        // The hash is only ever compared under an id.
        let hash = match id {
            Some(_) => idempotency::request_hash(method, message),
            None => [0; 32],
        };
        Self { id, method, hash }
    }

    /// Claims the id in the transaction of the write. The stored answer, when this request was done before.
    pub async fn claim<T: Message + Default>(&self, tx: &Write, call: &Call) -> Result<Option<T>, Refusal> {
        let Some(id) = self.id else { return Ok(None) };
        match requests::claim(tx, id, self.method, &self.hash, call.now).await? {
            Claim::New => Ok(None),
            Claim::Done(answer) => {
                let damaged = |_| Refusal::new(Reason::StoredRecordDamaged, "The stored answer does not read back.");
                T::decode(answer.as_slice()).map(Some).map_err(damaged)
            }
        }
    }

    /// Keeps the answer under the id, and commits.
    pub async fn commit<T: Message>(self, tx: Write, answer: T) -> Result<T, Refusal> {
        if let Some(id) = self.id {
            requests::finish(&tx, id, &answer.encode_to_vec()).await?;
        }
        tx.commit().await?;
        Ok(answer)
    }
}
