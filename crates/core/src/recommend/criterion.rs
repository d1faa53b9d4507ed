//! One criterion on one day: what was observed, how it compares, and the result that explains it.

use std::sync::Arc;

use jiff::civil::Date;

use crate::protocol::criterion::{Comparator, Criterion, MeasureQuantity, Quantity, Scale, Stat, Threshold};
use crate::protocol::fact::place;
use crate::recommendation::{Comparison, CriterionResult, WhyUnknown};
use crate::value::Thousandths;

use super::days;
use super::evaluator::{Evaluator, View};
use super::kleene::Outcome;
use super::reading::{Observation, Range, Reader};

impl Evaluator<'_> {
    /// The outcome alone.
    pub(crate) fn criterion_outcome(&self, criterion: &Criterion, view: &View) -> Outcome {
        let observation = self.observe(criterion, view);
        self.judge(criterion, &observation)
    }

    /// The outcome with everything that led to it.
    pub(crate) fn criterion_result(&self, criterion: &Criterion, view: &View) -> (Outcome, CriterionResult) {
        let observation = self.observe(criterion, view);
        let outcome = self.judge(criterion, &observation);
        let observation = self.with_deciding_bound(criterion, observation);
        let comparison = self.comparison(criterion);
        let unknown = matches!(outcome, Outcome::Unknown { .. });
        let result = CriterionResult {
            comparison,
            observed: observation.shown.and_then(|level| criterion.scale.seen(level)),
            observed_at_least: observation.at_least,
            margin: if unknown { None } else { self.margin(criterion, &observation) },
            source: observation.source,
            observed_date: observation.date,
            age_days: observation.date.map(|date| days::between(date, self.as_of)),
            fresh_days: criterion.fresh_days,
            verdict: outcome.verdict(),
            why_unknown: unknown.then_some(observation.why),
            derived: criterion.derived,
        };
        (outcome, result)
    }

    fn judge(&self, criterion: &Criterion, observation: &Observation) -> Outcome {
        let asked = observation.why == WhyUnknown::NotMeasured;
        let holds = observation.range.and_then(|range| self.compares(criterion, range));
        holds.map_or(Outcome::Unknown { asked }, Outcome::known)
    }

    /// Shows the least level of a range where it alone settles the criterion, however high the true value lies.
    fn with_deciding_bound(&self, criterion: &Criterion, observation: Observation) -> Observation {
        let Some(range) = observation.range.filter(|_| observation.shown.is_none()) else { return observation };
        let settles = self.compares(criterion, Range { high: i64::MAX, ..range }).is_some();
        if settles { Observation { shown: Some(range.low), at_least: true, ..observation } } else { observation }
    }

    /// Whether every possible level meets the criterion; none when some do and some do not.
    pub(super) fn compares(&self, criterion: &Criterion, range: Range) -> Option<bool> {
        match &criterion.threshold {
            Threshold::Levels(levels) => compare(range, criterion.comparator, levels),
            Threshold::Setting(setting) => compare(range, criterion.comparator, &[self.setting_level(*setting)]),
        }
    }

    pub(crate) fn levels(&self, threshold: &Threshold) -> Vec<i64> {
        match threshold {
            Threshold::Levels(levels) => levels.clone(),
            Threshold::Setting(setting) => vec![self.setting_level(*setting)],
        }
    }

    /// How the criterion is stated: as in the document, with the limit that the clinic chose.
    fn comparison(&self, criterion: &Criterion) -> Arc<Comparison> {
        match criterion.threshold {
            Threshold::Setting(setting) if self.setting(setting) != self.protocol.setting(setting).default => {
                let chosen = criterion.scale.seen(self.setting_level(setting));
                let stated = criterion.comparison.as_ref().clone();
                Arc::new(Comparison { threshold: chosen.into_iter().collect(), ..stated })
            }
            Threshold::Setting(_) | Threshold::Levels(_) => Arc::clone(&criterion.comparison),
        }
    }

    /// By how much a number is met (zero or more) or missed (negative).
    fn margin(&self, criterion: &Criterion, observation: &Observation) -> Option<Thousandths> {
        if criterion.scale != Scale::Number {
            return None;
        }
        let threshold = match &criterion.threshold {
            Threshold::Levels(levels) => *levels.first()?,
            Threshold::Setting(setting) => self.setting_level(*setting),
        };
        let observed = observation.shown?;
        let distance = match criterion.comparator {
            Comparator::Less | Comparator::AtMost => threshold.saturating_sub(observed),
            Comparator::Greater | Comparator::AtLeast => observed.saturating_sub(threshold),
            Comparator::Equal => observed.saturating_sub(threshold).saturating_abs().saturating_neg(),
            Comparator::NotEqual => observed.saturating_sub(threshold).saturating_abs(),
            Comparator::In => return None,
        };
        Some(Thousandths(distance))
    }

    /// The latest pain-onset speed of running that counts.
    pub(crate) fn pain_onset(&self) -> Observation {
        let place = place::PAIN_ONSET_SPEED;
        let Some(code) = self.protocol.measures.get(place).copied() else {
            return Observation::unknown(WhyUnknown::Missing);
        };
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
        Reader {
            series: self.book.at(Some(place)),
            quantity: &quantity,
            day: self.as_of,
            seen_from: Date::MIN,
            observed_from: Date::MIN,
            plan_start: self.plan_start(),
            fresh_days: Some(measure.fresh_days),
            onset: self.onset(),
        }
        .read()
    }

    pub(crate) fn observe(&self, criterion: &Criterion, view: &View) -> Observation {
        let counts_from = if criterion.since_phase { self.timeline.on(view.day).phase_counts_from } else { Date::MIN };
        match &criterion.quantity {
            Quantity::Fact(fact) => self.observe_fact(*fact, view, counts_from),
            Quantity::Measure(quantity) => {
                Reader { observed_from: counts_from, ..self.reader(criterion, quantity, view) }.read()
            }
        }
    }

    /// Reads a figure of a measure as it is seen.
    pub(super) fn reader<'r>(
        &'r self,
        criterion: &Criterion,
        quantity: &'r MeasureQuantity,
        view: &View,
    ) -> Reader<'r> {
        Reader {
            series: self.book.at(Some(quantity.place)),
            quantity,
            day: view.day,
            seen_from: view.seen_from(),
            observed_from: Date::MIN,
            plan_start: self.plan_start(),
            fresh_days: criterion.fresh_days,
            onset: self.onset(),
        }
    }
}

/// Whether every possible level compares so; none when some do and some do not.
pub(crate) fn compare(range: Range, comparator: Comparator, levels: &[i64]) -> Option<bool> {
    let threshold = *levels.first()?;
    let settled = |all_hold: bool, none_holds: bool| match (all_hold, none_holds) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    };
    let Range { low, high } = range;
    match comparator {
        Comparator::Less => settled(high < threshold, low >= threshold),
        Comparator::AtMost => settled(high <= threshold, low > threshold),
        Comparator::Greater => settled(low > threshold, high <= threshold),
        Comparator::AtLeast => settled(low >= threshold, high < threshold),
        Comparator::Equal | Comparator::In => {
            let possible = levels.iter().any(|level| (low..=high).contains(level));
            settled(possible && low == high, !possible)
        }
        Comparator::NotEqual => {
            let possible = (low..=high).contains(&threshold);
            settled(!possible, possible && low == high)
        }
    }
}
