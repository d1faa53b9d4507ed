//! A new value of a measure: the worst one that still turns a criterion, and by whom it must be measured.

use jiff::civil::Date;

use crate::ids::TherapistId;
use crate::measure::{Measure, MeasureCode, Shape, Worse};
use crate::protocol::criterion::{Comparator, Criterion, MeasureQuantity, Quantity, Stat};
use crate::recommend::criterion::compare;
use crate::recommend::days;
use crate::recommend::evaluator::View;
use crate::recommend::reading::{Observation, Range, Reader, percent};
use crate::recommendation::Seen;
use crate::record::Source;
use crate::value::Thousandths;

use super::ChangeKind;
use super::apply::is_hypothetical;
use super::fix::{Fixed, Fixer, Stuck};

/// What a new value is asked for.
struct Asked<'c> {
    quantity: &'c MeasureQuantity,
    comparator: Comparator,
    levels: &'c [i64],
    /// The criterion must hold, or must not.
    want: bool,
    /// The value that a change is compared with.
    reference: Option<Range>,
}

/// The values of a measure by rank, from the best (0) to the worst.
struct Ranks {
    measure: &'static Measure,
    least: i64,
    step: i64,
    worst: i64,
}

impl Ranks {
    fn of(measure: &'static Measure) -> Self {
        let (least, step, count) = match measure.shape {
            Shape::Number { min, max, step, .. } => {
                let step = step.0.max(1);
                (min.0, step, max.0.saturating_sub(min.0).checked_div(step).unwrap_or_default())
            }
            Shape::Finding => (0, 1, 1),
            Shape::Code(codes) => (0, 1, i64::try_from(codes.len()).unwrap_or(1).saturating_sub(1)),
        };
        Self { measure, least, step, worst: count }
    }

    fn level(&self, rank: i64) -> i64 {
        let place = match self.measure.worse {
            Worse::Higher => rank,
            Worse::Lower => self.worst.saturating_sub(rank),
        };
        self.least.saturating_add(place.saturating_mul(self.step))
    }

    fn rank(&self, level: i64) -> i64 {
        let place = level.saturating_sub(self.least).checked_div(self.step).unwrap_or_default();
        match self.measure.worse {
            Worse::Higher => place,
            Worse::Lower => self.worst.saturating_sub(place),
        }
    }
}

impl Asked<'_> {
    /// Whether a value of this level turns the criterion as wanted.
    fn satisfied_by(&self, level: i64) -> bool {
        let figure = self.figure(level);
        figure.and_then(|range| compare(range, self.comparator, self.levels)) == Some(self.want)
    }

    /// The figure that a new value would make.
    fn figure(&self, level: i64) -> Option<Range> {
        let scaled = |range: Range| {
            let times = self.quantity.thousandths_a_level;
            Range { low: range.low.saturating_mul(times), high: range.high.saturating_mul(times) }
        };
        let now = scaled(Range::exactly(level));
        if self.quantity.stat.is_a_value() {
            return Some(Range::exactly(level));
        }
        let before = scaled(self.reference?);
        let better = match self.quantity.worse {
            Worse::Higher => before.minus(now),
            Worse::Lower => now.minus(before),
        };
        match self.quantity.stat {
            Stat::Fall => Some(better),
            Stat::RiseFromBaseline | Stat::RiseFromPrevious => Some(Range::exactly(0).minus(better)),
            Stat::FallPercent => percent(better, before),
            Stat::PercentOfBaseline => percent(now, before),
            Stat::Latest | Stat::MaxInFresh | Stat::FirstValue => None,
        }
    }

    /// The rank furthest from the best that is enough.
    fn worst_rank(&self, ranks: &Ranks) -> Option<i64> {
        let enough = |rank: i64| self.satisfied_by(ranks.level(rank));
        if enough(0) {
            // Whatever is not the worst of a few codes is seldom good enough for the next rule.
            if !self.want && matches!(ranks.measure.shape, Shape::Code(_)) {
                return Some(0);
            }
            let (mut good, mut bad) = (0_i64, ranks.worst.saturating_add(1));
            while bad.saturating_sub(good) > 1 {
                let middle = good.saturating_add(bad.saturating_sub(good) / 2);
                if enough(middle) { good = middle } else { bad = middle }
            }
            return Some(good);
        }
        let of_levels = self.levels.iter().map(|level| ranks.rank(*level));
        of_levels.chain([ranks.worst]).find(|rank| (0..=ranks.worst).contains(rank) && enough(*rank))
    }
}

impl Fixer<'_, '_> {
    /// The measure of the criterion is taken anew, with the worst value that turns the criterion as wanted.
    pub(super) fn remeasure(&mut self, criterion: &Criterion, view: &View, want: bool) -> Fixed {
        let Quantity::Measure(quantity) = &criterion.quantity else { return Err(Stuck::Never) };
        self.countable(criterion, quantity, view)?;
        let (reference, tester) = self.reference(quantity, view)?;
        let levels = self.evaluator.levels(&criterion.threshold);
        let asked =
            Asked { quantity, comparator: criterion.comparator, levels: &levels, want, reference: reference.range };
        let ranks = Ranks::of(quantity.code.measure());
        let rank = asked.worst_rank(&ranks).ok_or(Stuck::Never)?;
        self.nothing_worse(quantity, criterion.fresh_days, rank, &ranks, tester)?;
        let observed = self.evaluator.observe(criterion, view);
        let known = observed.range.is_some_and(|range| compare(range, criterion.comparator, &levels).is_some());
        let why_unknown = (!known).then_some(observed.why);
        let (comparator, needed) = shown(&asked, rank, &ranks);
        let kind = ChangeKind::Measure {
            measure: quantity.code,
            site: quantity.site,
            tester,
            present: None,
            why_unknown,
            comparator,
            needed,
            unit: unit(quantity.code.measure()).to_owned(),
        };
        self.one(kind)
    }

    /// Any value of a measure, for what only needs to be known.
    pub(super) fn any_value(&mut self, code: &str, view: &View) -> Fixed {
        let measure = MeasureCode::parse(code).map_err(|_| Stuck::Never)?.measure();
        self.value(code, view, Ranks::of(measure).worst)
    }

    /// A value of a measure, the best or not far from it.
    pub(super) fn best_value(&mut self, code: &str, view: &View) -> Fixed {
        self.value(code, view, 0)
    }

    /// A value of a measure of this level or better.
    pub(super) fn value_up_to(&mut self, code: &str, view: &View, level: i64) -> Fixed {
        let measure = MeasureCode::parse(code).map_err(|_| Stuck::Never)?.measure();
        let ranks = Ranks::of(measure);
        self.value(code, view, ranks.rank(level).clamp(0, ranks.worst))
    }

    fn value(&mut self, code: &str, view: &View, rank: i64) -> Fixed {
        let code = MeasureCode::parse(code).map_err(|_| Stuck::Never)?;
        let place = self.evaluator.protocol.place_of_measure(code).ok_or(Stuck::Never)?;
        let measure = code.measure();
        let quantity = MeasureQuantity {
            code,
            place,
            worse: measure.worse,
            thousandths_a_level: 1,
            detectable: None,
            stat: Stat::Latest,
            site: None,
            same_tester: false,
            days: None,
        };
        let ranks = Ranks::of(measure);
        self.nothing_worse(&quantity, None, rank, &ranks, None)?;
        let latest = self.latest(&quantity, view);
        let asked = Asked { quantity: &quantity, comparator: Comparator::In, levels: &[], want: true, reference: None };
        let (comparator, needed) = shown(&asked, rank, &ranks);
        let kind = ChangeKind::Measure {
            measure: code,
            site: None,
            tester: None,
            present: None,
            why_unknown: latest.range.is_none().then_some(latest.why),
            comparator,
            needed,
            unit: unit(measure).to_owned(),
        };
        self.one(kind)
    }

    /// Whether a value of the day counts for the criterion at all.
    fn countable(&self, criterion: &Criterion, quantity: &MeasureQuantity, view: &View) -> Result<(), Stuck> {
        let mut from = view.seen_from();
        if criterion.since_phase {
            from = from.max(self.evaluator.timeline.on(self.day).phase_counts_from);
        }
        if let Some((first, last)) = quantity.days {
            from = from.max(days::after(self.evaluator.onset(), i64::from(first)));
            if self.day > days::after(self.evaluator.onset(), i64::from(last)) {
                return Err(Stuck::Never);
            }
        }
        if !matches!(quantity.stat, Stat::Latest | Stat::MaxInFresh | Stat::RiseFromPrevious) {
            from = from.max(self.evaluator.plan_start());
        }
        if self.day < from { Err(Stuck::Until(from)) } else { Ok(()) }
    }

    /// The value that a change is compared with, and who must measure.
    fn reference(
        &mut self,
        quantity: &MeasureQuantity,
        view: &View,
    ) -> Result<(Observation, Option<TherapistId>), Stuck> {
        let none = Observation::unknown(crate::recommendation::WhyUnknown::NoBaseline);
        let first = MeasureQuantity { stat: Stat::FirstValue, ..*quantity };
        let baseline = self.read(&first, view, None);
        let has_baseline = baseline.range.is_some() && !self.is_ours(&baseline);
        let tester = match quantity.same_tester && has_baseline && quantity.stat != Stat::RiseFromPrevious {
            true => Some(self.tester_of(quantity, &baseline).ok_or(Stuck::Never)?),
            false => None,
        };
        match quantity.stat {
            Stat::Latest | Stat::MaxInFresh => Ok((none, tester)),
            Stat::FirstValue if has_baseline => Err(Stuck::Never),
            Stat::FirstValue => Ok((none, None)),
            Stat::RiseFromPrevious => {
                let previous = MeasureQuantity { stat: Stat::Latest, same_tester: false, ..*quantity };
                let before = self.day.yesterday().map_err(|_| Stuck::Never)?;
                let observed = self.read(&previous, &View { day: before, ..*view }, None);
                if observed.range.is_some() { Ok((observed, None)) } else { Err(Stuck::Never) }
            }
            // The first value of all is its own baseline.
            Stat::RiseFromBaseline if !has_baseline => {
                Ok((Observation { range: Some(Range::exactly(0)), ..none }, tester))
            }
            Stat::Fall | Stat::FallPercent | Stat::PercentOfBaseline | Stat::RiseFromBaseline if has_baseline => {
                Ok((baseline, tester))
            }
            // How far a value must fall is not known before there is one.
            Stat::Fall | Stat::FallPercent | Stat::PercentOfBaseline | Stat::RiseFromBaseline => {
                self.without_baseline.push(self.rule_id.clone());
                Err(Stuck::Never)
            }
        }
    }

    fn read(&self, quantity: &MeasureQuantity, view: &View, fresh_days: Option<u16>) -> Observation {
        Reader {
            series: self.evaluator.book.at(Some(quantity.place)),
            quantity,
            day: view.day,
            seen_from: view.seen_from(),
            observed_from: Date::MIN,
            plan_start: self.evaluator.plan_start(),
            fresh_days,
            onset: self.evaluator.onset(),
        }
        .read()
    }

    fn latest(&self, quantity: &MeasureQuantity, view: &View) -> Observation {
        let latest = MeasureQuantity { stat: Stat::Latest, same_tester: false, days: None, ..*quantity };
        self.read(&latest, view, Some(quantity.code.measure().fresh_days))
    }

    fn is_ours(&self, observed: &Observation) -> bool {
        matches!(observed.source, Some(Source::Assessment(id)) if is_hypothetical(id))
            && observed.date == Some(self.day)
    }

    fn tester_of(&self, quantity: &MeasureQuantity, observed: &Observation) -> Option<TherapistId> {
        let entries = self.evaluator.book.at(Some(quantity.place)).entries();
        let of_source = entries.iter().find(|entry| {
            Some(entry.source) == observed.source && Some(entry.date) == observed.date && entry.level == observed.shown
        });
        of_source.and_then(|entry| entry.tester)
    }

    /// Of two values of one day the worse one counts: a better one helps only from the next day on.
    fn nothing_worse(
        &self,
        quantity: &MeasureQuantity,
        fresh_days: Option<u16>,
        rank: i64,
        ranks: &Ranks,
        tester: Option<TherapistId>,
    ) -> Result<(), Stuck> {
        let lasting = if quantity.stat == Stat::MaxInFresh { i64::from(fresh_days.unwrap_or(0)) } else { 0 };
        let oldest = days::after(self.day, lasting.saturating_neg());
        let entries = self.evaluator.book.at(Some(quantity.place)).entries();
        let worse = entries.iter().filter(|entry| {
            let ours = matches!(entry.source, Source::Assessment(id) if is_hypothetical(id));
            let counts = quantity.site.is_none() || entry.site == quantity.site;
            let by_tester = tester.is_none() || entry.tester == tester;
            !ours
                && counts
                && by_tester
                && (oldest..=self.day).contains(&entry.date)
                && entry.level.is_some_and(|level| ranks.rank(level) > rank)
        });
        let last = worse.map(|entry| entry.date).max();
        last.map_or(Ok(()), |last| Err(Stuck::Until(days::after(last, lasting.saturating_add(1)))))
    }
}

/// How the least that is enough is told: as the criterion does where it asks for the value itself.
fn shown(asked: &Asked<'_>, rank: i64, ranks: &Ranks) -> (Comparator, Seen) {
    let level = ranks.level(rank);
    let own = match (asked.comparator, asked.levels.first()) {
        (Comparator::Less, Some(threshold)) => {
            Some((Comparator::Less, *threshold, threshold.saturating_sub(ranks.step)))
        }
        (Comparator::Greater, Some(threshold)) => {
            Some((Comparator::Greater, *threshold, threshold.saturating_add(ranks.step)))
        }
        _ => None,
    };
    if let Some((comparator, threshold, enough)) = own
        && asked.want
        && asked.quantity.stat.is_a_value()
        && enough == level
        && matches!(ranks.measure.shape, Shape::Number { .. })
    {
        return (comparator, seen(ranks.measure, threshold));
    }
    let comparator = match (rank, ranks.measure.shape, ranks.measure.worse) {
        (_, Shape::Finding, _) | (0, _, _) => Comparator::Equal,
        (_, _, Worse::Higher) => Comparator::AtMost,
        (_, _, Worse::Lower) => Comparator::AtLeast,
    };
    (comparator, seen(ranks.measure, level))
}

pub(super) fn seen(measure: &Measure, level: i64) -> Seen {
    match measure.shape {
        Shape::Number { .. } => Seen::Number(Thousandths(level)),
        Shape::Finding => Seen::Finding(level != 0),
        Shape::Code(codes) => {
            let code = usize::try_from(level).ok().and_then(|place| codes.get(place));
            Seen::Code(code.map(|code| (*code).to_owned()).unwrap_or_default())
        }
    }
}

fn unit(measure: &Measure) -> &'static str {
    match measure.shape {
        Shape::Number { unit, .. } => unit,
        Shape::Finding | Shape::Code(_) => "",
    }
}
