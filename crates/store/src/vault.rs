//! The keys that what identifies a patient is encrypted with: one of each patient, wrapped by the master key.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use aws_lc_rs::hmac;
use sea_orm::entity::prelude::*;
use sea_orm::{EntityName, Set};
use taper_core::ids::{ClinicId, PatientId};

use crate::column::Micros;
use crate::entity::{master_key, patient_key};
use crate::error::Error;
use crate::parent;
use crate::scope::{Read, Write};
use crate::statement::{in_clinic, insert_if};

/// Bytes of AES-256-GCM that stand before and after what is encrypted.
const NONCE_BYTES: usize = 12;

/// The deployment's own key, 32 bytes, which wraps the keys of the patients. It is kept outside the database.
#[derive(Clone, PartialEq, Eq)]
pub struct MasterKey([u8; 32]);

impl MasterKey {
    /// A new one.
    pub fn random() -> Result<MasterKey, Error> {
        let mut bytes = [0; 32];
        aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Error::Internal)?;
        Ok(MasterKey(bytes))
    }

    /// Reads 64 hexadecimal digits, with space around them.
    pub fn parse(text: &str) -> Option<MasterKey> {
        let digits = text.trim().as_bytes();
        if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(MasterKey(bytes))
    }

    /// The same as 64 hexadecimal digits, for its file and for nothing else.
    pub fn to_text(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(..)")
    }
}

/// What is derived from the master key; each use has a key of its own.
pub(crate) struct Vault {
    wrapping: Sealer,
    external_ids: hmac::Key,
    fingerprint: [u8; 16],
}

impl Vault {
    pub fn new(master: &MasterKey) -> Result<Vault, Error> {
        let master = hmac::Key::new(hmac::HMAC_SHA256, &master.0);
        let derived = |of: &str| hmac::sign(&master, of.as_bytes());
        let mut fingerprint = [0; 16];
        let whole = derived("taper master key, fingerprint 1");
        fingerprint.iter_mut().zip(whole.as_ref()).for_each(|(byte, of)| *byte = *of);
        Ok(Vault {
            wrapping: Sealer::new(derived("taper master key, patient keys 1").as_ref())?,
            external_ids: hmac::Key::new(hmac::HMAC_SHA256, derived("taper master key, external ids 1").as_ref()),
            fingerprint,
        })
    }

    /// Tells one master key from another and says nothing about it.
    pub fn fingerprint(&self) -> &[u8] {
        &self.fingerprint
    }

    /// What stands for an external id in the index that keeps it unique: alike for alike ids of one clinic, and telling
    /// nobody else what the id is.
    pub fn external_id(&self, clinic: &ClinicId, system: &str, value: &str) -> String {
        let mut of = hmac::Context::with_key(&self.external_ids);
        for part in [clinic.as_str(), system, value] {
            of.update(&(part.len() as u64).to_be_bytes());
            of.update(part.as_bytes());
        }
        of.sign().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The key of a patient from its row.
    pub fn unwrap(&self, clinic: &ClinicId, patient: Uuid, wrapped: &[u8]) -> Result<Sealer, Error> {
        Sealer::new(&self.wrapping.open(&place(clinic, patient), wrapped).ok_or_else(damaged)?)
    }
}

fn place(clinic: &ClinicId, patient: Uuid) -> Vec<u8> {
    [clinic.as_str().as_bytes(), b"/", patient.as_bytes()].concat()
}

fn damaged() -> Error {
    Error::Damaged { what: "patient_keys.wrapped_key".to_owned() }
}

/// Encrypts with AES-256-GCM under one key, each time with another random nonce, bound to the place it is stored at.
pub(crate) struct Sealer(RandomizedNonceKey);

impl Sealer {
    fn new(key: &[u8]) -> Result<Sealer, Error> {
        RandomizedNonceKey::new(&AES_256_GCM, key).map(Sealer).map_err(|_| Error::Internal)
    }

    /// The nonce, the encrypted bytes and the tag.
    pub fn seal(&self, place: &[u8], plain: &[u8]) -> Result<Vec<u8>, Error> {
        let mut sealed = plain.to_vec();
        let nonce = self.0.seal_in_place_append_tag(Aad::from(place), &mut sealed).map_err(|_| Error::Internal)?;
        Ok([&nonce.as_ref()[..], &sealed].concat())
    }

    /// What was encrypted for that place under this key; none for anything else.
    pub fn open(&self, place: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE_BYTES)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut plain = sealed.to_vec();
        let length = self.0.open_in_place(nonce, Aad::from(place), &mut plain).ok()?.len();
        plain.truncate(length);
        Some(plain)
    }
}

/// The keys that a transaction has read already.
#[derive(Default)]
pub(crate) struct Keys(Mutex<BTreeMap<PatientId, Arc<Sealer>>>);

impl Keys {
    pub fn get(&self, patient: PatientId) -> Option<Arc<Sealer>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&patient).cloned()
    }

    fn keep(&self, patient: PatientId, key: Arc<Sealer>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(patient, key);
    }
}

/// Reads the keys of those patients who have one; [`Read::key`] gives them from then on.
pub(crate) async fn fetch(tx: &Read, patients: impl IntoIterator<Item = PatientId>) -> Result<(), Error> {
    let missing: Vec<Uuid> =
        patients.into_iter().filter(|patient| tx.keys().get(*patient).is_none()).map(|patient| patient.0).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let wrapped = patient_key::Entity::find()
        .filter(in_clinic(tx, patient_key::Column::ClinicId))
        .filter(patient_key::Column::PatientId.is_in(missing))
        .all(tx.connection())
        .await?;
    for row in wrapped {
        let key = tx.vault()?.unwrap(tx.clinic(), row.patient_id, &row.wrapped_key)?;
        tx.keys().keep(PatientId(row.patient_id), Arc::new(key));
    }
    Ok(())
}

/// The key of a patient, made where there is none yet.
pub(crate) async fn key(tx: &Write, patient: PatientId) -> Result<Arc<Sealer>, Error> {
    fetch(tx, [patient]).await?;
    if let Some(key) = tx.keys().get(patient) {
        return Ok(key);
    }
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Error::Internal)?;
    let wrapped = tx.vault()?.wrapping.seal(&place(tx.clinic(), patient.0), &bytes)?;
    let fields = vec![
        ("clinic_id", tx.clinic().as_str().into()),
        ("patient_id", patient.0.into()),
        ("wrapped_key", sea_orm::Value::Bytes(Some(wrapped)).into()),
    ];
    // Not left to the foreign key: after its refusal Postgres would refuse whatever comes next in the transaction, and it
    // knows nothing of patients who were purged.
    if !insert_if(tx, patient_key::Entity.table_name(), fields, parent::patient(tx, patient).exists).await? {
        return Err(Error::ParentMissing);
    }
    let key = Arc::new(Sealer::new(&bytes)?);
    tx.keys().keep(patient, key.clone());
    Ok(key)
}

/// Refuses another master key than the one that the database was first used with; the first one is noted.
pub(crate) async fn check(tx: &Write, now: Micros) -> Result<(), Error> {
    let fingerprint = tx.vault()?.fingerprint().to_vec();
    let found = master_key::Entity::find_by_id(tx.clinic().to_string()).one(tx.connection()).await?;
    match found {
        Some(noted) if noted.fingerprint != fingerprint => {
            let told = "the database was first used with another one. Give the file of that one, or your copy of it";
            Err(Error::Open(told.to_owned()))
        }
        Some(_) => Ok(()),
        None => {
            let clinic_id = Set(tx.clinic().to_string());
            let row = master_key::ActiveModel { clinic_id, fingerprint: Set(fingerprint), created_at: Set(now) };
            master_key::Entity::insert(row).exec_without_returning(tx.connection()).await?;
            Ok(())
        }
    }
}

/// Destroys the key of a patient. What was encrypted with it says nothing from then on, here and in every copy.
pub(crate) async fn destroy(tx: &Write, patient: PatientId) -> Result<(), Error> {
    patient_key::Entity::delete_many()
        .filter(in_clinic(tx, patient_key::Column::ClinicId))
        .filter(patient_key::Column::PatientId.eq(patient.0))
        .exec(tx.connection())
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    //! What is encrypted opens under its key, at its place, as it was written, and not otherwise.

    use super::*;

    #[test]
    fn what_is_encrypted_opens_only_with_its_key_at_its_place_and_as_it_was_written() {
        let key = Sealer::new(&[7; 32]).unwrap();
        let sealed = key.seal(b"here", b"Ann Miller").unwrap();
        assert_eq!(key.open(b"here", &sealed).as_deref(), Some(&b"Ann Miller"[..]));
        assert_eq!(key.open(b"there", &sealed), None);
        assert_eq!(Sealer::new(&[8; 32]).unwrap().open(b"here", &sealed), None);
        for at in 0..sealed.len() {
            let mut flipped = sealed.clone();
            flipped[at] ^= 1;
            assert_eq!(key.open(b"here", &flipped), None, "byte {at}");
            assert_eq!(key.open(b"here", &sealed[..at]), None, "cut at {at}");
        }
        assert_ne!(sealed, key.seal(b"here", b"Ann Miller").unwrap(), "the nonce is another each time");
        assert!(!sealed.windows(3).any(|part| part == b"Ann"));
    }

    #[test]
    fn a_master_key_is_64_hexadecimal_digits_and_is_never_printed() {
        let key = MasterKey::random().unwrap();
        assert_eq!(MasterKey::parse(&format!(" {}\n", key.to_text())), Some(key.clone()));
        assert_eq!(format!("{key:?}"), "MasterKey(..)");
        for bad in ["", "00", &"0".repeat(63), &"0".repeat(65), &"g".repeat(64), &"é".repeat(32)] {
            assert_eq!(MasterKey::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_external_id_stands_for_itself_in_one_clinic_under_one_master_key() {
        let vault = |byte| Vault::new(&MasterKey([byte; 32])).unwrap();
        let clinic = |slug: &str| slug.parse::<ClinicId>().unwrap();
        let of = vault(1).external_id(&clinic("here"), "acme", "17");
        assert_eq!(of, vault(1).external_id(&clinic("here"), "acme", "17"));
        assert_ne!(of, vault(1).external_id(&clinic("there"), "acme", "17"));
        assert_ne!(of, vault(1).external_id(&clinic("here"), "acme1", "7"));
        assert_ne!(of, vault(2).external_id(&clinic("here"), "acme", "17"));
    }
}
