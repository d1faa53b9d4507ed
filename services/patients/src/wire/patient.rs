//! Patients on the wire, and the mask of an update.

use jiff::civil::Date;
use taper_api::v1;
use taper_core::ids::{ClinicId, PatientId};
use taper_core::record::codes::Caution;
use taper_core::record::patient::{ExternalId, Patient};
use taper_core::text::Line;
use taper_kit::fields::{Fields, code_number, timestamp};
use taper_kit::name;
use taper_store::Stored;

use super::{date, parts};

/// Every field of a patient that a caller can set.
const SETTABLE: [&str; 6] = [
    "given_name",
    "family_name",
    "birth_date",
    "external_ids",
    "cautions",
    "cautions_reviewed_date",
];

/// Which fields of a patient a request sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask(Vec<&'static str>);

impl Mask {
    /// Every field that a caller can set.
    pub fn all() -> Self {
        Self(SETTABLE.to_vec())
    }

    /// Reads the paths of an `update_mask`: none, or `*` alone, is all.
    pub fn read(fields: &mut Fields, paths: &[String]) -> Self {
        if paths.is_empty() || matches!(paths, [star] if star == "*") {
            return Self::all();
        }
        for path in paths.iter().filter(|path| !SETTABLE.contains(&path.as_str())) {
            let shown: String = path.chars().take(50).filter(|c| !c.is_control()).collect();
            let message = format!("`{shown}` cannot be set; possible are: * alone, or {}", SETTABLE.join(", "));
            fields.fault("update_mask", message);
        }
        let named = |field: &&str| paths.iter().any(|path| path == field);
        Self(SETTABLE.into_iter().filter(named).collect())
    }

    fn has(&self, field: &str) -> bool {
        self.0.contains(&field)
    }
}

/// The fields of a patient that a request sets, as far as they could be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    given_name: Option<Line>,
    family_name: Option<Line>,
    birth_date: Option<Date>,
    external_ids: Vec<ExternalId>,
    cautions: Vec<Caution>,
    cautions_reviewed_date: Option<Date>,
}

impl Draft {
    /// Reads the fields of the mask; the others are not looked at.
    pub fn read(fields: &mut Fields, given: Option<&v1::Patient>, mask: &Mask) -> Self {
        let mut draft = Self::default();
        let Some(given) = fields.required("patient", given) else {
            return draft;
        };
        if mask.has("given_name") {
            draft.given_name = fields.optional_line("patient.given_name", &given.given_name);
        }
        if mask.has("family_name") {
            draft.family_name = fields.line("patient.family_name", &given.family_name);
        }
        if mask.has("birth_date") {
            draft.birth_date = fields.past_date("patient.birth_date", parts(given.birth_date.as_ref()));
        }
        if mask.has("external_ids") {
            draft.external_ids = external_ids(fields, &given.external_ids);
        }
        if mask.has("cautions") {
            draft.cautions = cautions(fields, &given.cautions);
        }
        if mask.has("cautions_reviewed_date") {
            let reviewed = parts(given.cautions_reviewed_date.as_ref());
            draft.cautions_reviewed_date = fields.past_date("patient.cautions_reviewed_date", reviewed);
        }
        draft
    }

    /// The new patient; none when the family name could not be read.
    pub fn into_patient(self) -> Option<Patient> {
        Some(Patient {
            given_name: self.given_name,
            family_name: self.family_name?,
            birth_date: self.birth_date,
            external_ids: self.external_ids,
            cautions: self.cautions,
            cautions_reviewed_date: self.cautions_reviewed_date,
        })
    }

    /// The patient with the fields of the mask changed; none when the family name could not be read.
    pub fn onto(self, patient: Patient, mask: &Mask) -> Option<Patient> {
        let family_name = if mask.has("family_name") { self.family_name } else { Some(patient.family_name) };
        Some(Patient {
            given_name: if mask.has("given_name") { self.given_name } else { patient.given_name },
            family_name: family_name?,
            birth_date: if mask.has("birth_date") { self.birth_date } else { patient.birth_date },
            external_ids: if mask.has("external_ids") { self.external_ids } else { patient.external_ids },
            cautions: if mask.has("cautions") { self.cautions } else { patient.cautions },
            cautions_reviewed_date: if mask.has("cautions_reviewed_date") {
                self.cautions_reviewed_date
            } else {
                patient.cautions_reviewed_date
            },
        })
    }
}

/// Sorted, and each at most once.
fn external_ids(fields: &mut Fields, given: &[v1::ExternalId]) -> Vec<ExternalId> {
    let at = "patient.external_ids";
    if !fields.within_items_max(at, given.len()) {
        return Vec::new();
    }
    let mut ids = Vec::new();
    for (index, given) in given.iter().enumerate() {
        let system = fields.line(&format!("{at}[{index}].system"), &given.system);
        let value = fields.line(&format!("{at}[{index}].value"), &given.value);
        let (Some(system), Some(value)) = (system, value) else {
            continue;
        };
        let id = ExternalId { system, value };
        if ids.contains(&id) {
            fields.fault(format!("{at}[{index}]"), "is there twice; give each number of a system once");
        } else {
            ids.push(id);
        }
    }
    ids.sort();
    ids
}

/// Sorted; a caution that is named twice is present all the same.
fn cautions(fields: &mut Fields, given: &[i32]) -> Vec<Caution> {
    let at = "patient.cautions";
    if !fields.within_items_max(at, given.len()) {
        return Vec::new();
    }
    let mut cautions = Vec::new();
    for (index, &number) in given.iter().enumerate() {
        cautions.extend(fields.code(&format!("{at}[{index}]"), number, "CAUTION", Caution::ALL));
    }
    cautions.sort();
    cautions.dedup();
    cautions
}

/// A patient as it is answered.
pub fn answer(clinic: &ClinicId, stored: &Stored<PatientId, Patient>) -> v1::Patient {
    let (clinic, patient) = (clinic.clone(), stored.id);
    let content = &stored.content;
    let external_id = |id: &ExternalId| v1::ExternalId {
        system: id.system.to_string(),
        value: id.value.to_string(),
    };
    v1::Patient {
        name: name::Patient { clinic, patient }.to_string(),
        given_name: content.given_name.as_ref().map(ToString::to_string).unwrap_or_default(),
        family_name: content.family_name.to_string(),
        birth_date: content.birth_date.map(date),
        external_ids: content.external_ids.iter().map(external_id).collect(),
        cautions: content.cautions.iter().map(|&caution| code_number(caution, Caution::ALL)).collect(),
        cautions_reviewed_date: content.cautions_reviewed_date.map(date),
        etag: stored.version.to_string(),
        create_time: Some(timestamp(stored.create_time)),
        update_time: Some(timestamp(stored.update_time)),
    }
}
