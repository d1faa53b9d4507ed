//! What of a record identifies its patient, apart from the clinical values, so that it alone can be encrypted and erased.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::activity::Activity;
use super::assessment::Assessment;
use super::codes::Caution;
use super::decision::{Decided, Decision};
use super::injury::Injury;
use super::patient::{ExternalId, Patient};
use super::plan::Plan;
use super::session::Session;
use crate::text::{Line, Note};

/// A record that can be taken into two parts, of which one identifies the patient.
pub trait Identifying: Sized {
    /// The clinical values. Metrics read them after the other part is erased.
    type Clinical: Serialize + DeserializeOwned;
    /// What identifies: names, birth date, external ids, and every text that a person typed but the name of a device.
    type Private: Serialize + DeserializeOwned;

    /// Takes a copy of the record apart. The second part is none where nothing identifies.
    fn apart(&self) -> (Self::Clinical, Option<Self::Private>);

    /// The record from its two parts; none when they are not of one record.
    fn together(clinical: Self::Clinical, private: Option<Self::Private>) -> Option<Self>;
}

/// A record of which nothing identifies but its texts.
trait Texts: Clone + Serialize + DeserializeOwned {
    /// Every text that a person typed, always in the same order.
    fn texts(&mut self) -> Vec<&mut Note>;
}

impl<T: Texts> Identifying for T {
    type Clinical = Self;
    type Private = Vec<Note>;

    fn apart(&self) -> (Self, Option<Vec<Note>>) {
        let mut clinical = self.clone();
        let texts: Vec<Note> = clinical.texts().into_iter().map(std::mem::take).collect();
        let has_text = texts.iter().any(|text| !text.is_empty());
        (clinical, has_text.then_some(texts))
    }

    fn together(mut clinical: Self, private: Option<Vec<Note>>) -> Option<Self> {
        if let Some(private) = private {
            let texts = clinical.texts();
            if texts.len() != private.len() {
                return None;
            }
            texts.into_iter().zip(private).for_each(|(place, text)| *place = text);
        }
        Some(clinical)
    }
}

impl Texts for Injury {
    fn texts(&mut self) -> Vec<&mut Note> {
        let kinds = self.earlier_treatments.iter_mut().map(|treatment| &mut treatment.kind);
        std::iter::once(&mut self.note).chain(kinds).collect()
    }
}

impl Texts for Assessment {
    fn texts(&mut self) -> Vec<&mut Note> {
        vec![&mut self.note]
    }
}

impl Texts for Activity {
    fn texts(&mut self) -> Vec<&mut Note> {
        vec![&mut self.note]
    }
}

impl Texts for Plan {
    fn texts(&mut self) -> Vec<&mut Note> {
        Vec::new()
    }
}

impl Texts for Session {
    fn texts(&mut self) -> Vec<&mut Note> {
        let treatments = self.treatments.iter_mut().map(|treatment| &mut treatment.note);
        let events = self.adverse_events.iter_mut().map(|event| &mut event.note);
        std::iter::once(&mut self.note).chain(treatments).chain(events).collect()
    }
}

impl Texts for Decision {
    fn texts(&mut self) -> Vec<&mut Note> {
        let mut texts = vec![&mut self.note];
        if let Decided::ClearReferral { note, .. } = &mut self.decided {
            texts.push(note);
        }
        texts
    }
}

/// Who a patient is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    given_name: Option<Line>,
    family_name: Line,
    birth_date: Option<Date>,
    external_ids: Vec<ExternalId>,
}

/// What is recorded of a patient but not who it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatientCautions {
    /// Only in what was written before the two parts were kept apart.
    #[serde(flatten)]
    identity: Option<Identity>,
    /// Medical cautions that are present.
    pub cautions: Vec<Caution>,
    /// When the patient was asked about every caution.
    pub cautions_reviewed_date: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deleted_at: Option<Timestamp>,
}

impl Identifying for Patient {
    type Clinical = PatientCautions;
    type Private = Identity;

    fn apart(&self) -> (PatientCautions, Option<Identity>) {
        let Patient { given_name, family_name, birth_date, external_ids, .. } = self.clone();
        let Patient { cautions, cautions_reviewed_date, deleted_at, .. } = self.clone();
        let clinical = PatientCautions { identity: None, cautions, cautions_reviewed_date, deleted_at };
        (clinical, Some(Identity { given_name, family_name, birth_date, external_ids }))
    }

    fn together(clinical: PatientCautions, private: Option<Identity>) -> Option<Patient> {
        let PatientCautions { identity, cautions, cautions_reviewed_date, deleted_at } = clinical;
        let Identity { given_name, family_name, birth_date, external_ids } = private.or(identity)?;
        Some(Patient {
            given_name,
            family_name,
            birth_date,
            external_ids,
            cautions,
            cautions_reviewed_date,
            deleted_at,
        })
    }
}
