//! The values of every measure by date, from assessments, staged runs, activities and sessions.

use jiff::civil::Date;
use uuid::Uuid;

use crate::ids::{AssessmentId, TherapistId};
use crate::measure::{Measure, Shape, Value, Worse};
use crate::protocol::Protocol;
use crate::protocol::fact::place;
use crate::record::activity::Activity;
use crate::record::assessment::{Assessment, Observed, RunStage};
use crate::record::codes::{ActivityKind, Site};
use crate::record::{Fact, Source};
use crate::value::Nprs;

use super::days;
use super::reading::Range;
use super::seen::Facts;

/// One value of one measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
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
#[derive(Clone, Copy, Debug)]
pub(crate) struct Series<'a> {
    entries: &'a [Entry],
    /// The least and the greatest level.
    levels: Option<Range>,
    /// Some value was asked for and not measured.
    has_unmeasured: bool,
}

/// Which values of a series count.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Only this site.
    pub site: Option<Site>,
}

/// The values of every measure that the protocol reads, one measure after the other by its place.
pub(crate) struct Book {
    entries: Vec<Entry>,
    parts: Vec<Part>,
    /// Entries that were read; what is supposed stands after them.
    known: usize,
    /// Parts as they were before something was supposed, in that order.
    before: Vec<(usize, Part)>,
}

/// Where the values of one measure stand.
#[derive(Clone, Copy, Debug, Default)]
struct Part {
    begin: usize,
    end: usize,
    /// The least and the greatest level, without an upper bound where a true value lies above its level.
    levels: Option<Range>,
    /// Some value was asked for and not measured.
    has_unmeasured: bool,
    /// The day of the value that came last.
    last: Date,
    /// The values came by date, one a day, and need no sorting.
    in_order: bool,
}

impl Part {
    /// Takes note of one more value.
    fn note(&mut self, entry: &Entry) {
        self.in_order &= self.last < entry.date;
        self.last = entry.date;
        let Some(level) = entry.level else {
            self.has_unmeasured = true;
            return;
        };
        let own = Range::of(entry, level);
        self.levels = Some(match self.levels {
            None => own,
            Some(known) => Range { low: known.low.min(own.low), high: known.high.max(own.high) },
        });
    }
}

/// Stands where a value will be put.
const NO_ENTRY: Entry =
    Entry { date: Date::ZERO, level: None, at_least: false, site: None, tester: None, source: Source::Patient };

impl Book {
    /// Reads every value up to a day.
    pub(crate) fn of(protocol: &Protocol, facts: &Facts<'_>, as_of: Date) -> Self {
        let besides = Besides::of(facts, as_of);
        let (parts, known) = room(protocol, facts, &besides);
        let mut book = Self { entries: vec![NO_ENTRY; known], parts, known, before: Vec::new() };
        for fact in &facts.assessments {
            for result in &fact.content.results {
                if let Some(place) = protocol.place_of_measure(result.measure) {
                    book.put(place, entry_of(fact, result));
                }
            }
        }
        for (place, entry) in besides.entries {
            book.put(place, entry);
        }
        for part in book.parts.iter().filter(|part| !part.in_order) {
            if let Some(own) = book.entries.get_mut(part.begin..part.end) {
                own.sort_by(|one, other| one.date.cmp(&other.date).then_with(|| order(one).cmp(&order(other))));
            }
        }
        book
    }

    /// Puts a value behind those of its measure.
    fn put(&mut self, place: usize, entry: Entry) {
        let Some(part) = self.parts.get_mut(place) else { return };
        if let Some(free) = self.entries.get_mut(part.end) {
            *free = entry;
            part.end = part.end.saturating_add(1);
            part.note(&entry);
        }
    }

    /// Leaves out what is dated after a day: the same as reading up to that day.
    pub(super) fn cut(&mut self, day: Date) {
        for part in &mut self.parts {
            let own = self.entries.get(part.begin..part.end).unwrap_or_default();
            let kept = own.get(..own.partition_point(|entry| entry.date <= day)).unwrap_or_default();
            if kept.len() == own.len() {
                continue;
            }
            part.end = part.begin.saturating_add(kept.len());
            (part.levels, part.has_unmeasured) = (None, false);
            kept.iter().for_each(|entry| part.note(entry));
        }
    }

    /// Adds the values of further facts up to a day, until [`Book::forget`] takes them back.
    pub(crate) fn suppose(&mut self, protocol: &Protocol, further: &Facts<'_>, as_of: Date) {
        for fact in &further.assessments {
            for result in &fact.content.results {
                if let Some(place) = protocol.place_of_measure(result.measure) {
                    self.add(place, entry_of(fact, result));
                }
            }
        }
        for (place, entry) in Besides::of(further, as_of).entries {
            self.add(place, entry);
        }
    }

    /// Takes back what was supposed.
    pub(crate) fn forget(&mut self) {
        while let Some((place, before)) = self.before.pop() {
            if let Some(part) = self.parts.get_mut(place) {
                *part = before;
            }
        }
        self.entries.truncate(self.known);
    }

    /// The values of one measure are copied to the end, where there is room for one more.
    fn add(&mut self, place: usize, entry: Entry) {
        let Some(part) = self.parts.get_mut(place) else { return };
        self.before.push((place, *part));
        let own = self.entries.get(part.begin..part.end).unwrap_or_default();
        let earlier = own.partition_point(|known| order(known) <= order(&entry));
        let (from, middle, to) = (part.begin, part.begin.saturating_add(earlier), part.end);
        part.begin = self.entries.len();
        self.entries.extend_from_within(from..middle);
        self.entries.push(entry);
        self.entries.extend_from_within(middle..to);
        part.end = self.entries.len();
        part.note(&entry);
    }

    /// The series of the measure at this place.
    pub(crate) fn at(&self, place: Option<usize>) -> Series<'_> {
        let part = place.and_then(|place| self.parts.get(place)).copied().unwrap_or_default();
        let entries = self.entries.get(part.begin..part.end).unwrap_or_default();
        Series { entries, levels: part.levels, has_unmeasured: part.has_unmeasured }
    }

    /// Takes a value out of the series at a place; gives where it stood, to put it back.
    pub(crate) fn take_out(&mut self, place: usize, is_it: impl Fn(&Entry) -> bool) -> Option<usize> {
        let part = self.parts.get_mut(place)?;
        let own = self.entries.get_mut(part.begin..part.end)?;
        let number = own.iter().position(is_it)?;
        own.get_mut(number..)?.rotate_left(1);
        part.end = part.end.saturating_sub(1);
        Some(number)
    }

    /// Puts back what was taken out last of the series at a place.
    pub(crate) fn put_back(&mut self, place: usize, number: usize) {
        let Some(part) = self.parts.get_mut(place) else { return };
        part.end = part.end.saturating_add(1);
        if let Some(from_there) = self.entries.get_mut(part.begin.saturating_add(number)..part.end) {
            from_there.rotate_right(1);
        }
    }
}

/// Room for the values of every measure, one measure after the other, and how many there are together.
fn room(protocol: &Protocol, facts: &Facts<'_>, besides: &Besides) -> (Vec<Part>, usize) {
    let mut parts = vec![Part { last: Date::MIN, in_order: true, ..Part::default() }; protocol.measures.len()];
    let results = facts.assessments.iter().flat_map(|fact| &fact.content.results);
    let places = results.filter_map(|result| protocol.place_of_measure(result.measure));
    for place in places.chain(besides.entries.iter().map(|(place, _)| *place)) {
        if let Some(part) = parts.get_mut(place) {
            part.end = part.end.saturating_add(1);
        }
    }
    let mut begin: usize = 0;
    for part in &mut parts {
        let end = begin.saturating_add(part.end);
        // Filled from here on.
        (part.begin, part.end) = (begin, begin);
        begin = end;
    }
    (parts, begin)
}

fn entry_of(fact: &Fact<AssessmentId, Assessment>, result: &Observed) -> Entry {
    Entry {
        date: fact.content.date,
        level: level(result.measure.measure(), &result.value),
        at_least: false,
        site: result.site,
        tester: result.tester.or(fact.content.therapist),
        source: Source::Assessment(fact.id.0),
    }
}

/// Values that are no results of an assessment: staged runs, activities, sessions; each with its measure's place.
struct Besides {
    entries: Vec<(usize, Entry)>,
}

impl Besides {
    fn of(facts: &Facts<'_>, as_of: Date) -> Self {
        let activities = facts.activities.len().saturating_mul(2);
        let most = facts.assessments.len().saturating_add(activities).saturating_add(facts.visits.len());
        let mut besides = Self { entries: Vec::with_capacity(most) };
        for fact in &facts.assessments {
            if let Some((speed, at_least)) = pain_onset(&fact.content.run_stages) {
                let (date, tester) = (fact.content.date, fact.content.therapist);
                let source = Source::Assessment(fact.id.0);
                let entry = Entry { date, level: Some(speed), at_least, site: None, tester, source };
                besides.entries.push((place::PAIN_ONSET_SPEED, entry));
            }
        }
        for fact in &facts.activities {
            besides.add_activity(&fact.content, Source::Activity(fact.id.0), as_of);
        }
        for fact in &facts.visits {
            let source = Source::Session(fact.id.0);
            besides.add_next_morning(fact.content.date, fact.content.pain_next_morning, source, as_of);
        }
        besides
    }

    fn add_activity(&mut self, activity: &Activity, source: Source, as_of: Date) {
        let place = match activity.kind {
            ActivityKind::Run => place::PAIN_RUNNING,
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
            | ActivityKind::Walk => place::PAIN_ACTIVITY,
        };
        let level = activity.pain_during.map(pain_level);
        let entry = Entry { date: activity.date, level, at_least: false, site: None, tester: None, source };
        self.entries.push((place, entry));
        self.add_next_morning(activity.date, activity.pain_next_morning, source, as_of);
    }

    fn add_next_morning(&mut self, date: Date, pain: Option<Nprs>, source: Source, as_of: Date) {
        let morning = days::next(date);
        if let Some(pain) = pain
            && morning <= as_of
        {
            let level = Some(pain_level(pain));
            let entry = Entry { date: morning, level, at_least: false, site: None, tester: None, source };
            self.entries.push((place::PAIN_NEXT_MORNING, entry));
        }
    }
}

impl<'a> Series<'a> {
    /// Every entry within the days of the window, by date, whatever its site.
    pub(crate) fn within(&self, window: &Window) -> &'a [Entry] {
        // Most windows reach over one end or both: a look there spares the search.
        let open_begin = self.entries.first().is_none_or(|first| first.date >= window.from);
        let open_end = self.entries.last().is_none_or(|last| last.date <= window.to);
        let begin = if open_begin { 0 } else { self.entries.partition_point(|entry| entry.date < window.from) };
        let end =
            if open_end { self.entries.len() } else { self.entries.partition_point(|entry| entry.date <= window.to) };
        self.entries.get(begin..end).unwrap_or_default()
    }

    /// Every entry.
    pub(crate) fn entries(&self) -> &'a [Entry] {
        self.entries
    }

    /// The least and the greatest level; none where nothing was ever measured.
    pub(super) fn levels(&self) -> Option<Range> {
        self.levels
    }

    /// Whether some value was asked for and not measured.
    pub(super) fn has_unmeasured(&self) -> bool {
        self.has_unmeasured
    }
}

impl Window {
    /// Whether an entry within the days is of the site that is asked for.
    pub(crate) fn at_site(&self, entry: &Entry) -> bool {
        self.site.is_none() || entry.site == self.site
    }
}

/// The worst of known values; of equal ones the first in canonical order.
pub(crate) fn worst<'a>(entries: impl Iterator<Item = &'a Entry>, worse: Worse) -> Option<&'a Entry> {
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
pub(crate) fn pain_level(pain: Nprs) -> i64 {
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
pub(crate) fn level(measure: &Measure, value: &Value) -> Option<i64> {
    match (&measure.shape, value) {
        (Shape::Number { .. }, Value::Number(number)) => Some(number.0),
        (Shape::Finding, Value::Finding(present)) => Some(i64::from(*present)),
        (Shape::Code(codes), Value::Code(code)) => {
            codes.iter().position(|known| known == code).and_then(|place| i64::try_from(place).ok())
        }
        _ => None,
    }
}

/// The lowest speed that hurt, or the highest that did not, in which case the onset lies above it.
pub(crate) fn pain_onset(stages: &[RunStage]) -> Option<(i64, bool)> {
    let painful = stages.iter().filter(|stage| stage.pain.get() >= 1).map(|stage| stage.speed_kmh.0).min();
    let painless = stages.iter().map(|stage| stage.speed_kmh.0).max();
    painful.map(|speed| (speed, false)).or(painless.map(|speed| (speed, true)))
}
