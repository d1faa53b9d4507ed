//! Activities on the wire.

use jiff::civil::Date;
use taper_api::v1;
use taper_core::ids::ActivityId;
use taper_core::record::activity::Activity;
use taper_core::record::codes::{ActivityKind, Reporter};
use taper_core::text::Note;
use taper_core::value::{Minutes, Nprs, Percent, Thousandths};
use taper_kit::fields::{Fields, code_number, timestamp};
use taper_kit::name;
use taper_store::Stored;

use crate::date::{date, parts};
use crate::number::{ranged, speed_kmh};

const LOAD_KG_MAX: i64 = 500;

/// An activity of a request, as far as it could be read.
#[derive(Clone, Debug)]
pub struct Draft {
    date: Option<Date>,
    kind: Option<ActivityKind>,
    minutes: Option<Minutes>,
    speed_kmh: Option<Thousandths>,
    load_kg: Option<Thousandths>,
    effort_percent: Option<Percent>,
    pain_during: Option<Nprs>,
    pain_next_morning: Option<Nprs>,
    reported_by: Option<Reporter>,
    note: Option<Note>,
}

impl Draft {
    /// Reads the content of an activity; `at` is the path of its field.
    pub fn read(fields: &mut Fields, at: &str, given: Option<&v1::Activity>) -> Option<Self> {
        let given = fields.required(at, given)?;
        let path = |field: &str| format!("{at}.{field}");
        let date = fields.required(&path("date"), parts(given.date.as_ref()));
        let speed = given.speed_kmh;
        let next_morning = given.pain_next_morning_nprs;
        Some(Self {
            date: fields.past_date(&path("date"), date),
            kind: fields.code(&path("kind"), given.kind, "ACTIVITY_KIND", ActivityKind::ALL),
            minutes: ranged(fields, &path("minutes"), given.minutes, Minutes::new),
            speed_kmh: speed.and_then(|speed| speed_kmh(fields, &path("speed_kmh"), speed)),
            load_kg: load_kg(fields, &path("load_kg"), given.load_kg),
            effort_percent: ranged(fields, &path("effort_percent"), given.effort_percent, Percent::new),
            pain_during: ranged(fields, &path("pain_during_nprs"), given.pain_during_nprs, Nprs::new),
            pain_next_morning: ranged(fields, &path("pain_next_morning_nprs"), next_morning, Nprs::new),
            reported_by: fields.code(&path("reported_by"), given.reported_by, "REPORTER", Reporter::ALL),
            note: fields.note(&path("note"), &given.note),
        })
    }

    /// The day it was done.
    pub fn date(&self) -> Option<Date> {
        self.date
    }

    /// The activity; none when a field that is needed could not be read.
    pub fn into_activity(self) -> Option<Activity> {
        Some(Activity {
            date: self.date?,
            kind: self.kind?,
            minutes: self.minutes,
            speed_kmh: self.speed_kmh,
            load_kg: self.load_kg,
            effort_percent: self.effort_percent,
            pain_during: self.pain_during,
            pain_next_morning: self.pain_next_morning,
            reported_by: self.reported_by?,
            note: self.note?,
        })
    }
}

fn load_kg(fields: &mut Fields, field: &str, given: Option<f64>) -> Option<Thousandths> {
    let load = fields.take(field, Thousandths::from_f64(given?))?;
    let in_range = load >= Thousandths::whole(0) && load <= Thousandths::whole(LOAD_KG_MAX);
    if !in_range {
        fields.fault(field, format!("is {load}; allowed is 0 to {LOAD_KG_MAX} kg"));
    }
    in_range.then_some(load)
}

/// The injury that the activity is on record for.
pub fn injury_of(name: &name::Activity) -> name::Injury {
    name::Injury { clinic: name.clinic.clone(), patient: name.patient, injury: name.injury }
}

/// An activity as it is answered.
pub fn answer(injury: &name::Injury, stored: &Stored<ActivityId, Activity>) -> v1::Activity {
    let content = &stored.content;
    let name = name::Activity {
        clinic: injury.clinic.clone(),
        patient: injury.patient,
        injury: injury.injury,
        activity: stored.id,
    };
    v1::Activity {
        name: name.to_string(),
        date: Some(date(content.date)),
        kind: code_number(content.kind, ActivityKind::ALL),
        minutes: content.minutes.map(|minutes| i32::from(minutes.get())),
        speed_kmh: content.speed_kmh.map(Thousandths::to_f64),
        load_kg: content.load_kg.map(Thousandths::to_f64),
        effort_percent: content.effort_percent.map(|percent| i32::from(percent.get())),
        pain_during_nprs: content.pain_during.map(|pain| i32::from(pain.get())),
        pain_next_morning_nprs: content.pain_next_morning.map(|pain| i32::from(pain.get())),
        reported_by: code_number(content.reported_by, Reporter::ALL),
        note: content.note.to_string(),
        revision: i32::try_from(stored.revision).unwrap_or(i32::MAX),
        amend_reason: stored.amend_reason.as_ref().map(ToString::to_string).unwrap_or_default(),
        entered_in_error: stored.entered_in_error,
        etag: stored.version.to_string(),
        create_time: Some(timestamp(stored.create_time)),
        update_time: Some(timestamp(stored.update_time)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use taper_api::google::r#type::Date as WireDate;

    fn offending(change: impl FnOnce(&mut v1::Activity)) -> Vec<String> {
        let mut given = v1::Activity {
            date: Some(WireDate { year: 2026, month: 3, day: 1 }),
            kind: 1,
            reported_by: 1,
            ..v1::Activity::default()
        };
        change(&mut given);
        let mut fields = Fields::new();
        let draft = Draft::read(&mut fields, "activity", Some(&given));
        match fields.finish(draft.and_then(Draft::into_activity)) {
            Ok(_) => Vec::new(),
            Err(refusal) => refusal.violations.into_iter().map(|v| v.field).collect(),
        }
    }

    const NONE: [&str; 0] = [];

    #[test]
    fn whole_numbers_are_taken_up_to_their_bounds() {
        type Set = fn(&mut v1::Activity, i32);
        let cases: [(&str, Set, i32, i32); 4] = [
            ("minutes", |a, n| a.minutes = Some(n), 1, 1440),
            ("effort_percent", |a, n| a.effort_percent = Some(n), 0, 100),
            ("pain_during_nprs", |a, n| a.pain_during_nprs = Some(n), 0, 10),
            ("pain_next_morning_nprs", |a, n| a.pain_next_morning_nprs = Some(n), 0, 10),
        ];
        for (field, set, min, max) in cases {
            for good in [min, max] {
                assert_eq!(offending(|a| set(a, good)), NONE, "{field} {good}");
            }
            for bad in [min - 1, max + 1, i32::MIN, i32::MAX] {
                assert_eq!(offending(|a| set(a, bad)), [format!("activity.{field}")], "{bad}");
            }
        }
    }

    #[test]
    fn speed_and_load_are_taken_up_to_their_bounds() {
        for (speed, is_taken) in [(0.0, false), (0.001, true), (45.0, true), (45.001, false), (f64::NAN, false)] {
            assert_eq!(offending(|a| a.speed_kmh = Some(speed)).is_empty(), is_taken, "{speed}");
        }
        for (load, is_taken) in [(-0.001, false), (0.0, true), (500.0, true), (500.001, false), (f64::INFINITY, false)]
        {
            assert_eq!(offending(|a| a.load_kg = Some(load)).is_empty(), is_taken, "{load}");
        }
    }

    #[test]
    fn every_field_that_is_needed_is_named_at_once() {
        let mut named = offending(|a| *a = v1::Activity::default());
        named.sort();
        assert_eq!(named, ["activity.date", "activity.kind", "activity.reported_by"]);
        assert_eq!(offending(|a| a.kind = 13), ["activity.kind"]);
        assert_eq!(offending(|a| a.reported_by = 4), ["activity.reported_by"]);
    }
}
