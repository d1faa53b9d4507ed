//! Numbers of facts that can be built only within their range.

use taper_core::value::{Thousandths, ValueFault};
use taper_kit::fields::Fields;

const SPEED_KMH_MAX: i64 = 45;

/// A number of a range that can be built only within it; absent is absent.
pub(crate) fn ranged<T>(
    fields: &mut Fields,
    field: &str,
    given: Option<i32>,
    parse: fn(i64) -> Result<T, ValueFault>,
) -> Option<T> {
    fields.take(field, parse(i64::from(given?)))
}

/// A speed above 0, up to the fastest that a person runs.
pub(crate) fn speed_kmh(fields: &mut Fields, field: &str, given: f64) -> Option<Thousandths> {
    let speed = fields.take(field, Thousandths::from_f64(given))?;
    let in_range = speed > Thousandths::whole(0) && speed <= Thousandths::whole(SPEED_KMH_MAX);
    if !in_range {
        fields.fault(field, format!("is {speed}; allowed is above 0 to {SPEED_KMH_MAX} km/h"));
    }
    in_range.then_some(speed)
}
