//! What a change from the baseline is worth: within the error, detectable, meaningful, or not to be told.

use crate::measure::{Measure, Shape, Worse};
use crate::value::Thousandths;

use super::Mark;
use super::series::Entry;

/// Whether a value may be compared with the baseline: where the tester's hand matters, by the same named tester.
pub(super) fn is_comparable(measure: &Measure, baseline: &Entry, entry: &Entry) -> bool {
    entry == baseline || !measure.by_tester || (entry.tester.is_some() && entry.tester == baseline.tester)
}

/// Value less baseline, where that is a number and both can be compared.
pub(super) fn change(baseline: &Entry, entry: &Entry) -> Option<Thousandths> {
    let measure = baseline.measure.measure();
    let is_number = matches!(measure.shape, Shape::Number { .. });
    let comparable = is_comparable(measure, baseline, entry);
    if !is_number || !comparable || entry == baseline || baseline.at_least {
        return None;
    }
    Some(Thousandths(entry.level.saturating_sub(baseline.level)))
}

/// The worth of a change.
pub(super) fn mark(baseline: &Entry, entry: &Entry, change: Option<Thousandths>) -> Mark {
    let measure = baseline.measure.measure();
    if entry == baseline {
        return Mark::Baseline;
    }
    if !is_comparable(measure, baseline, entry) {
        return Mark::NotComparable;
    }
    let Some(detectable) = measure.detectable else { return Mark::ErrorNotPublished };
    let Some(change) = change else { return Mark::NotComparable };
    let size = Thousandths(change.0.saturating_abs());
    if size < detectable.size {
        return Mark::NoDetectableChange;
    }
    let rises_are_worse = measure.worse == Worse::Higher;
    let is_worse = (change.0 > 0) == rises_are_worse;
    let is_meaningful = measure.meaningful.is_some_and(|meaningful| size >= meaningful.size);
    match (is_worse, is_meaningful) {
        (false, false) => Mark::BetterDetectable,
        (false, true) => Mark::BetterMeaningful,
        (true, false) => Mark::WorseDetectable,
        (true, true) => Mark::WorseMeaningful,
    }
}
