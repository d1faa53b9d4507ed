//! One criterion on one day: what was observed, how it compares, and the result that explains it.

use jiff::civil::Date;

use crate::measure::MeasureCode;
use crate::protocol::criterion::{Comparator, Criterion, MeasureQuantity, Quantity, Scale, Stat, Threshold};
use crate::recommendation::{CriterionResult, Seen, WhyUnknown};
use crate::value::Thousandths;

use super::days;
use super::evaluator::{Evaluator, View};
use super::kleene::Outcome;
use super::reading::{Observation, Range, Reader};

impl Evaluator<'_> {
    /// The outcome alone.
    pub(super) fn criterion_outcome(&self, criterion: &Criterion, view: &View) -> Outcome {
        let observation = self.observe(criterion, view);
        self.judge(criterion, &observation)
    }

    /// The outcome with everything that led to it.
    pub(super) fn criterion_result(&self, criterion: &Criterion, view: &View) -> (Outcome, CriterionResult) {
        let observation = self.observe(criterion, view);
        let outcome = self.judge(criterion, &observation);
        let levels = self.levels(&criterion.threshold);
        let unknown = matches!(outcome, Outcome::Unknown { .. });
        let measure = match &criterion.quantity {
            Quantity::Measure(quantity) => Some(quantity.code.as_str().to_owned()),
            Quantity::Fact(_) => None,
        };
        let result = CriterionResult {
            path: criterion.path.clone(),
            measure,
            quantity: criterion.quantity_code.clone(),
            comparator: criterion.comparator.sign().to_owned(),
            threshold: levels.iter().filter_map(|level| seen(criterion.scale, *level)).collect(),
            unit: criterion.unit.clone(),
            observed: observation.shown.and_then(|level| seen(criterion.scale, level)),
            observed_at_least: observation.at_least,
            margin: if unknown { None } else { margin(criterion, &observation, &levels) },
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
        let holds = observation.range.and_then(|range| match &criterion.threshold {
            Threshold::Levels(levels) => compare(range, criterion.comparator, levels),
            Threshold::Setting(setting) => compare(range, criterion.comparator, &[self.setting_level(*setting)]),
        });
        holds.map_or(Outcome::Unknown { asked }, Outcome::known)
    }

    fn levels(&self, threshold: &Threshold) -> Vec<i64> {
        match threshold {
            Threshold::Levels(levels) => levels.clone(),
            Threshold::Setting(setting) => vec![self.setting_level(*setting)],
        }
    }

    /// The latest pain-onset speed of running that counts.
    pub(super) fn pain_onset(&self) -> Observation {
        let known = MeasureCode::parse("pain_onset_speed_kmh").ok();
        let Some((code, place)) =
            known.and_then(|code| self.protocol.place_of(code.as_str()).map(|place| (code, place)))
        else {
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

    fn observe(&self, criterion: &Criterion, view: &View) -> Observation {
        let counts_from = if criterion.since_phase { self.timeline.on(view.day).phase_counts_from } else { Date::MIN };
        match &criterion.quantity {
            Quantity::Fact(fact) => self.observe_fact(*fact, view, counts_from),
            Quantity::Measure(quantity) => Reader {
                series: self.book.at(Some(quantity.place)),
                quantity,
                day: view.day,
                seen_from: view.seen_from(),
                observed_from: counts_from,
                plan_start: self.plan_start(),
                fresh_days: criterion.fresh_days,
                onset: self.onset(),
            }
            .read(),
        }
    }
}

/// Whether every possible level compares so; none when some do and some do not.
pub(super) fn compare(range: Range, comparator: Comparator, levels: &[i64]) -> Option<bool> {
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

fn seen(scale: Scale, level: i64) -> Option<Seen> {
    match scale {
        Scale::Number => Some(Seen::Number(Thousandths(level))),
        Scale::Finding => Some(Seen::Finding(level != 0)),
        Scale::Code(codes) => {
            let place = usize::try_from(level).ok()?;
            codes.get(place).map(|code| Seen::Code((*code).to_owned()))
        }
    }
}

/// By how much a number is met (zero or more) or missed (negative).
fn margin(criterion: &Criterion, observation: &Observation, levels: &[i64]) -> Option<Thousandths> {
    if criterion.scale != Scale::Number {
        return None;
    }
    let (observed, threshold) = (observation.shown?, *levels.first()?);
    let distance = match criterion.comparator {
        Comparator::Less | Comparator::AtMost => threshold.saturating_sub(observed),
        Comparator::Greater | Comparator::AtLeast => observed.saturating_sub(threshold),
        Comparator::Equal => observed.saturating_sub(threshold).saturating_abs().saturating_neg(),
        Comparator::NotEqual => observed.saturating_sub(threshold).saturating_abs(),
        Comparator::In => return None,
    };
    Some(Thousandths(distance))
}
