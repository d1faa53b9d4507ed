//! Strength of knee flexion: measured with a dynamometer, or judged by hand.

use super::{STRENGTH_DAYS, TENTH, coded, number};
use crate::measure::Measure;

const NEWTON_MAX: i64 = 2_000;
const NEWTON_METRE_MAX: i64 = 600;

const fn share(code: &'static str, name: &'static str, how: &'static str) -> Measure {
    number(code, "%", 0, 150, TENTH)
        .says(name, how)
        .lower_is_worse()
        .fresh_for(STRENGTH_DAYS)
        .by_tester()
        .sourced("S14")
}

const fn newton(code: &'static str, name: &'static str, how: &'static str) -> Measure {
    number(code, "N", 0, NEWTON_MAX, TENTH)
        .says(name, how)
        .lower_is_worse()
        .fresh_for(STRENGTH_DAYS)
        .by_tester()
        .sourced("S14")
}

const fn newton_metre(code: &'static str, name: &'static str, how: &'static str) -> Measure {
    number(code, "N.m", 0, NEWTON_METRE_MAX, TENTH)
        .says(name, how)
        .lower_is_worse()
        .fresh_for(STRENGTH_DAYS)
        .by_tester()
        .sourced("S14")
}

const fn by_hand(code: &'static str, name: &'static str, how: &'static str) -> Measure {
    coded(code, &["equal_painless", "equal_painful", "weaker", "unable"])
        .says(name, how)
        .fresh_for(STRENGTH_DAYS)
        .by_tester()
        .sourced("S54")
}

pub(super) const MEASURES: &[Measure] = &[
    share(
        "strength_inner_percent",
        "Strength in inner range, share of the other side",
        "Measure knee flexion with a dynamometer in inner range on both legs; note the injured side in percent of the other.",
    ),
    share(
        "strength_mid_percent",
        "Strength in mid range, share of the other side",
        "Measure knee flexion with a dynamometer in mid range on both legs; note the injured side in percent of the other.",
    ),
    share(
        "strength_outer_percent",
        "Strength in outer range, share of the other side",
        "Measure knee flexion with a dynamometer in outer range on both legs; note the injured side in percent of the other.",
    ),
    share(
        "isometric_15_percent",
        "Isometric strength at 15 degrees, share of the other side",
        "Measure isometric knee flexion with a dynamometer at 15 degrees on both legs; note the injured side in percent of the other.",
    ),
    newton(
        "strength_inner_n",
        "Force in inner range",
        "Measure knee flexion of the injured leg in inner range with a dynamometer, in newton.",
    ),
    newton(
        "strength_mid_n",
        "Force in mid range",
        "Measure knee flexion of the injured leg in mid range with a dynamometer, in newton.",
    ),
    newton(
        "strength_outer_n",
        "Force in outer range",
        "Measure knee flexion of the injured leg in outer range with a dynamometer, in newton.",
    ),
    newton_metre(
        "strength_inner_nm",
        "Torque in inner range",
        "Measure knee flexion of the injured leg in inner range with a dynamometer, in newton metres.",
    ),
    newton_metre(
        "strength_mid_nm",
        "Torque in mid range",
        "Measure knee flexion of the injured leg in mid range with a dynamometer, in newton metres.",
    ),
    newton_metre(
        "strength_outer_nm",
        "Torque in outer range",
        "Measure knee flexion of the injured leg in outer range with a dynamometer, in newton metres.",
    ),
    by_hand(
        "manual_resistance_90",
        "Manual resistance at 90 degrees",
        "Prone, knee bent to 90 degrees: resist full effort of both legs by hand and compare strength and pain.",
    ),
    by_hand(
        "manual_resistance_outer",
        "Manual resistance in outer range",
        "Without a dynamometer: resist knee flexion by hand in outer range on both legs and compare strength and pain.",
    ),
    by_hand(
        "manual_resistance_15",
        "Manual resistance at 15 degrees",
        "Without a dynamometer: resist knee flexion by hand at 15 degrees on both legs and compare strength and pain.",
    ),
];
