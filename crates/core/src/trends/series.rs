//! The values of every measure within the plan, one point a day, with what each change is worth.

use jiff::civil::Date;

use crate::ids::TherapistId;
use crate::measure::{Measure, MeasureCode, Shape, Worse};
use crate::recommend::days;
use crate::recommend::series::{level, pain_level, pain_onset};
use crate::recommendation::Seen;
use crate::record::assessment::Assessment;
use crate::record::codes::{ActivityKind, SessionState, Site};
use crate::record::{Record, Source};
use crate::value::{Nprs, Thousandths};

use super::{Mark, Point, Series, mark, plateau};

/// One value as it was recorded; in the order in which it counts when several are of one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub measure: MeasureCode,
    pub site: Option<Site>,
    pub date: Date,
    /// Thousandths of a number, 0 or 1 of a finding, the place of a code.
    pub level: i64,
    pub at_least: bool,
    pub tester: Option<TherapistId>,
    pub source: Source,
}

/// Every series of the plan up to a day.
pub(super) fn all(record: &Record, as_of: Date) -> Vec<Series> {
    let mut entries = entries(record, as_of);
    entries.sort_unstable();
    let of_series = entries.chunk_by(|one, other| one.measure == other.measure && one.site == other.site);
    of_series.filter_map(series).collect()
}

/// Every known value from the plan's first day up to a day: of assessments and staged runs, of activities, and the
/// mornings after attended sessions.
pub(super) fn entries(record: &Record, as_of: Date) -> Vec<Entry> {
    let mut found = Found { from: record.plan.content.start_date, to: as_of, entries: Vec::new() };
    for fact in record.assessments.iter().filter(|fact| !fact.entered_in_error) {
        found.add_assessment(&fact.content, Source::Assessment(fact.id.0));
    }
    for fact in record.activities.iter().filter(|fact| !fact.entered_in_error) {
        let (activity, source) = (&fact.content, Source::Activity(fact.id.0));
        let code = if activity.kind == ActivityKind::Run { "pain_running" } else { "pain_activity" };
        found.add_pain(code, activity.date, activity.pain_during, source);
        if activity.date <= as_of {
            found.add_pain("pain_next_morning", days::next(activity.date), activity.pain_next_morning, source);
        }
    }
    for fact in record.sessions.iter().filter(|fact| !fact.entered_in_error) {
        let session = &fact.content;
        if session.state == SessionState::Attended && session.date <= as_of {
            let source = Source::Session(fact.id.0);
            found.add_pain("pain_next_morning", days::next(session.date), session.pain_next_morning, source);
        }
    }
    found.entries
}

struct Found {
    from: Date,
    to: Date,
    entries: Vec<Entry>,
}

impl Found {
    fn add(&mut self, entry: Entry) {
        if (self.from..=self.to).contains(&entry.date) {
            self.entries.push(entry);
        }
    }

    fn add_pain(&mut self, code: &str, date: Date, pain: Option<Nprs>, source: Source) {
        if let (Ok(measure), Some(pain)) = (MeasureCode::parse(code), pain) {
            let level = pain_level(pain);
            self.add(Entry { measure, site: None, date, level, at_least: false, tester: None, source });
        }
    }

    fn add_assessment(&mut self, assessment: &Assessment, source: Source) {
        let date = assessment.date;
        for result in &assessment.results {
            let (measure, site) = (result.measure, result.site);
            // What was asked for and not measured is no value, and no point.
            if let Some(level) = level(measure.measure(), &result.value) {
                let tester = result.tester.or(assessment.therapist);
                self.add(Entry { measure, site, date, level, at_least: false, tester, source });
            }
        }
        let onset = MeasureCode::parse("pain_onset_speed_kmh").ok().zip(pain_onset(&assessment.run_stages));
        if let Some((measure, (level, at_least))) = onset {
            self.add(Entry { measure, site: None, date, level, at_least, tester: assessment.therapist, source });
        }
    }
}

/// The worse of two entries; of equal ones the first.
pub(super) fn worse_of<'a>(one: &'a Entry, other: &'a Entry) -> &'a Entry {
    let is_worse = match one.measure.measure().worse {
        Worse::Higher => other.level > one.level,
        Worse::Lower => (other.level, other.at_least) < (one.level, one.at_least),
    };
    if is_worse { other } else { one }
}

/// The entries that make points: the worst of each day, by tester where the tester's hand matters.
fn counting(entries: &[Entry]) -> Vec<&Entry> {
    let mut counting: Vec<&Entry> = Vec::new();
    for of_day in entries.chunk_by(|one, other| one.date == other.date) {
        let mut testers: Vec<Option<TherapistId>> = vec![None];
        let by_tester = of_day.first().is_some_and(|entry| entry.measure.measure().by_tester);
        if by_tester {
            testers = of_day.iter().map(|entry| entry.tester).collect();
            testers.sort_unstable();
            testers.dedup();
        }
        for tester in testers {
            let of_tester = of_day.iter().filter(|entry| !by_tester || entry.tester == tester);
            counting.extend(of_tester.reduce(worse_of));
        }
    }
    counting
}

/// Values that may be compared with each other: of one named tester where the tester's hand matters, else all.
struct Line<'a> {
    entries: Vec<&'a Entry>,
    /// For each entry, the first day of the plateau that it ends.
    plateaus: Vec<Option<Date>>,
}

impl<'a> Line<'a> {
    fn of(measure: &Measure, entries: Vec<&'a Entry>) -> Self {
        let plateaus = plateau::begins(measure, &entries);
        Self { entries, plateaus }
    }

    /// The first entry, and the plateau that this one ends; none where it is not of this line.
    fn place(&self, entry: &Entry) -> Option<(&'a Entry, Option<Date>)> {
        let place = self.entries.iter().position(|other| *other == entry)?;
        Some((self.entries.first().copied()?, self.plateaus.get(place).copied().flatten()))
    }
}

/// One line a tester where the tester's hand matters, in which those who are not named have none; else one line.
fn lines<'a>(measure: &Measure, counting: &[&'a Entry]) -> Vec<Line<'a>> {
    if !measure.by_tester {
        return vec![Line::of(measure, counting.to_vec())];
    }
    let mut testers: Vec<TherapistId> = counting.iter().filter_map(|entry| entry.tester).collect();
    testers.sort_unstable();
    testers.dedup();
    let of_tester = |tester| counting.iter().copied().filter(|entry| entry.tester == Some(tester)).collect();
    testers.into_iter().map(|tester| Line::of(measure, of_tester(tester))).collect()
}

/// The series of entries of one measure and site, in order.
fn series(entries: &[Entry]) -> Option<Series> {
    let first = entries.first()?;
    let measure = first.measure.measure();
    let counting = counting(entries);
    let of_first_day = counting.iter().copied().filter(|entry| entry.date == first.date);
    let baseline = of_first_day.reduce(worse_of)?;
    let lines = lines(measure, &counting);
    let last_day = counting.last()?.date;
    let mut plateaus_of_last_day = Vec::new();
    let mut points = Vec::with_capacity(counting.len());
    for entry in counting {
        let (compared, plateau) = lines.iter().find_map(|line| line.place(entry)).unwrap_or((entry, None));
        if entry.date == last_day {
            plateaus_of_last_day.push(plateau);
        }
        points.push(point(entry, compared, entry == baseline, plateau)?);
    }
    let of_every_tester: Option<Vec<Date>> = plateaus_of_last_day.into_iter().collect();
    Some(Series {
        measure: first.measure,
        site: first.site,
        unit: match measure.shape {
            Shape::Number { unit, .. } => unit,
            Shape::Finding | Shape::Code(_) => "",
        },
        detectable: measure.detectable.map(|change| change.size),
        meaningful: measure.meaningful.map(|change| change.size),
        points,
        plateau_since: of_every_tester.and_then(|days| days.into_iter().min()),
    })
}

/// A point; `first` is the first entry that it may be compared with, or itself.
fn point(entry: &Entry, first: &Entry, is_baseline: bool, plateau: Option<Date>) -> Option<Point> {
    let is_compared = entry != first;
    let mark = match (is_baseline, is_compared) {
        (true, _) => Mark::Baseline,
        (false, true) => mark::mark(first, entry),
        (false, false) => Mark::NotComparable,
    };
    Some(Point {
        date: entry.date,
        value: seen(entry.measure.measure(), entry.level)?,
        observed_at_least: entry.at_least,
        tester: entry.tester,
        source: entry.source,
        compared_with: is_compared.then_some(first.date),
        change_from_baseline: if is_compared { mark::change(first, entry) } else { None },
        mark,
        plateau: plateau.is_some(),
    })
}

fn seen(measure: &Measure, level: i64) -> Option<Seen> {
    match measure.shape {
        Shape::Number { .. } => Some(Seen::Number(Thousandths(level))),
        Shape::Finding => Some(Seen::Finding(level != 0)),
        Shape::Code(codes) => {
            let code: &'static str = codes.get(usize::try_from(level).ok()?).copied()?;
            Some(Seen::Code(code.into()))
        }
    }
}
