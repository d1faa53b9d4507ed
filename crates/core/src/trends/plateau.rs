//! Plateaus: values that have not changed beyond the error of their measure for a while.

use jiff::civil::Date;

use crate::measure::{Measure, Shape, Worse};
use crate::recommend::days;

use super::series::Entry;

/// Least days and least values of a plateau. DERIVED.
const PLATEAU_DAYS_MIN: i64 = 14;
const PLATEAU_VALUES_MIN: usize = 3;

/// For each comparable entry, by date, the first day of the plateau that it ends, if it ends one.
pub(super) fn begins(measure: &Measure, entries: &[&Entry]) -> Vec<Option<Date>> {
    entries.iter().enumerate().map(|(place, _)| begin(measure, entries.get(..=place)?)).collect()
}

fn begin(measure: &Measure, entries: &[&Entry]) -> Option<Date> {
    let detectable = measure.detectable?.size.0;
    let last = entries.last()?;
    if is_best(measure, last.level) {
        return None;
    }
    let (mut least, mut most) = (last.level, last.level);
    let (mut values, mut from) = (0_usize, last.date);
    for entry in entries.iter().rev() {
        least = least.min(entry.level);
        most = most.max(entry.level);
        if most.saturating_sub(least) >= detectable {
            break;
        }
        values = values.saturating_add(1);
        from = entry.date;
    }
    let long_enough = days::between(from, last.date) >= PLATEAU_DAYS_MIN;
    (values >= PLATEAU_VALUES_MIN && long_enough).then_some(from)
}

/// Nothing better can follow.
fn is_best(measure: &Measure, level: i64) -> bool {
    match (measure.shape, measure.worse) {
        (Shape::Number { min, .. }, Worse::Higher) => level <= min.0,
        (Shape::Number { max, .. }, Worse::Lower) => level >= max.0,
        (Shape::Finding | Shape::Code(_), _) => false,
    }
}
