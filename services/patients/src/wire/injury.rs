//! Injuries on the wire, with what came before them.

use jiff::civil::Date;
use taper_api::google::r#type as google;
use taper_api::v1;
use taper_core::ids::InjuryId;
use taper_core::record::codes::{Discipline, Mechanism, Presentation, RecurrenceTiming, Side, Site, TreatmentResult};
use taper_core::record::injury::{EarlierTreatment, Injury};
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
    side: Option<Side>,
    site: Option<Site>,
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

    /// The new injury; none when a field could not be read.
    pub fn into_injury(self) -> Option<Injury> {
        Some(Injury {
            side: self.side?,
            site: self.site?,
            onset_date: self.onset_date?,
            mechanism: self.mechanism?,
            presentation: self.presentation?,
            recurs_from: None,
            earlier_treatments: self.earlier_treatments,
            return_date: None,
            note: self.note?,
        })
    }

    /// The injury that recurs from the earlier one, with its side and site where none were given.
    pub fn recurring(mut self, from: InjuryId, earlier: &Injury) -> Option<Injury> {
        self.side = self.side.or(Some(earlier.side));
        self.site = self.site.or(Some(earlier.site));
        let mut injury = self.into_injury()?;
        injury.recurs_from = Some(from);
        Some(injury)
    }
}

/// Reads the day of a return to full participation.
pub fn return_date(fields: &mut Fields, given: Option<&google::Date>) -> Option<Date> {
    let given = fields.required("return_date", parts(given));
    fields.past_date("return_date", given)
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
    Some(EarlierTreatment { kind: kind?, discipline, from_date, to_date, visit_count: visits?, result: result? })
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
    let named = |injury| name::Injury { clinic: patient.clinic.clone(), patient: patient.patient, injury };
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

#[cfg(test)]
mod tests {
    use super::*;
    use taper_core::record::clinic::TimeZoneName;

    fn wire_date(year: i32, month: i32, day: i32) -> Option<google::Date> {
        Some(google::Date { year, month, day })
    }

    fn valid() -> v1::Injury {
        v1::Injury {
            side: 1,
            site: 1,
            onset_date: wire_date(2026, 3, 1),
            mechanism: 1,
            presentation: 1,
            ..v1::Injury::default()
        }
    }

    fn treatment() -> v1::EarlierTreatment {
        v1::EarlierTreatment { kind: "massage, whole leg".to_owned(), result: 2, ..v1::EarlierTreatment::default() }
    }

    /// The offending fields of an injury on 2026-03-01.
    fn offending(change: impl FnOnce(&mut v1::Injury)) -> Vec<String> {
        let mut injury = valid();
        change(&mut injury);
        let mut fields = Fields::new();
        let draft = Draft::read(&mut fields, Some(&injury));
        let now = "2026-03-01T12:00:00Z".parse().unwrap();
        fields.check_dates(&TimeZoneName::parse("Etc/UTC").unwrap(), now);
        match fields.finish(draft.and_then(Draft::into_injury)) {
            Ok(_) => Vec::new(),
            Err(refusal) => refusal.violations.into_iter().map(|v| v.field).collect(),
        }
    }

    #[test]
    fn an_injury_without_a_field_that_is_needed_names_every_such_field() {
        let named = offending(|i| *i = v1::Injury::default());
        let needed = ["side", "site", "onset_date", "mechanism", "presentation"];
        let mut expected: Vec<_> = needed.iter().map(|field| format!("injury.{field}")).collect();
        expected.sort();
        let mut named_sorted = named;
        named_sorted.sort();
        assert_eq!(named_sorted, expected);
    }

    #[test]
    fn unknown_numbers_and_an_onset_in_the_future_are_named() {
        assert_eq!(offending(|_| {}), Vec::<String>::new());
        assert_eq!(offending(|i| i.side = 3), ["injury.side"]);
        assert_eq!(offending(|i| i.site = 5), ["injury.site"]);
        assert_eq!(offending(|i| i.mechanism = 9), ["injury.mechanism"]);
        assert_eq!(offending(|i| i.presentation = -1), ["injury.presentation"]);
        assert_eq!(offending(|i| i.onset_date = wire_date(2026, 3, 2)), ["injury.onset_date"]);
        assert_eq!(offending(|i| i.onset_date = wire_date(10_000, 3, 2)), ["injury.onset_date"]);
        assert_eq!(offending(|i| i.note = "x".repeat(10_001)), ["injury.note"]);
    }

    #[test]
    fn an_earlier_treatment_is_named_by_its_place() {
        let named = |change: fn(&mut v1::EarlierTreatment)| {
            offending(|i| {
                let mut second = treatment();
                change(&mut second);
                i.earlier_treatments = vec![treatment(), second];
            })
        };
        let at = |field: &str| vec![format!("injury.earlier_treatments[1].{field}")];
        assert_eq!(named(|_| {}), Vec::<String>::new());
        assert_eq!(named(|t| t.kind = " ".to_owned()), at("kind"));
        assert_eq!(named(|t| t.result = 0), at("result"));
        assert_eq!(named(|t| t.discipline = 4), at("discipline"));
        assert_eq!(named(|t| t.visit_count = Some(10_000)), Vec::<String>::new());
        assert_eq!(named(|t| t.visit_count = Some(10_001)), at("visit_count"));
        assert_eq!(named(|t| t.visit_count = Some(-1)), at("visit_count"));
        fn days(t: &mut v1::EarlierTreatment, last: i32) {
            t.from_date = wire_date(2025, 6, 2);
            t.to_date = wire_date(2025, 6, last);
        }
        assert_eq!(named(|t| days(t, 2)), Vec::<String>::new());
        assert_eq!(named(|t| days(t, 1)), at("to_date"));
        assert_eq!(offending(|i| i.earlier_treatments = vec![treatment(); 201]), ["injury.earlier_treatments"]);
    }

    #[test]
    fn a_recurrence_takes_side_and_site_from_the_earlier_injury_where_it_gives_none() {
        let mut fields = Fields::new();
        let earlier = Draft::read(&mut fields, Some(&valid())).and_then(Draft::into_injury).unwrap();
        let from: InjuryId = "019591b2-1c5e-7c32-9d4f-0a1b2c3d4e5f".parse().unwrap();
        let given = v1::Injury { side: 0, site: 3, ..valid() };
        let draft = Draft::read_recurrence(&mut fields, Some(&given)).unwrap();
        let recurrence = fields.finish(draft.recurring(from, &earlier)).unwrap();
        assert_eq!((recurrence.side, recurrence.site), (Side::Left, Site::Distal));
        assert_eq!(recurrence.recurs_from, Some(from));
    }
}
