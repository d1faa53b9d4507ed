//! One figure of a measure on a day: the latest value, its baseline, how far it fell or rose.

use jiff::civil::Date;

use crate::ids::TherapistId;
use crate::measure::Worse;
use crate::protocol::criterion::{MeasureQuantity, Stat};
use crate::recommendation::WhyUnknown;
use crate::record::Source;

use super::days;
use super::series::{Entry, Series, Window, worst};

/// Beyond this a range counts as open; no value of a measure comes near it.
const OPEN: i64 = i64::MAX / 2;

/// Every level that a quantity may have; one level when it is known exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    /// Least.
    pub low: i64,
    /// Greatest.
    pub high: i64,
}

impl Range {
    /// Known exactly.
    pub(crate) fn exactly(level: i64) -> Self {
        Self { low: level, high: level }
    }

    pub(super) fn of(entry: &Entry, level: i64) -> Self {
        if entry.at_least { Self { low: level.saturating_add(1), high: i64::MAX } } else { Self::exactly(level) }
    }

    pub(crate) fn minus(self, other: Self) -> Self {
        Self { low: self.low.saturating_sub(other.high), high: self.high.saturating_sub(other.low) }
    }
}

/// What was observed of a quantity, or why nothing counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Observation {
    /// The levels that are possible; none when nothing is known.
    pub range: Option<Range>,
    /// The level to show.
    pub shown: Option<i64>,
    /// The true value lies above the level shown.
    pub at_least: bool,
    /// Why it is, or may turn out, UNKNOWN.
    pub why: WhyUnknown,
    /// The record of the value.
    pub source: Option<Source>,
    /// The day of the value.
    pub date: Option<Date>,
}

impl Observation {
    /// Known exactly.
    pub(crate) fn known(level: i64, source: Option<Source>, date: Option<Date>) -> Self {
        let range = Some(Range::exactly(level));
        Self { range, shown: Some(level), at_least: false, why: WhyUnknown::Missing, source, date }
    }

    /// Not known.
    pub(crate) fn unknown(why: WhyUnknown) -> Self {
        Self { range: None, shown: None, at_least: false, why, source: None, date: None }
    }

    /// Known to lie within a range; `why` says what would settle it.
    pub(crate) fn between(low: i64, high: i64, why: WhyUnknown) -> Self {
        let shown = (low == high).then_some(low);
        Self { range: Some(Range { low, high }), shown, why, ..Self::unknown(why) }
    }

    /// Of a change that cannot be told: the level of the value itself is not shown as if it were the change.
    fn without_level(self) -> Self {
        Self { shown: None, at_least: false, ..self }
    }

    fn not_counting(entry: &Entry, why: WhyUnknown) -> Self {
        Self {
            shown: entry.level,
            at_least: entry.at_least,
            source: Some(entry.source),
            date: Some(entry.date),
            ..Self::unknown(why)
        }
    }
}

/// The figure of one measure, on the values of its series that may be seen.
pub(crate) struct Reader<'a> {
    pub series: Series<'a>,
    pub quantity: &'a MeasureQuantity,
    /// The day that the figure is for.
    pub day: Date,
    /// First day whose values may be seen at all.
    pub seen_from: Date,
    /// First day whose values may be the observed one.
    pub observed_from: Date,
    /// First day of the plan, from which baselines count.
    pub plan_start: Date,
    /// Days after which a value does not count.
    pub fresh_days: Option<u16>,
    /// Day 0 of the injury.
    pub onset: Date,
}

impl Reader<'_> {
    /// Reads the figure.
    pub(crate) fn read(&self) -> Observation {
        match self.quantity.stat {
            Stat::FirstValue => self.first_value(),
            Stat::MaxInFresh => self.worst_in_fresh(),
            Stat::Latest => self.latest(),
            Stat::PercentOfBaseline
            | Stat::Fall
            | Stat::FallPercent
            | Stat::RiseFromBaseline
            | Stat::RiseFromPrevious => self.change().unwrap_or_else(Observation::without_level),
        }
    }

    fn observed_window(&self) -> Window {
        let window = Window { from: self.observed_from.max(self.seen_from), to: self.day, site: self.quantity.site };
        match self.quantity.days {
            None => window,
            Some((first, last)) => Window {
                from: window.from.max(days::after(self.onset, i64::from(first))),
                to: window.to.min(days::after(self.onset, i64::from(last))),
                site: window.site,
            },
        }
    }

    /// The entries of the latest day in the window, or why there is none that counts.
    fn latest_day(&self) -> Result<OfDay<'_>, Observation> {
        let window = self.observed_window();
        let Some(of_day) = OfDay::last_in(self.series.within(&window), &window, |_| true) else {
            return Err(Observation::unknown(WhyUnknown::Missing));
        };
        let shown = of_day.worst(self.quantity.worse).unwrap_or(of_day.last);
        if self.fresh_days.is_some_and(|fresh| days::between(of_day.last.date, self.day) > i64::from(fresh)) {
            return Err(Observation::not_counting(shown, WhyUnknown::TooOld));
        }
        if shown.level.is_none() {
            return Err(Observation::not_counting(shown, WhyUnknown::NotMeasured));
        }
        Ok(of_day)
    }

    fn latest(&self) -> Observation {
        let of_day = match self.latest_day() {
            Ok(of_day) => of_day,
            Err(unknown) => return unknown,
        };
        if !self.quantity.same_tester {
            return observed(of_day.worst(self.quantity.worse));
        }
        match self.baseline() {
            None => self.not_comparable(&of_day, WhyUnknown::NoBaseline),
            Some(baseline) => match of_day.worst_by(baseline.tester, self.quantity.worse) {
                Some(same) => observed(Some(same)),
                None => self.not_comparable(&of_day, WhyUnknown::OtherTester),
            },
        }
    }

    fn not_comparable(&self, of_day: &OfDay<'_>, why: WhyUnknown) -> Observation {
        let worst = of_day.worst(self.quantity.worse);
        worst.map_or(Observation::unknown(why), |entry| Observation::not_counting(entry, why))
    }

    fn worst_in_fresh(&self) -> Observation {
        let window = self.observed_window();
        let oldest = self.fresh_days.map(|fresh| days::after(self.day, i64::from(fresh).saturating_neg()));
        let fresh = Window { from: oldest.map_or(window.from, |oldest| oldest.max(window.from)), ..window };
        let mut entries = self.series.within(&fresh).iter().filter(|entry| fresh.at_site(entry)).peekable();
        if entries.peek().is_some() {
            return observed(worst(entries, self.quantity.worse));
        }
        match self.latest_day() {
            Ok(_) => Observation::unknown(WhyUnknown::Missing),
            Err(unknown) => unknown,
        }
    }

    fn first_value(&self) -> Observation {
        if let Some(baseline) = self.baseline() {
            return observed(Some(baseline));
        }
        let window = self.plan_window(self.day);
        let asked = self.series.within(&window).iter().any(|entry| window.at_site(entry));
        Observation::unknown(if asked { WhyUnknown::NotMeasured } else { WhyUnknown::Missing })
    }

    fn plan_window(&self, to: Date) -> Window {
        Window { from: self.plan_start.max(self.seen_from), to, site: self.quantity.site }
    }

    /// The first value of the plan; of several on its day the worst.
    pub(super) fn baseline(&self) -> Option<&Entry> {
        let window = self.plan_window(self.day);
        let known = |entry: &&Entry| window.at_site(entry) && entry.level.is_some();
        let within = self.series.within(&window);
        let first = within.iter().find(known)?.date;
        worst(within.iter().take_while(|entry| entry.date <= first).filter(known), self.quantity.worse)
    }

    /// The entries of the latest day before another day that has a value.
    fn previous_day(&self, before: Date) -> Option<OfDay<'_>> {
        let to = before.yesterday().ok()?;
        let window = Window { from: self.seen_from, to, site: self.quantity.site };
        OfDay::last_in(self.series.within(&window), &window, |entry| entry.level.is_some())
    }

    /// A change against the baseline or the value before, or the value that cannot be compared.
    fn change(&self) -> Result<Observation, Observation> {
        let of_day = self.latest_day()?;
        let Some((latest, reference)) = self.compared_pair(&of_day) else {
            let has_reference = match self.quantity.stat {
                Stat::RiseFromPrevious => self.previous_day(of_day.last.date).is_some(),
                _ => self.baseline().is_some(),
            };
            let why = if has_reference { WhyUnknown::OtherTester } else { WhyUnknown::NoBaseline };
            return Err(self.not_comparable(&of_day, why));
        };
        if latest.level.is_none() || reference.level.is_none() {
            return Err(Observation::not_counting(latest, WhyUnknown::NotMeasured));
        }
        let range = change_range(self.quantity, latest, reference);
        let why = if range.is_some() { WhyUnknown::Missing } else { WhyUnknown::NoBaseline };
        let open_above = range.is_some_and(|range| range.high > OPEN);
        let open_below = range.is_some_and(|range| range.low < -OPEN);
        let shown = range.filter(|_| !open_below).map(|range| range.low.saturating_sub(i64::from(open_above)));
        let at_least = open_above && !open_below;
        Ok(Observation { range, shown, at_least, why, source: Some(latest.source), date: Some(latest.date) })
    }

    /// The value of the latest day and the value that it is compared with; by one tester where that is asked for.
    fn compared_pair<'e>(&'e self, of_day: &OfDay<'e>) -> Option<(&'e Entry, &'e Entry)> {
        let worse = self.quantity.worse;
        let latest = of_day.worst(worse)?;
        if self.quantity.stat == Stat::RiseFromPrevious {
            let previous = self.previous_day(latest.date)?;
            let same = self.quantity.same_tester;
            let previous = if same { previous.worst_by(latest.tester, worse) } else { previous.worst(worse) };
            return previous.map(|previous| (latest, previous));
        }
        let baseline = self.baseline()?;
        if !self.quantity.same_tester {
            return Some((latest, baseline));
        }
        of_day.worst_by(baseline.tester, worse).map(|latest| (latest, baseline))
    }
}

/// The entries of one day at the site that is asked for.
struct OfDay<'a> {
    entries: &'a [Entry],
    window: Window,
    last: &'a Entry,
}

impl<'a> OfDay<'a> {
    /// The latest day with such an entry.
    fn last_in(within: &'a [Entry], window: &Window, is_such: impl Fn(&Entry) -> bool) -> Option<Self> {
        let place = within.iter().rposition(|entry| window.at_site(entry) && is_such(entry))?;
        let until = within.get(..=place)?;
        let last = until.last()?;
        let others = until.iter().rev().take_while(|entry| entry.date == last.date).count();
        let entries = until.get(until.len().saturating_sub(others)..)?;
        Some(Self { entries, window: *window, last })
    }

    fn iter(&self) -> impl Iterator<Item = &'a Entry> {
        let window = self.window;
        self.entries.iter().filter(move |entry| window.at_site(entry))
    }

    /// The worst value.
    fn worst(&self, worse: Worse) -> Option<&'a Entry> {
        worst(self.iter(), worse)
    }

    /// The worst value by this tester; none when the tester is not named or measured nothing.
    fn worst_by(&self, tester: Option<TherapistId>, worse: Worse) -> Option<&'a Entry> {
        let tester = tester?;
        worst(self.iter().filter(|entry| entry.tester == Some(tester)), worse)
    }
}

/// By how much a value differs from the one that it is compared with; none where that cannot be told.
pub(super) fn change_range(quantity: &MeasureQuantity, latest: &Entry, reference: &Entry) -> Option<Range> {
    let scaled = |entry: &Entry, level: i64| Range::of(entry, level.saturating_mul(quantity.thousandths_a_level));
    let (now, before) = (scaled(latest, latest.level?), scaled(reference, reference.level?));
    let better = match quantity.worse {
        Worse::Higher => before.minus(now),
        Worse::Lower => now.minus(before),
    };
    match quantity.stat {
        Stat::Fall => Some(better),
        Stat::RiseFromBaseline | Stat::RiseFromPrevious => Some(Range::exactly(0).minus(better)),
        Stat::FallPercent => percent(better, before),
        _ => percent(now, before),
    }
}

/// The observation of a value.
fn observed(entry: Option<&Entry>) -> Observation {
    let Some((entry, level)) = entry.and_then(|entry| entry.level.map(|level| (entry, level))) else {
        return Observation::unknown(WhyUnknown::NotMeasured);
    };
    Observation {
        range: Some(Range::of(entry, level)),
        shown: Some(level),
        at_least: entry.at_least,
        why: WhyUnknown::Missing,
        source: Some(entry.source),
        date: Some(entry.date),
    }
}

/// In thousandths of a percent of the reference; none when the reference is 0 or a bound.
pub(crate) fn percent(part: Range, reference: Range) -> Option<Range> {
    if reference.low != reference.high || reference.low == 0 || part.low != part.high {
        return None;
    }
    let (part, whole) = (i128::from(part.low), i128::from(reference.low).abs());
    let thousandths = (part * 100_000 + whole / 2).div_euclid(whole);
    let bounded = thousandths.clamp(i128::from(i64::MIN), i128::from(i64::MAX));
    i64::try_from(bounded).ok().map(Range::exactly)
}
