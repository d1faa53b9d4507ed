//! A content as its row holds it: clinical values in the clear, and what identifies the patient encrypted with its key.

use sea_orm::Value;
use serde::{Deserialize, Serialize};
use taper_core::ids::PatientId;
use taper_core::record::identifying::Identifying;
use taper_core::text::Note;

use crate::digest::Covered;
use crate::error::Error;
use crate::scope::Write;
use crate::statement::{Field, content, written};
use crate::vault::{self, Sealer};

/// The column of the encrypted part; null where nothing identifies, and in rows from before there was one.
pub(crate) const COLUMN: &str = "ciphertext";

/// What two columns of a row hold.
pub(crate) struct Parts {
    pub body: String,
    pub ciphertext: Option<Vec<u8>>,
}

impl Parts {
    /// The fields of a row that hold them, and its digest; of the row everything else is covered already.
    pub fn fields(&self, tx: &Write, row: Covered<'_>) -> [Field; 3] {
        let ciphertext = Value::Bytes(self.ciphertext.clone());
        let covered = Covered { body: &self.body, ciphertext: self.ciphertext.as_deref(), ..row };
        let [body, digest] = covered.fields(tx);
        [body, (COLUMN, ciphertext.into()), digest]
    }
}

/// What is encrypted of a row.
#[derive(Serialize, Deserialize)]
struct Private<P> {
    #[serde(skip_serializing_if = "Option::is_none", default = "none")]
    content: Option<P>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    amend_reason: Option<Note>,
}

fn none<P>() -> Option<P> {
    None
}

/// Takes a content apart for its row.
pub(crate) async fn apart<T: Identifying>(
    tx: &Write,
    patient: PatientId,
    place: &[u8],
    content: &T,
    amend_reason: Option<&Note>,
) -> Result<Parts, Error> {
    let (clinical, private) = content.apart();
    let body = written(&clinical)?;
    if private.is_none() && amend_reason.is_none() {
        return Ok(Parts { body, ciphertext: None });
    }
    let private = written(&Private { content: private, amend_reason: amend_reason.cloned() })?;
    let key = vault::key(tx, patient).await?;
    Ok(Parts { body, ciphertext: Some(key.seal(place, private.as_bytes())?) })
}

/// The content of a row, and why it replaced the one before.
pub(crate) fn together<T: Identifying>(
    key: Option<&Sealer>,
    covered: &Covered<'_>,
) -> Result<(T, Option<Note>), Error> {
    let damaged = || {
        tracing::error!(table = covered.table, "what is encrypted of a stored record does not read back");
        Error::Damaged { what: format!("{}.{COLUMN}", covered.table) }
    };
    let clinical = content(covered.table, covered.body)?;
    let private: Private<T::Private> = match covered.ciphertext {
        Some(sealed) => {
            let opened = key.and_then(|key| key.open(&covered.place(), sealed));
            opened.and_then(|plain| serde_json::from_slice(&plain).ok()).ok_or_else(damaged)?
        }
        None => Private { content: None, amend_reason: None },
    };
    let content = T::together(clinical, private.content).ok_or_else(damaged)?;
    Ok((content, private.amend_reason))
}

/// The clinical values of a row whose encrypted part does not open: only for saying that it is damaged.
pub(crate) fn clinical<T: Identifying>(covered: &Covered<'_>) -> Result<T::Clinical, Error> {
    content(covered.table, covered.body)
}

/// The one that was read.
pub(crate) fn one<T>(read: Vec<T>) -> Result<T, Error> {
    read.into_iter().next().ok_or(Error::Internal)
}
