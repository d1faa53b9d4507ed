//! Plateaus: values that have not changed beyond the error of their measure for a while.

use jiff::civil::Date;

use crate::measure::{Measure, Shape, Worse};
use crate::recommend::days;

use super::series::Entry;

/// Least days and least values of a plateau. DERIVED.
const PLATEAU_DAYS_MIN: i64 = 14;
const PLATEAU_VALUES_MIN: usize = 3;

/// For each of entries that may be compared with each other, by date, the first day of the plateau that it ends, if it ends one.
pub(super) fn begins(measure: &Measure, entries: &[&Entry]) -> Vec<Option<Date>> {
    entries.iter().enumerate().map(|(place, _)| begin(measure, entries.get(..=place)?)).collect()
}

fn begin(measure: &Measure, entries: &[&Entry]) -> Option<Date> {
    let detectable = measure.detectable?.size.0;
    let last = entries.last()?;
    if room_to_improve(measure, last.level)? < detectable {
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

/// How far a value is from the best one that the measure has. Where that is less than the detectable change, no
/// improvement could be told from the error, so that its absence says nothing.
fn room_to_improve(measure: &Measure, level: i64) -> Option<i64> {
    match (measure.shape, measure.worse) {
        (Shape::Number { min, .. }, Worse::Higher) => Some(level.saturating_sub(min.0)),
        (Shape::Number { max, .. }, Worse::Lower) => Some(max.0.saturating_sub(level)),
        (Shape::Finding | Shape::Code(_), _) => None,
    }
}
