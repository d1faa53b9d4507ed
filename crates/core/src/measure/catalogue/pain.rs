//! Pain on the numeric rating scale, one code for each situation in which it is asked for.

use super::{PAIN_DAYS, TEST_DAYS, WHOLE, number};
use crate::measure::Measure;

const fn pain(code: &'static str, name: &'static str, how: &'static str) -> Measure {
    number(code, "{NPRS}", 0, 10, WHOLE)
        .says(name, how)
        .fresh_for(PAIN_DAYS)
        .with_site()
        .detectable(1_770, "S50")
        .meaningful(2_000, "S50")
        .sourced("S50")
}

pub(super) const MEASURES: &[Measure] = &[
    pain(
        "pain_rest",
        "Pain at rest",
        "Ask for the pain right now, lying or sitting still, from 0 (none) to 10 (worst imaginable).",
    ),
    pain(
        "pain_daily_life",
        "Pain in daily life",
        "Ask for the worst pain of the day in ordinary tasks such as stairs, dressing and sitting down, from 0 to 10.",
    ),
    pain(
        "pain_walking",
        "Pain in walking",
        "Let the patient walk at an ordinary pace and ask for the pain, from 0 to 10.",
    ),
    pain(
        "pain_stretch",
        "Pain on stretch",
        "Ask for the pain at the end of the active knee extension test or of a gentle stretch, from 0 to 10.",
    ),
    pain(
        "pain_isometric",
        "Pain in isometric effort",
        "Prone, knee bent to 90 degrees, hold against resistance at 50 to 70 percent of full effort; ask for the pain, 0 to 10.",
    ),
    pain(
        "max_effort_90_pain",
        "Pain in a maximal effort at 90 degrees",
        "Prone, knee bent to 90 degrees, hold against resistance with full effort; ask for the pain, from 0 to 10.",
    )
    .fresh_for(TEST_DAYS),
    pain(
        "pain_activity",
        "Pain in activity",
        "Ask for the worst pain during the last activity other than running, from 0 to 10.",
    ),
    pain("pain_running", "Pain in running", "Ask for the worst pain during the last run, from 0 to 10."),
    pain("pain_worst_24h", "Worst pain in 24 hours", "Ask for the worst pain of the last 24 hours, from 0 to 10."),
    pain(
        "pain_next_morning",
        "Pain the next morning",
        "Ask for the pain on getting up on the morning after activity or treatment, from 0 to 10.",
    ),
];
