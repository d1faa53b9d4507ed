//! Values as a criterion or a trend saw them, and where they are from.

use taper_api::v1;
use taper_core::recommendation::{Seen, WhyUnknown};
use taper_core::record::Source;
use taper_kit::name;

/// A value on the wire.
pub fn value(value: &Seen) -> v1::SeenValue {
    use v1::seen_value::Value;
    let value = match value {
        Seen::Number(number) => Value::Number(number.to_f64()),
        Seen::Finding(present) => Value::Finding(*present),
        Seen::Code(code) => Value::Code(code.clone()),
    };
    v1::SeenValue { value: Some(value) }
}

/// The full name of the record that a value is from; all of them hang below the plan or its injury.
pub fn source(plan: &name::Plan, source: Source) -> String {
    let injury = plan.injury();
    match source {
        Source::Patient => injury.patient().to_string(),
        Source::Injury => injury.to_string(),
        Source::Plan => plan.to_string(),
        Source::Assessment(id) => format!("{injury}/assessments/{id}"),
        Source::Activity(id) => format!("{injury}/activities/{id}"),
        Source::Session(id) => format!("{plan}/sessions/{id}"),
        Source::Decision(id) => format!("{plan}/decisions/{id}"),
    }
}

/// Why a value does not count.
pub fn why_unknown(why: WhyUnknown) -> i32 {
    let why = match why {
        WhyUnknown::Missing => v1::WhyUnknown::Missing,
        WhyUnknown::NotMeasured => v1::WhyUnknown::NotMeasured,
        WhyUnknown::TooOld => v1::WhyUnknown::TooOld,
        WhyUnknown::OtherTester => v1::WhyUnknown::OtherTester,
        WhyUnknown::NoBaseline => v1::WhyUnknown::NoBaseline,
    };
    why.into()
}
