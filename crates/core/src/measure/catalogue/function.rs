//! Gait, functional tests of the gates, running, and readiness.

use super::{FINEST, PAIN_DAYS, coded, finding, number};
use crate::measure::Measure;

const fn functional(code: &'static str, name: &'static str, how: &'static str) -> Measure {
    coded(code, &["painless", "painful", "unable"]).says(name, how)
}

pub(super) const MEASURES: &[Measure] = &[
    coded("gait", &["normal", "limp", "unable"])
        .says(
            "Gait",
            "Watch the patient walk: normal stride, limp, or not able to walk without aid.",
        )
        .fresh_for(PAIN_DAYS)
        .sourced("S15, S31"),
    functional(
        "single_leg_squat",
        "Single-leg squat",
        "Let the patient do a single-leg squat on the injured leg and ask whether it hurts.",
    )
    .sourced("S17"),
    functional(
        "bike_test_150w",
        "Bike test, 150 watts",
        "Five minutes on an ergometer at 150 watts, or at 1.5 watts for each kilogram of body mass: ask whether it hurts.",
    )
    .sourced("S17, S18"),
    functional(
        "bike_test_moderate",
        "Bike test, moderate effort",
        "Without an ergometer: five minutes on a stationary bike at moderate effort, and ask whether it hurts.",
    )
    .sourced("own"),
    functional(
        "single_leg_bridge",
        "Single-leg bridge",
        "Supine, lift the hips on the injured leg alone and ask whether it hurts.",
    )
    .sourced("S13"),
    functional(
        "jog_very_slow",
        "Very slow jog",
        "Let the patient jog a short way at very low speed and ask whether it hurts; this is a test, not training.",
    )
    .sourced("S15"),
    functional(
        "jog_50_percent",
        "Jog at half speed, forward and backward",
        "Let the patient jog forward and backward at half of full speed and ask whether it hurts.",
    )
    .sourced("K-heiderscheit-2010"),
    functional(
        "full_speed_running",
        "Running at full speed",
        "Let the patient run at full speed, or at planned race pace with strides, and ask whether it hurts.",
    )
    .sourced("S16, S37"),
    number("pain_onset_speed_kmh", "km/h", 0, 45, FINEST)
        .says(
            "Speed at which running starts to hurt",
            "Staged run: raise the speed step by step, note pain at each, and stop at the first step that hurts.",
        )
        .lower_is_worse()
        .sourced("S14"),
    finding("athlete_ready")
        .says(
            "Ready by own account",
            "Ask whether the patient feels ready for full running.",
        )
        .lower_is_worse()
        .sourced("S36"),
    finding("apprehension")
        .says(
            "Apprehension",
            "Watch and ask whether the patient holds back or is afraid in fast movements.",
        )
        .sourced("S36"),
    coded("clinical_degree", &["first", "second", "third"])
        .says(
            "Degree, as judged",
            "Note the degree that the examiner judges from strength, range, gait and bruising together.",
        )
        .sourced("S30"),
];
