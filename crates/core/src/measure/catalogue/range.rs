//! Range of motion, palpation, swelling and bruising.

use super::{PAIN_DAYS, TENTH, coded, finding, number};
use crate::measure::Measure;

pub(super) const MEASURES: &[Measure] = &[
    number("knee_extension_deficit_deg", "deg", 0, 90, TENTH)
        .says(
            "Active knee extension deficit",
            "Supine, hip at 90 degrees: measure active knee extension of both legs with an inclinometer and note the difference.",
        )
        .by_tester()
        .detectable(15_000, "S20")
        .sourced("S20"),
    number("passive_knee_extension_deficit_deg", "deg", 0, 90, TENTH)
        .says(
            "Passive knee extension deficit",
            "Supine, hip at 90 degrees: extend the knee of each leg passively, measure with an inclinometer and note the difference.",
        )
        .by_tester()
        .detectable(21_000, "S20")
        .sourced("S20"),
    coded("knee_extension_judged", &["full", "lacking"]).says(
        "Active knee extension, judged",
        "Without a goniometer: supine, hip at 90 degrees, judge whether the knee extends actively as far as the other one.",
    )
    .by_tester()
    .sourced("own"),
    coded("full_knee_extension_supine", &["full", "lacking"])
        .says(
            "Knee extension supine",
            "Lying on the back with the leg flat, judge whether the knee straightens fully.",
        )
        .sourced("S17"),
    number("straight_leg_raise_deg", "deg", 0, 120, TENTH)
        .says(
            "Straight leg raise",
            "Raise the straight leg passively and measure the angle of the thigh with an inclinometer.",
        )
        .lower_is_worse()
        .by_tester()
        .sourced("S14"),
    number("straight_leg_raise_percent", "%", 0, 150, TENTH)
        .says(
            "Straight leg raise, share of the other side",
            "Measure the straight leg raise of both legs and note the injured side in percent of the other.",
        )
        .lower_is_worse()
        .by_tester()
        .sourced("S14, S16"),
    coded("straight_leg_raise_judged", &["full", "lacking"]).says(
        "Straight leg raise, judged",
        "Without a goniometer: raise each straight leg and judge whether the injured one goes as far as the other.",
    )
    .by_tester()
    .sourced("own"),
    number("palpation_length_cm", "cm", 0, 40, TENTH)
        .says(
            "Length of the painful area",
            "Palpate along the hamstring and measure the length of the painful stretch with a tape; 0 when nothing hurts.",
        )
        .by_tester()
        .with_site()
        .sourced("S8, S19"),
    finding("palpation_pain")
        .says(
            "Pain on palpation",
            "Palpate the injured place and note whether any localised discomfort is left.",
        )
        .with_site()
        .sourced("S47"),
    number("tuberosity_distance_cm", "cm", 0, 40, TENTH)
        .says(
            "Distance of the worst pain from the sitting bone",
            "Measure from the ischial tuberosity to the point of most pain with a tape.",
        )
        .lower_is_worse()
        .by_tester()
        .sourced("S8"),
    coded("swelling", &["none", "mild", "marked"])
        .says("Swelling", "Compare both thighs and judge the swelling as none, mild or marked.")
        .fresh_for(PAIN_DAYS)
        .with_site()
        .sourced("S31"),
    coded("bruising", &["none", "local", "spreading"])
        .says(
            "Bruising",
            "Look at the back of the thigh and knee and note whether there is a bruise, and whether it spreads.",
        )
        .fresh_for(PAIN_DAYS)
        .with_site()
        .sourced("S8, S33"),
    coded("quadriceps_tightness", &["none", "mild", "marked"])
        .says(
            "Quadriceps tightness",
            "Prone, bend the knee and judge how far the heel stays from the buttock compared with the other side.",
        )
        .sourced("S110"),
];
