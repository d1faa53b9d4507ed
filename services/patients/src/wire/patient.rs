//! Patients on the wire, and the mask of an update.

use jiff::civil::Date;
use taper_api::v1;
use taper_core::access::View;
use taper_core::ids::{ClinicId, PatientId};
use taper_core::record::codes::Caution;
use taper_core::record::patient::{ExternalId, Patient};
use taper_core::text::Line;
use taper_kit::fields::{Fields, code_number, timestamp};
use taper_kit::name;
use taper_store::Stored;

use super::{date, parts};

/// Every field of a patient that a caller can set; the last two only one who sees findings.
const SETTABLE: [&str; 6] =
    ["given_name", "family_name", "birth_date", "external_ids", "cautions", "cautions_reviewed_date"];
const FINDINGS: [&str; 2] = ["cautions", "cautions_reviewed_date"];
const NOT_YOURS: &str = "is a finding, which your role neither sees nor sets; leave it out";

/// Which fields of a patient a request sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask(Vec<&'static str>);

impl Mask {
    /// Every field that a caller can set.
    pub fn all(view: View) -> Self {
        let settable = SETTABLE.into_iter().filter(|field| view == View::Whole || !FINDINGS.contains(field));
        Self(settable.collect())
    }

    /// Reads the paths of an `update_mask`: none, or `*` alone, is all.
    pub fn read(fields: &mut Fields, view: View, paths: &[String]) -> Self {
        if paths.is_empty() || matches!(paths, [star] if star == "*") {
            return Self::all(view);
        }
        for path in paths.iter().filter(|path| view == View::Limited && FINDINGS.contains(&path.as_str())) {
            fields.fault("update_mask", format!("{path} {NOT_YOURS}"));
        }
        let unknown = |(_, path): &(usize, &String)| !SETTABLE.contains(&path.as_str());
        for (place, _) in paths.iter().enumerate().filter(unknown) {
            let message = format!("paths[{place}] cannot be set; possible are: * alone, or {}", SETTABLE.join(", "));
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
    /// Reads the fields of the mask; the others are not looked at, save that nobody sets what they do not see.
    pub fn read(fields: &mut Fields, view: View, given: Option<&v1::Patient>, mask: &Mask) -> Self {
        let mut draft = Self::default();
        let Some(given) = fields.required("patient", given) else {
            return draft;
        };
        if view == View::Limited {
            let findings = [!given.cautions.is_empty(), given.cautions_reviewed_date.is_some()];
            for (field, _) in FINDINGS.into_iter().zip(findings).filter(|(_, is_given)| *is_given) {
                fields.fault(format!("patient.{field}"), NOT_YOURS);
            }
        }
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
            deleted_at: None,
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
            deleted_at: patient.deleted_at,
        })
    }
}

/// A patient as it is seen: where findings are not, without cautions. What is shown then is listed, so that a new field is
/// not.
pub fn seen(view: View, whole: v1::Patient) -> v1::Patient {
    match view {
        View::Whole => whole,
        View::Limited => v1::Patient {
            name: whole.name,
            given_name: whole.given_name,
            family_name: whole.family_name,
            birth_date: whole.birth_date,
            external_ids: whole.external_ids,
            etag: whole.etag,
            create_time: whole.create_time,
            update_time: whole.update_time,
            delete_time: whole.delete_time,
            expire_time: whole.expire_time,
            ..v1::Patient::default()
        },
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
    let external_id = |id: &ExternalId| v1::ExternalId { system: id.system.to_string(), value: id.value.to_string() };
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
        delete_time: content.deleted_at.map(timestamp),
        expire_time: content.undelete_until().map(timestamp),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use taper_api::google::r#type::Date as WireDate;
    use taper_core::record::clinic::TimeZoneName;

    fn valid() -> v1::Patient {
        v1::Patient { family_name: "Miller".to_owned(), ..v1::Patient::default() }
    }

    fn wire_date(year: i32, month: i32, day: i32) -> Option<WireDate> {
        Some(WireDate { year, month, day })
    }

    /// The offending fields of a patient on 2026-03-01.
    fn offending(change: impl FnOnce(&mut v1::Patient)) -> Vec<String> {
        let mut patient = valid();
        change(&mut patient);
        let mut fields = Fields::new();
        let draft = Draft::read(&mut fields, View::Whole, Some(&patient), &Mask::all(View::Whole));
        let now = "2026-03-01T12:00:00Z".parse().unwrap();
        fields.check_dates(&TimeZoneName::parse("Etc/UTC").unwrap(), now);
        match fields.finish(draft.into_patient()) {
            Ok(_) => Vec::new(),
            Err(refusal) => refusal.violations.into_iter().map(|v| v.field).collect(),
        }
    }

    fn external_id(system: &str, value: &str) -> v1::ExternalId {
        v1::ExternalId { system: system.to_owned(), value: value.to_owned() }
    }

    #[test]
    fn the_last_valid_value_of_each_field_is_taken() {
        assert!(offending(|p| p.family_name = "x".repeat(200)).is_empty());
        assert!(offending(|p| p.given_name = "x".repeat(200)).is_empty());
        assert!(offending(|p| p.birth_date = wire_date(1900, 1, 1)).is_empty());
        assert!(offending(|p| p.birth_date = wire_date(2026, 3, 1)).is_empty());
        assert!(offending(|p| p.cautions = (1..=14).collect()).is_empty());
        assert!(offending(|p| p.cautions = vec![1; 200]).is_empty());
        let ids = |count: u32| (0..count).map(|n| external_id("acme", &n.to_string())).collect::<Vec<_>>();
        assert!(offending(|p| p.external_ids = ids(200)).is_empty());
        assert_eq!(offending(|p| p.external_ids = ids(201)), ["patient.external_ids"]);
    }

    #[test]
    fn the_first_invalid_value_of_each_field_is_named() {
        assert_eq!(offending(|p| p.family_name.clear()), ["patient.family_name"]);
        assert_eq!(offending(|p| p.family_name = "x".repeat(201)), ["patient.family_name"]);
        assert_eq!(offending(|p| p.given_name = "A\0".to_owned()), ["patient.given_name"]);
        assert_eq!(offending(|p| p.birth_date = wire_date(1899, 12, 31)), ["patient.birth_date"]);
        assert_eq!(offending(|p| p.birth_date = wire_date(2026, 3, 2)), ["patient.birth_date"]);
        assert_eq!(offending(|p| p.birth_date = wire_date(0, 3, 2)), ["patient.birth_date"]);
        assert_eq!(offending(|p| p.cautions = vec![1, 0, 15]), ["patient.cautions[1]", "patient.cautions[2]"]);
        assert_eq!(offending(|p| p.cautions = vec![1; 201]), ["patient.cautions"]);
        let reviewed = offending(|p| p.cautions_reviewed_date = wire_date(2026, 3, 2));
        assert_eq!(reviewed, ["patient.cautions_reviewed_date"]);
    }

    #[test]
    fn an_external_id_twice_and_one_without_a_value_are_named_by_their_place() {
        let named = offending(|p| {
            p.external_ids = vec![external_id("acme", "1"), external_id("acme", ""), external_id("acme", "1")];
        });
        assert_eq!(named, ["patient.external_ids[1].value", "patient.external_ids[2]"]);
    }

    #[test]
    fn external_ids_and_cautions_are_kept_in_order() {
        let given = v1::Patient {
            external_ids: vec![external_id("b", "1"), external_id("a", "2"), external_id("a", "1")],
            cautions: vec![3, 1, 3],
            ..valid()
        };
        let draft = Draft::read(&mut Fields::new(), View::Whole, Some(&given), &Mask::all(View::Whole));
        let ids: Vec<_> = draft.external_ids.iter().map(|id| format!("{}{}", id.system, id.value)).collect();
        assert_eq!(ids, ["a1", "a2", "b1"]);
        assert_eq!(draft.cautions, [Caution::Anticoagulant, Caution::Pacemaker]);
    }

    #[test]
    fn only_the_fields_of_the_mask_are_read_and_changed() {
        let paths = ["given_name".to_owned(), "birth_date".to_owned()];
        let mut fields = Fields::new();
        let mask = Mask::read(&mut fields, View::Whole, &paths);
        let given = v1::Patient {
            given_name: "Ann".to_owned(),
            family_name: String::new(),
            cautions: vec![99],
            ..v1::Patient::default()
        };
        let draft = Draft::read(&mut fields, View::Whole, Some(&given), &mask);
        let before = Patient {
            given_name: None,
            family_name: Line::parse("Miller").unwrap(),
            birth_date: Some("1990-05-05".parse().unwrap()),
            external_ids: Vec::new(),
            cautions: vec![Caution::Pregnancy],
            cautions_reviewed_date: None,
            deleted_at: None,
        };
        let after = fields.finish(draft.onto(before.clone(), &mask)).unwrap();
        let expected = Patient { given_name: Some(Line::parse("Ann").unwrap()), birth_date: None, ..before };
        assert_eq!(after, expected);
    }

    #[test]
    fn every_field_that_can_be_set_is_changed_when_the_mask_names_it_alone() {
        let given = v1::Patient {
            given_name: "Ann".to_owned(),
            family_name: "Reed".to_owned(),
            birth_date: wire_date(1990, 5, 5),
            external_ids: vec![external_id("acme", "1")],
            cautions: vec![3],
            cautions_reviewed_date: wire_date(2026, 2, 1),
            ..v1::Patient::default()
        };
        let before = Draft::read(&mut Fields::new(), View::Whole, Some(&valid()), &Mask::all(View::Whole))
            .into_patient()
            .unwrap();
        let mut seen = Vec::new();
        for path in SETTABLE {
            let mask = Mask::read(&mut Fields::new(), View::Whole, &[path.to_owned()]);
            let draft = Draft::read(&mut Fields::new(), View::Whole, Some(&given), &mask);
            let after = draft.onto(before.clone(), &mask).unwrap();
            assert!(after != before && !seen.contains(&after), "{path}");
            seen.push(after);
        }
    }

    #[test]
    fn no_mask_and_a_star_are_every_field_and_any_other_path_is_named() {
        for all in [&[][..], &["*".to_owned()]] {
            let mut fields = Fields::new();
            assert_eq!(Mask::read(&mut fields, View::Whole, all), Mask::all(View::Whole));
            assert!(fields.finish(Some(())).is_ok());
        }
        for bad in ["name", "etag", "create_time", "patient.given_name", "", "*\0"] {
            let mut fields = Fields::new();
            Mask::read(&mut fields, View::Whole, &[bad.to_owned(), "given_name".to_owned()]);
            let refusal = fields.finish(Some(())).unwrap_err();
            assert_eq!(refusal.violations[0].field, "update_mask", "{bad}");
            assert!(refusal.violations[0].message.contains("family_name"), "{bad}");
        }
    }
}
