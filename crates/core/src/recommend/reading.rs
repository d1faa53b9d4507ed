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
pub(super) struct Range {
    /// Least.
    pub low: i64,
    /// Greatest.
    pub high: i64,
}

impl Range {
    /// Known exactly.
    pub(super) fn exactly(level: i64) -> Self {
        Self { low: level, high: level }
    }

    fn of(entry: &Entry, level: i64) -> Self {
        if entry.at_least { Self { low: level.saturating_add(1), high: i64::MAX } } else { Self::exactly(level) }
    }

    fn minus(self, other: Self) -> Self {
        Self { low: self.low.saturating_sub(other.high), high: self.high.saturating_sub(other.low) }
    }
}

/// What was observed of a quantity, or why nothing counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Observation {
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
    pub(super) fn known(level: i64, source: Option<Source>, date: Option<Date>) -> Self {
        let range = Some(Range::exactly(level));
        Self { range, shown: Some(level), at_least: false, why: WhyUnknown::Missing, source, date }
    }

    /// Not known.
    pub(super) fn unknown(why: WhyUnknown) -> Self {
        Self { range: None, shown: None, at_least: false, why, source: None, date: None }
    }

    /// Known to lie within a range; `why` says what would settle it.
    pub(super) fn between(low: i64, high: i64, why: WhyUnknown) -> Self {
        let shown = (low == high).then_some(low);
        Self { range: Some(Range { low, high }), shown, why, ..Self::unknown(why) }
    }

    fn not_counting(entry: &Entry, why: WhyUnknown) -> Self {
        Self { shown: entry.level, at_least: entry.at_least, source: Some(entry.source), date: Some(entry.date), ..Self::unknown(why) }
    }
}

/// The figure of one measure, on the values of its series that may be seen.
pub(super) struct Reader<'a> {
    pub series: &'a Series,
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
    pub(super) fn read(&self) -> Observation {
        match self.quantity.stat {
            Stat::FirstValue => self.first_value(),
            Stat::MaxInFresh => self.worst_in_fresh(),
            Stat::Latest => self.latest(),
            Stat::PercentOfBaseline
            | Stat::Fall
            | Stat::FallPercent
            | Stat::RiseFromBaseline
            | Stat::RiseFromPrevious => self.change(),
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
    fn latest_day(&self) -> Result<Vec<&Entry>, Observation> {
        let window = self.observed_window();
        let within = self.series.within(&window);
        let Some(last) = within.iter().rev().find(|entry| window.at_site(entry)) else {
            return Err(Observation::unknown(WhyUnknown::Missing));
        };
        let of_day = within.iter().rev().take_while(|entry| entry.date == last.date);
        let entries: Vec<&Entry> = of_day.filter(|entry| window.at_site(entry)).collect();
        if self.fresh_days.is_some_and(|fresh| days::between(last.date, self.day) > i64::from(fresh)) {
            let shown = worst(entries.iter().copied(), self.quantity.worse).unwrap_or(last);
            return Err(Observation::not_counting(shown, WhyUnknown::TooOld));
        }
        if entries.iter().all(|entry| entry.level.is_none()) {
            return Err(Observation::not_counting(last, WhyUnknown::NotMeasured));
        }
        Ok(entries)
    }

    fn latest(&self) -> Observation {
        let entries = match self.latest_day() {
            Ok(entries) => entries,
            Err(unknown) => return unknown,
        };
        if !self.quantity.same_tester {
            return self.observed(&entries);
        }
        match self.baseline() {
            None => self.not_comparable(&entries, WhyUnknown::NoBaseline),
            Some(baseline) => match by_tester(&entries, baseline.tester) {
                Some(same) => self.observed(&same),
                None => self.not_comparable(&entries, WhyUnknown::OtherTester),
            },
        }
    }

    fn observed(&self, entries: &[&Entry]) -> Observation {
        let Some((entry, level)) = self.worst_level(entries) else {
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

    fn not_comparable(&self, entries: &[&Entry], why: WhyUnknown) -> Observation {
        worst(entries.iter().copied(), self.quantity.worse)
            .map_or(Observation::unknown(why), |entry| Observation::not_counting(entry, why))
    }

    fn worst_level<'e>(&self, entries: &[&'e Entry]) -> Option<(&'e Entry, i64)> {
        let entry = worst(entries.iter().copied(), self.quantity.worse)?;
        entry.level.map(|level| (entry, level))
    }

    fn worst_in_fresh(&self) -> Observation {
        let window = self.observed_window();
        let oldest = self.fresh_days.map(|fresh| days::after(self.day, i64::from(fresh).saturating_neg()));
        let fresh = Window { from: oldest.map_or(window.from, |oldest| oldest.max(window.from)), ..window };
        let entries: Vec<&Entry> = self.series.within(&fresh).iter().filter(|entry| fresh.at_site(entry)).collect();
        if !entries.is_empty() {
            return self.observed(&entries);
        }
        match self.latest_day() {
            Ok(_) => Observation::unknown(WhyUnknown::Missing),
            Err(unknown) => unknown,
        }
    }

    fn first_value(&self) -> Observation {
        if let Some(baseline) = self.baseline() {
            return self.observed(&[baseline]);
        }
        let window = self.plan_window(self.day);
        let asked = self.series.within(&window).iter().any(|entry| window.at_site(entry));
        Observation::unknown(if asked { WhyUnknown::NotMeasured } else { WhyUnknown::Missing })
    }

    fn plan_window(&self, to: Date) -> Window {
        Window { from: self.plan_start.max(self.seen_from), to, site: self.quantity.site }
    }

    /// The first value of the plan; of several on its day the worst.
    fn baseline(&self) -> Option<&Entry> {
        let window = self.plan_window(self.day);
        let known = |entry: &&Entry| window.at_site(entry) && entry.level.is_some();
        let within = self.series.within(&window);
        let first = within.iter().find(known)?.date;
        worst(within.iter().take_while(|entry| entry.date <= first).filter(known), self.quantity.worse)
    }

    /// The entries with a value of the latest such day before another day.
    fn previous_day(&self, before: Date) -> Vec<&Entry> {
        let window = Window { from: self.seen_from, to: before.yesterday().unwrap_or(before), site: self.quantity.site };
        if window.to >= before {
            return Vec::new();
        }
        let known = |entry: &&Entry| window.at_site(entry) && entry.level.is_some();
        let within = self.series.within(&window);
        let Some(last) = within.iter().rev().find(known) else { return Vec::new() };
        within.iter().rev().take_while(|entry| entry.date == last.date).filter(known).collect()
    }

    /// A change against the baseline or the value before.
    fn change(&self) -> Observation {
        let entries = match self.latest_day() {
            Ok(entries) => entries,
            Err(unknown) => return unknown,
        };
        let Some((latest, reference)) = self.compared_pair(&entries) else {
            let has_reference = match self.quantity.stat {
                Stat::RiseFromPrevious => entries.first().is_some_and(|entry| !self.previous_day(entry.date).is_empty()),
                _ => self.baseline().is_some(),
            };
            let why = if has_reference { WhyUnknown::OtherTester } else { WhyUnknown::NoBaseline };
            return self.not_comparable(&entries, why);
        };
        let (Some(level), Some(reference_level)) = (latest.level, reference.level) else {
            return Observation::not_counting(latest, WhyUnknown::NotMeasured);
        };
        let scaled = |entry: &Entry, level: i64| Range::of(entry, level.saturating_mul(self.quantity.thousandths_a_level));
        let (now, before) = (scaled(latest, level), scaled(reference, reference_level));
        let better = match self.quantity.worse {
            Worse::Higher => before.minus(now),
            Worse::Lower => now.minus(before),
        };
        let range = match self.quantity.stat {
            Stat::Fall => Some(better),
            Stat::RiseFromBaseline | Stat::RiseFromPrevious => Some(Range::exactly(0).minus(better)),
            Stat::FallPercent => percent(better, before),
            _ => percent(now, before),
        };
        let why = if range.is_some() { WhyUnknown::Missing } else { WhyUnknown::NoBaseline };
        let open_above = range.is_some_and(|range| range.high > OPEN);
        let open_below = range.is_some_and(|range| range.low < -OPEN);
        let shown = range.filter(|_| !open_below).map(|range| range.low.saturating_sub(i64::from(open_above)));
        let at_least = open_above && !open_below;
        Observation { range, shown, at_least, why, source: Some(latest.source), date: Some(latest.date) }
    }

    /// The value of the latest day and the value that it is compared with; by one tester where that is asked for.
    fn compared_pair<'e>(&'e self, entries: &[&'e Entry]) -> Option<(&'e Entry, &'e Entry)> {
        let latest = worst(entries.iter().copied(), self.quantity.worse)?;
        if self.quantity.stat == Stat::RiseFromPrevious {
            let mut previous = self.previous_day(latest.date);
            if self.quantity.same_tester {
                previous = by_tester(&previous, latest.tester)?;
            }
            return worst(previous.into_iter(), self.quantity.worse).map(|previous| (latest, previous));
        }
        let baseline = self.baseline()?;
        if !self.quantity.same_tester {
            return Some((latest, baseline));
        }
        let same = by_tester(entries, baseline.tester)?;
        worst(same.into_iter(), self.quantity.worse).map(|latest| (latest, baseline))
    }
}

/// The values by this tester; none when the tester is not named or measured nothing.
fn by_tester<'e>(entries: &[&'e Entry], tester: Option<TherapistId>) -> Option<Vec<&'e Entry>> {
    let tester = tester?;
    let same: Vec<&Entry> =
        entries.iter().copied().filter(|entry| entry.tester == Some(tester) && entry.level.is_some()).collect();
    (!same.is_empty()).then_some(same)
}

/// In thousandths of a percent of the reference; none when the reference is 0 or a bound.
fn percent(part: Range, reference: Range) -> Option<Range> {
    if reference.low != reference.high || reference.low == 0 || part.low != part.high {
        return None;
    }
    let (part, whole) = (i128::from(part.low), i128::from(reference.low).abs());
    let thousandths = (part * 100_000 + whole / 2).div_euclid(whole);
    let bounded = thousandths.clamp(i128::from(i64::MIN), i128::from(i64::MAX));
    i64::try_from(bounded).ok().map(Range::exactly)
}
