//! The digest of a stored row, so that a byte of it that changed past the store is found and never given as an answer.

use sea_orm::Value;
use sha2::{Digest as _, Sha256};
use taper_core::ids::ClinicId;
use uuid::Uuid;

use crate::error::Error;
use crate::parts;
use crate::scope::Read;
use crate::statement::{Field, json};

/// The column that holds it; null in rows that were written before there was one, which are read as they are.
pub(crate) const COLUMN: &str = "digest";

/// The columns that a digest covers, which is every one that never changes: all but `superseded_at`, which closes a
/// revision later. A column that the table lacks is none, as one that is null.
#[derive(Clone, Copy)]
pub(crate) struct Covered<'a> {
    pub table: &'static str,
    pub clinic: &'a ClinicId,
    pub ids: &'a [(&'static str, Uuid)],
    pub revision: Option<i64>,
    pub effective_date: Option<&'a str>,
    pub created_at: Option<i64>,
    pub recorded_at: i64,
    pub entered_in_error: Option<bool>,
    /// The column of the reason and the reason.
    pub reason: Option<(&'static str, &'a str)>,
    pub therapist: Option<Uuid>,
    /// Exactly as it is stored.
    pub body: &'a str,
    /// Exactly as it is stored.
    pub ciphertext: Option<&'a [u8]>,
}

impl<'a> Covered<'a> {
    /// A row with what every table has.
    pub fn row(
        table: &'static str,
        clinic: &'a ClinicId,
        ids: &'a [(&'static str, Uuid)],
        recorded_at: i64,
        body: &'a str,
    ) -> Self {
        Self {
            table,
            clinic,
            ids,
            revision: None,
            effective_date: None,
            created_at: None,
            recorded_at,
            entered_in_error: None,
            reason: None,
            therapist: None,
            body,
            ciphertext: None,
        }
    }

    /// The columns are in the order of the entity, since [`crate::records::evidence`] takes them from there.
    pub fn digest(&self) -> [u8; 32] {
        let mut digest = Digest::of(self.table);
        digest.text("clinic_id", self.clinic.as_str());
        for (column, id) in self.ids {
            digest.id(column, *id);
        }
        if let Some(revision) = self.revision {
            digest.number("revision", revision);
        }
        if let Some(date) = self.effective_date {
            digest.text("effective_date", date);
        }
        if let Some(created_at) = self.created_at {
            digest.number("created_at", created_at);
        }
        digest.number("recorded_at", self.recorded_at);
        if let Some(in_error) = self.entered_in_error {
            digest.flag("entered_in_error", in_error);
        }
        if let Some((column, reason)) = self.reason {
            digest.text(column, reason);
        }
        if let Some(therapist) = self.therapist {
            digest.id("therapist", therapist);
        }
        digest.text("body", self.body);
        if let Some(ciphertext) = self.ciphertext {
            digest.bytes(parts::COLUMN, ciphertext);
        }
        digest.finish()
    }

    /// The row's place, which its encrypted part is bound to: table, clinic, ids and revision, each with its length.
    pub fn place(&self) -> Vec<u8> {
        let revision = self.revision.unwrap_or_default().to_be_bytes();
        let ids = self.ids.iter().map(|(_, id)| &id.as_bytes()[..]);
        let mut place = Vec::new();
        for part in
            [self.table.as_bytes(), self.clinic.as_str().as_bytes()].into_iter().chain(ids).chain([&revision[..]])
        {
            place.extend((part.len() as u64).to_be_bytes());
            place.extend(part);
        }
        place
    }

    /// The fields of the row that hold its body and its digest.
    pub fn fields(&self, tx: &Read) -> [Field; 2] {
        let digest = Value::Bytes(Some(self.digest().to_vec()));
        [("body", json(tx, self.body)), (COLUMN, digest.into())]
    }

    /// Refuses a row that is not as it was written.
    pub fn check(&self, stored: Option<&[u8]>) -> Result<(), Error> {
        match stored {
            Some(stored) if stored != self.digest() => Err(self.damaged()),
            _ => Ok(()),
        }
    }

    /// The ids are for the operator; nothing of what the row says is in the log.
    fn damaged(&self) -> Error {
        let ids: Vec<String> = self.ids.iter().map(|(column, id)| format!("{column}={id}")).collect();
        let (table, clinic, ids) = (self.table, self.clinic, ids.join(" "));
        tracing::error!(table, %clinic, ids, revision = self.revision, "a stored record is not as it was written");
        mismatch(table)
    }
}

/// What a row that is not as it was written is answered with.
pub(crate) fn mismatch(table: &str) -> Error {
    Error::Damaged { what: format!("{table}.{COLUMN}") }
}

/// SHA-256 over the name of a table, and over the name and the value of each column that is not null, each with its
/// length before it: no two rows give the same bytes, and a column that is added later and null in older rows leaves
/// their digests as they are.
pub(crate) struct Digest(Sha256);

impl Digest {
    pub fn of(table: &str) -> Self {
        let mut digest = Self(Sha256::new());
        digest.part(table.as_bytes());
        digest
    }

    fn part(&mut self, bytes: &[u8]) {
        // No database keeps a value of 4 GiB.
        self.0.update(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        self.0.update(bytes);
    }

    fn column(&mut self, name: &str, value: &[u8]) {
        self.part(name.as_bytes());
        self.part(value);
    }

    pub fn text(&mut self, name: &str, text: &str) {
        self.column(name, text.as_bytes());
    }

    pub fn id(&mut self, name: &str, id: Uuid) {
        self.column(name, id.as_bytes());
    }

    pub fn number(&mut self, name: &str, number: i64) {
        self.column(name, &number.to_be_bytes());
    }

    pub fn bytes(&mut self, name: &str, bytes: &[u8]) {
        self.column(name, bytes);
    }

    pub fn flag(&mut self, name: &str, flag: bool) {
        self.column(name, &[u8::from(flag)]);
    }

    pub fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    //! No two rows give the same bytes.

    use super::*;

    fn digest(table: &str, columns: &[(&str, &str)]) -> [u8; 32] {
        let mut digest = Digest::of(table);
        columns.iter().for_each(|(name, text)| digest.text(name, text));
        digest.finish()
    }

    #[test]
    fn a_byte_that_moves_to_its_neighbour_gives_another_digest() {
        let rows: [(&str, &[(&str, &str)]); 7] = [
            ("t", &[("a", "bc"), ("d", "e")]),
            ("t", &[("ab", "c"), ("d", "e")]),
            ("t", &[("a", "b"), ("cd", "e")]),
            ("t", &[("a", "bcd"), ("", "e")]),
            ("ta", &[("", "bc"), ("d", "e")]),
            ("t", &[("a", "bc"), ("d", ""), ("e", "")]),
            ("t", &[("a", "bc")]),
        ];
        let digests: std::collections::BTreeSet<[u8; 32]> = rows.map(|(table, row)| digest(table, row)).into();
        assert_eq!(digests.len(), rows.len());
    }
}
