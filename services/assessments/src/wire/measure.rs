//! The catalogue of measures on the wire.

use taper_api::v1;
use taper_core::measure::{Change, Measure, Shape, Worse};

/// A measure as it is answered.
pub fn answer(measure: &Measure) -> v1::Measure {
    let mut answer = v1::Measure {
        code: measure.code.to_owned(),
        display_name: measure.name.to_owned(),
        how: measure.how.to_owned(),
        higher_is_worse: measure.worse == Worse::Higher,
        detectable_change: measure.detectable.map(change),
        meaningful_change: measure.meaningful.map(change),
        fresh_days: i32::from(measure.fresh_days),
        by_tester: measure.by_tester,
        sited: measure.sited,
        source: measure.source.to_owned(),
        ..v1::Measure::default()
    };
    match measure.shape {
        Shape::Number { unit, min, max, step } => {
            answer.set_shape(v1::MeasureShape::Number);
            answer.unit = unit.to_owned();
            answer.min = Some(min.to_f64());
            answer.max = Some(max.to_f64());
            answer.step = Some(step.to_f64());
        }
        Shape::Finding => answer.set_shape(v1::MeasureShape::Finding),
        Shape::Code(codes) => {
            answer.set_shape(v1::MeasureShape::Code);
            answer.codes = codes.iter().map(|code| (*code).to_owned()).collect();
        }
    }
    answer
}

fn change(change: Change) -> v1::MeasureChange {
    v1::MeasureChange { size: change.size.to_f64(), source: change.source.to_owned() }
}
