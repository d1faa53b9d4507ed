//! Special tests of the hamstring and its tendon.

use super::{TENTH, finding, number};
use crate::measure::Measure;

pub(super) const MEASURES: &[Measure] = &[
    finding("puranen_orava")
        .says(
            "Puranen-Orava test",
            "Standing, heel on a support at about hip height, knee straight: positive when the stretch brings on the known pain.",
        )
        .sourced("S49"),
    finding("bent_knee_stretch")
        .says(
            "Bent-knee stretch test",
            "Supine, hip fully bent, straighten the knee slowly: positive when this brings on the known pain.",
        )
        .sourced("S49"),
    finding("modified_bent_knee_stretch")
        .says(
            "Modified bent-knee stretch test",
            "Supine, hip fully bent, straighten the knee rapidly: positive when this brings on the known pain.",
        )
        .sourced("S49"),
    finding("taking_off_shoe")
        .says(
            "Taking-off-the-shoe test",
            "Standing, draw the heel of the injured leg against the other foot as if to take off a shoe: positive when it hurts.",
        )
        .sourced("S55, S56"),
    finding("h_test_pain")
        .says(
            "Pain in the H-test",
            "After every clinical test is clear: straight leg raised as fast and high as possible, three times; positive when it hurts.",
        )
        .sourced("S48"),
    number("h_test_insecurity", "{VAS}", 0, 100, TENTH)
        .says(
            "Insecurity in the H-test",
            "After the H-test ask how insecure it felt on a scale from 0 (not at all) to 100.",
        )
        .sourced("S48"),
    number("h_test_rom_deg", "deg", 0, 150, TENTH)
        .says(
            "Range in the H-test",
            "Measure the greatest angle that the leg reaches in the H-test.",
        )
        .lower_is_worse()
        .by_tester()
        .sourced("S48"),
];
