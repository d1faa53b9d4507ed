//! The values of every measure by date, from assessments, staged runs, activities and sessions.

use jiff::civil::Date;
use uuid::Uuid;

use crate::ids::TherapistId;
use crate::measure::{Measure, Shape, Value, Worse};
use crate::protocol::Protocol;
use crate::record::Source;
use crate::record::activity::Activity;
use crate::record::assessment::{Assessment, RunStage};
use crate::record::codes::{ActivityKind, Site};
use crate::value::Nprs;

use super::days;
use super::seen::Facts;

/// One value of one measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The day that it counts for.
    pub date: Date,
    /// The value as a level: thousandths, 0 or 1, place of the code. None: asked for, not measured.
    pub level: Option<i64>,
    /// The true value lies above the level.
    pub at_least: bool,
    /// Where on the leg.
    pub site: Option<Site>,
    /// Who measured.
    pub tester: Option<TherapistId>,
    /// The record that it is from.
    pub source: Source,
}

/// The values of one measure, by date.
#[derive(Clone, Debug, Default)]
pub(super) struct Series {
    entries: Vec<Entry>,
}

/// Which values of a series count.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Only this site.
    pub site: Option<Site>,
}

/// The series of every measure that the protocol reads, by the measure's place.
pub(super) struct Book {
    series: Vec<Series>,
    empty: Series,
}

impl Book {
    /// Reads every value up to a day.
    pub(super) fn of(protocol: &Protocol, facts: &Facts<'_>, as_of: Date) -> Self {
        let mut book = Self { series: vec![Series::default(); protocol.measures.len()], empty: Series::default() };
        for fact in &facts.assessments {
            book.add_assessment(protocol, &fact.content, Source::Assessment(fact.id.0));
        }
        for fact in &facts.activities {
            book.add_activity(protocol, &fact.content, Source::Activity(fact.id.0), as_of);
        }
        for fact in &facts.visits {
            let source = Source::Session(fact.id.0);
            book.add_next_morning(protocol, fact.content.date, fact.content.pain_next_morning, source, as_of);
        }
        for series in &mut book.series {
            series.entries.sort_by(|one, other| one.date.cmp(&other.date).then_with(|| order(one).cmp(&order(other))));
        }
        book
    }

    /// The series of the measure at this place.
    pub(super) fn at(&self, place: Option<usize>) -> &Series {
        place.and_then(|place| self.series.get(place)).unwrap_or(&self.empty)
    }

    fn push(&mut self, place: Option<usize>, entry: Entry) {
        if let Some(series) = place.and_then(|place| self.series.get_mut(place)) {
            series.entries.push(entry);
        }
    }

    fn add_assessment(&mut self, protocol: &Protocol, assessment: &Assessment, source: Source) {
        for result in &assessment.results {
            let Some(place) = protocol.place_of_measure(result.measure) else { continue };
            let entry = Entry {
                date: assessment.date,
                level: level(result.measure.measure(), &result.value),
                at_least: false,
                site: result.site,
                tester: result.tester.or(assessment.therapist),
                source,
            };
            self.push(Some(place), entry);
        }
        if let Some((speed, at_least)) = pain_onset(&assessment.run_stages) {
            let tester = assessment.therapist;
            let entry = Entry { date: assessment.date, level: Some(speed), at_least, site: None, tester, source };
            self.push(protocol.place_of("pain_onset_speed_kmh"), entry);
        }
    }

    fn add_activity(&mut self, protocol: &Protocol, activity: &Activity, source: Source, as_of: Date) {
        let code = match activity.kind {
            ActivityKind::Run => "pain_running",
            ActivityKind::Elliptical
            | ActivityKind::StationaryBike
            | ActivityKind::RevolvingStaircase
            | ActivityKind::Stepper
            | ActivityKind::Stretching
            | ActivityKind::Strength
            | ActivityKind::EccentricExercise
            | ActivityKind::Calisthenics
            | ActivityKind::SelfMassage
            | ActivityKind::FullTraining
            | ActivityKind::Walk => "pain_activity",
        };
        let level = activity.pain_during.map(pain_level);
        let entry = Entry { date: activity.date, level, at_least: false, site: None, tester: None, source };
        self.push(protocol.place_of(code), entry);
        self.add_next_morning(protocol, activity.date, activity.pain_next_morning, source, as_of);
    }

    fn add_next_morning(&mut self, protocol: &Protocol, date: Date, pain: Option<Nprs>, source: Source, as_of: Date) {
        let morning = days::next(date);
        if let Some(pain) = pain
            && morning <= as_of
        {
            let level = Some(pain_level(pain));
            let entry = Entry { date: morning, level, at_least: false, site: None, tester: None, source };
            self.push(protocol.place_of("pain_next_morning"), entry);
        }
    }
}

impl Series {
    /// Every entry within the days of the window, by date, whatever its site.
    pub(super) fn within(&self, window: &Window) -> &[Entry] {
        let begin = self.entries.partition_point(|entry| entry.date < window.from);
        let end = self.entries.partition_point(|entry| entry.date <= window.to);
        self.entries.get(begin..end).unwrap_or_default()
    }

    /// Every entry.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }
}

impl Window {
    /// Whether an entry within the days is of the site that is asked for.
    pub(super) fn at_site(&self, entry: &Entry) -> bool {
        self.site.is_none() || entry.site == self.site
    }
}

/// The worst of known values; of equal ones the first in canonical order.
pub(super) fn worst<'a>(entries: impl Iterator<Item = &'a Entry>, worse: Worse) -> Option<&'a Entry> {
    let known = entries.filter(|entry| entry.level.is_some());
    known.reduce(|worst, entry| {
        let is_worse = match worse {
            Worse::Higher => entry.level > worst.level,
            Worse::Lower => (entry.level, entry.at_least) < (worst.level, worst.at_least),
        };
        if is_worse { entry } else { worst }
    })
}

/// Pain in thousandths of a point.
pub(super) fn pain_level(pain: Nprs) -> i64 {
    i64::from(pain.get()).saturating_mul(1000)
}

/// The order of entries does not depend on the order of recording.
fn order(entry: &Entry) -> (Date, Option<i64>, bool, Option<Site>, Option<TherapistId>, u8, Uuid) {
    let (kind, id) = match entry.source {
        Source::Patient => (0, Uuid::nil()),
        Source::Injury => (1, Uuid::nil()),
        Source::Plan => (2, Uuid::nil()),
        Source::Assessment(id) => (3, id),
        Source::Activity(id) => (4, id),
        Source::Session(id) => (5, id),
        Source::Decision(id) => (6, id),
    };
    (entry.date, entry.level, entry.at_least, entry.site, entry.tester, kind, id)
}

/// A value of another shape than its measure's counts as not measured.
fn level(measure: &Measure, value: &Value) -> Option<i64> {
    match (measure.shape, value) {
        (Shape::Number { .. }, Value::Number(number)) => Some(number.0),
        (Shape::Finding, Value::Finding(present)) => Some(i64::from(*present)),
        (Shape::Code(codes), Value::Code(code)) => {
            codes.iter().position(|known| known == code).and_then(|place| i64::try_from(place).ok())
        }
        _ => None,
    }
}

/// The lowest speed that hurt, or the highest that did not, in which case the onset lies above it.
fn pain_onset(stages: &[RunStage]) -> Option<(i64, bool)> {
    let painful = stages.iter().filter(|stage| stage.pain.get() >= 1).map(|stage| stage.speed_kmh.0).min();
    let painless = stages.iter().map(|stage| stage.speed_kmh.0).max();
    painful.map(|speed| (speed, false)).or(painless.map(|speed| (speed, true)))
}
