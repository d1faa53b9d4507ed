//! What a change from the first value is worth: of numbers by their error, of findings and codes by their direction.

use crate::measure::{Measure, Shape, Worse};
use crate::value::Thousandths;

use super::Mark;
use super::series::Entry;

/// Value less the earlier one, where that is a number and the earlier one is no bound.
pub(super) fn change(first: &Entry, entry: &Entry) -> Option<Thousandths> {
    let is_number = matches!(first.measure.measure().shape, Shape::Number { .. });
    if !is_number || first.at_least {
        return None;
    }
    Some(Thousandths(entry.level.saturating_sub(first.level)))
}

/// What a value is worth beside the first one that it may be compared with.
pub(super) fn mark(first: &Entry, entry: &Entry) -> Mark {
    let measure = first.measure.measure();
    match measure.shape {
        Shape::Number { .. } => of_number(measure, first, entry),
        Shape::Finding | Shape::Code(_) => of_finding(measure, first, entry),
    }
}

/// A finding or a code is what it was, or it is not: there is no error to be within.
fn of_finding(measure: &Measure, first: &Entry, entry: &Entry) -> Mark {
    if entry.level == first.level {
        return Mark::Unchanged;
    }
    if is_worse(measure, first, entry) { Mark::ChangedForWorse } else { Mark::ChangedForBetter }
}

fn of_number(measure: &Measure, first: &Entry, entry: &Entry) -> Mark {
    let Some(detectable) = measure.detectable else { return Mark::ErrorNotPublished };
    let Some(change) = change(first, entry) else { return Mark::NotComparable };
    let size = Thousandths(change.0.saturating_abs());
    if size < detectable.size {
        return Mark::NoDetectableChange;
    }
    let is_meaningful = measure.meaningful.is_some_and(|meaningful| size >= meaningful.size);
    match (is_worse(measure, first, entry), is_meaningful) {
        (false, false) => Mark::BetterDetectable,
        (false, true) => Mark::BetterMeaningful,
        (true, false) => Mark::WorseDetectable,
        (true, true) => Mark::WorseMeaningful,
    }
}

/// Whether another value than the first is on the worse side of it; codes stand from best to worst.
fn is_worse(measure: &Measure, first: &Entry, entry: &Entry) -> bool {
    let rose = entry.level > first.level;
    rose == (measure.worse == Worse::Higher)
}
