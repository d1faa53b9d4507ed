//! Injuries on the wire, with what came before them.

use jiff::civil::Date;
use taper_api::v1;
use taper_core::ids::InjuryId;
use taper_core::record::codes::{Discipline, Mechanism, Presentation, Side, Site, TreatmentResult};
use taper_core::record::injury::{EarlierTreatment, Injury};
use taper_core::record::recurrence::RecurrenceTiming;
use taper_core::text::Note;
use taper_core::value::ValueFault;
use taper_kit::fields::{Fields, code_number, timestamp};
use taper_kit::name;
use taper_store::Stored;

use super::{date, parts};

const VISIT_COUNT_MAX: u16 = 10_000;

/// An injury of a request, as far as it could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Injured side; a recurrence has that of the earlier injury when none is given.
    pub side: Option<Side>,
    /// Where; a recurrence has that of the earlier injury when none is given.
    pub site: Option<Site>,
    /// Day 0.
    pub onset_date: Option<Date>,
    mechanism: Option<Mechanism>,
    presentation: Option<Presentation>,
    earlier_treatments: Vec<EarlierTreatment>,
    note: Option<Note>,
}

impl Draft {
    /// Reads a new injury.
    pub fn read(fields: &mut Fields, given: Option<&v1::Injury>) -> Option<Self> {
        let given = fields.required("injury", given)?;
        let side = fields.code("injury.side", given.side, "SIDE", Side::ALL);
        let site = fields.code("injury.site", given.site, "SITE", Site::ALL);
        Some(Self::read_rest(fields, given, side, site))
    }

    /// Reads an injury that came back: side and site may be left to the earlier one.
    pub fn read_recurrence(fields: &mut Fields, given: Option<&v1::Injury>) -> Option<Self> {
        let given = fields.required("injury", given)?;
        let side = fields.optional_code("injury.side", given.side, "SIDE", Side::ALL);
        let site = fields.optional_code("injury.site", given.site, "SITE", Site::ALL);
        Some(Self::read_rest(fields, given, side, site))
    }

    fn read_rest(fields: &mut Fields, given: &v1::Injury, side: Option<Side>, site: Option<Site>) -> Self {
        let onset = fields.required("injury.onset_date", parts(given.onset_date.as_ref()));
        Self {
            side,
            site,
            onset_date: fields.past_date("injury.onset_date", onset),
            mechanism: fields.code("injury.mechanism", given.mechanism, "MECHANISM", Mechanism::ALL),
            presentation: fields.code("injury.presentation", given.presentation, "PRESENTATION", Presentation::ALL),
            earlier_treatments: earlier_treatments(fields, &given.earlier_treatments),
            note: fields.note("injury.note", &given.note),
        }
    }

    /// The injury, recurring from another one or not; none when a field could not be read.
    pub fn into_injury(self, recurs_from: Option<InjuryId>) -> Option<Injury> {
        Some(Injury {
            side: self.side?,
            site: self.site?,
            onset_date: self.onset_date?,
            mechanism: self.mechanism?,
            presentation: self.presentation?,
            recurs_from,
            earlier_treatments: self.earlier_treatments,
            return_date: None,
            note: self.note?,
        })
    }
}

fn earlier_treatments(fields: &mut Fields, given: &[v1::EarlierTreatment]) -> Vec<EarlierTreatment> {
    let at = "injury.earlier_treatments";
    if !fields.within_items_max(at, given.len()) {
        return Vec::new();
    }
    let mut treatments = Vec::new();
    for (index, given) in given.iter().enumerate() {
        treatments.extend(earlier_treatment(fields, &format!("{at}[{index}]"), given));
    }
    treatments
}

fn earlier_treatment(fields: &mut Fields, at: &str, given: &v1::EarlierTreatment) -> Option<EarlierTreatment> {
    let kind = fields.required_note(&format!("{at}.kind"), &given.kind);
    let discipline = format!("{at}.discipline");
    let discipline = fields.optional_code(&discipline, given.discipline, "DISCIPLINE", Discipline::ALL);
    let from_date = fields.date(&format!("{at}.from_date"), parts(given.from_date.as_ref()));
    let to_date = fields.date(&format!("{at}.to_date"), parts(given.to_date.as_ref()));
    if let (Some(from), Some(to)) = (from_date, to_date)
        && to < from
    {
        fields.fault(format!("{at}.to_date"), "is before from_date; the last day is not before the first");
    }
    let visits = given.visit_count.map(visit_count).transpose();
    let visits = fields.take(format!("{at}.visit_count"), visits);
    let result = format!("{at}.result");
    let result = fields.code(&result, given.result, "TREATMENT_RESULT", TreatmentResult::ALL);
    Some(EarlierTreatment {
        kind: kind?,
        discipline,
        from_date,
        to_date,
        visit_count: visits?,
        result: result?,
    })
}

fn visit_count(given: i32) -> Result<u16, ValueFault> {
    let in_range = u16::try_from(given).ok().filter(|count| *count <= VISIT_COUNT_MAX);
    in_range.ok_or_else(|| ValueFault::OutOfRange {
        found: given.to_string(),
        min: "0".to_owned(),
        max: VISIT_COUNT_MAX.to_string(),
        unit: "visits",
    })
}

/// An injury as it is answered; the timing is that of a recurrence, counted from the earlier injury's return.
pub fn answer(
    patient: &name::Patient,
    stored: &Stored<InjuryId, Injury>,
    recurrence_timing: Option<RecurrenceTiming>,
) -> v1::Injury {
    let content = &stored.content;
    let named = |injury| name::Injury {
        clinic: patient.clinic.clone(),
        patient: patient.patient,
        injury,
    };
    v1::Injury {
        name: named(stored.id).to_string(),
        side: code_number(content.side, Side::ALL),
        site: code_number(content.site, Site::ALL),
        onset_date: Some(date(content.onset_date)),
        mechanism: code_number(content.mechanism, Mechanism::ALL),
        presentation: code_number(content.presentation, Presentation::ALL),
        recurs_from: content.recurs_from.map(|earlier| named(earlier).to_string()).unwrap_or_default(),
        recurrence_timing: recurrence_timing.map(|t| code_number(t, RecurrenceTiming::ALL)).unwrap_or_default(),
        earlier_treatments: content.earlier_treatments.iter().map(answered_treatment).collect(),
        return_date: content.return_date.map(date),
        note: content.note.to_string(),
        etag: stored.version.to_string(),
        create_time: Some(timestamp(stored.create_time)),
        update_time: Some(timestamp(stored.update_time)),
    }
}

fn answered_treatment(treatment: &EarlierTreatment) -> v1::EarlierTreatment {
    v1::EarlierTreatment {
        kind: treatment.kind.to_string(),
        discipline: treatment.discipline.map(|d| code_number(d, Discipline::ALL)).unwrap_or_default(),
        from_date: treatment.from_date.map(date),
        to_date: treatment.to_date.map(date),
        visit_count: treatment.visit_count.map(i32::from),
        result: code_number(treatment.result, TreatmentResult::ALL),
    }
}
