//! The catalogue itself: every measure in one list, put together from a file per kind of measure.

mod function;
mod pain;
mod range;
mod red_flags;
mod scores;
mod strength;
mod tests;

use super::{Change, Measure, NO_MEASURE, Shape, Worse};
use crate::value::Thousandths;

const COUNT: usize = pain::MEASURES.len()
    + range::MEASURES.len()
    + strength::MEASURES.len()
    + tests::MEASURES.len()
    + function::MEASURES.len()
    + scores::MEASURES.len()
    + red_flags::MEASURES.len();

static JOINED: [Measure; COUNT] = joined(&[
    pain::MEASURES,
    range::MEASURES,
    strength::MEASURES,
    tests::MEASURES,
    function::MEASURES,
    scores::MEASURES,
    red_flags::MEASURES,
]);

/// Every measure, pain first, the red-flag screen last.
pub const ALL: &[Measure] = &JOINED;

/// Whether a code is one of the red-flag screen.
pub(super) fn is_red_flag(code: &str) -> bool {
    red_flags::MEASURES.iter().any(|measure| measure.code == code)
}

/// Days for which a value of pain, gait or swelling counts. DERIVED, as are the other three.
const PAIN_DAYS: u16 = 7;
/// Days for range, palpation, special and functional tests, and the red-flag screen.
const TEST_DAYS: u16 = 14;
/// Days for strength.
const STRENGTH_DAYS: u16 = 21;
/// Days for questionnaires.
const SCORE_DAYS: u16 = 28;

const WHOLE: i64 = 1000;
const TENTH: i64 = 100;
const FINEST: i64 = 1;

const fn joined<const N: usize>(parts: &[&[Measure]]) -> [Measure; N] {
    let mut all = [NO_MEASURE; N];
    let mut free: &mut [Measure] = &mut all;
    let mut parts = parts;
    while let Some((part, later_parts)) = parts.split_first() {
        let mut measures = *part;
        while let Some((measure, later)) = measures.split_first() {
            let Some((slot, rest)) = free.split_first_mut() else {
                return all;
            };
            *slot = *measure;
            free = rest;
            measures = later;
        }
        parts = later_parts;
    }
    all
}

/// A number from `min` to `max` in whole units, in steps of `step` thousandths; higher is worse until said otherwise.
const fn number(code: &'static str, unit: &'static str, min: i64, max: i64, step: i64) -> Measure {
    let shape =
        Shape::Number { unit, min: Thousandths::whole(min), max: Thousandths::whole(max), step: Thousandths(step) };
    Measure { code, shape, fresh_days: TEST_DAYS, ..NO_MEASURE }
}

/// Something that is present or absent; present is worse until said otherwise.
const fn finding(code: &'static str) -> Measure {
    Measure { code, fresh_days: TEST_DAYS, ..NO_MEASURE }
}

/// One of the codes, from best to worst.
const fn coded(code: &'static str, codes: &'static [&'static str]) -> Measure {
    Measure { code, shape: Shape::Code(codes), fresh_days: TEST_DAYS, ..NO_MEASURE }
}

impl Measure {
    const fn says(self, name: &'static str, how: &'static str) -> Self {
        Self { name, how, ..self }
    }

    const fn sourced(self, source: &'static str) -> Self {
        Self { source, ..self }
    }

    const fn lower_is_worse(self) -> Self {
        Self { worse: Worse::Lower, ..self }
    }

    const fn fresh_for(self, fresh_days: u16) -> Self {
        Self { fresh_days, ..self }
    }

    const fn by_tester(self) -> Self {
        Self { by_tester: true, ..self }
    }

    const fn with_site(self) -> Self {
        Self { sited: true, ..self }
    }

    const fn detectable(self, thousandths: i64, source: &'static str) -> Self {
        let size = Thousandths(thousandths);
        Self { detectable: Some(Change { size, source }), ..self }
    }

    const fn meaningful(self, thousandths: i64, source: &'static str) -> Self {
        let size = Thousandths(thousandths);
        Self { meaningful: Some(Change { size, source }), ..self }
    }
}
