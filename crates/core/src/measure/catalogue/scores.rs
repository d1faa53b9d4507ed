//! Questionnaires and load.

use super::{FINEST, PAIN_DAYS, SCORE_DAYS, TENTH, WHOLE, number};
use crate::measure::Measure;

const SESSION_RPE_LOAD_MAX: i64 = 6_000;

const fn score(code: &'static str, min: i64, max: i64, step: i64) -> Measure {
    number(code, "{score}", min, max, step).lower_is_worse().fresh_for(SCORE_DAYS)
}

pub(super) const MEASURES: &[Measure] = &[
    score("lefs", 0, 80, WHOLE)
        .says(
            "Lower Extremity Functional Scale",
            "Let the patient fill in the 20 questions and add up the points, 0 to 80.",
        )
        .detectable(9_000, "S58")
        .meaningful(9_000, "S58")
        .sourced("S58"),
    score("fash", 0, 100, WHOLE)
        .says(
            "Functional Assessment Scale for Acute Hamstring Injuries",
            "Let the patient fill in the ten questions and note the score, 0 to 100.",
        )
        .sourced("S57"),
    score("psfs", 0, 10, FINEST)
        .says(
            "Patient-Specific Functional Scale",
            "Let the patient rate three to five activities of their own from 0 to 10 and note the mean.",
        )
        .detectable(2_000, "K-h")
        .meaningful(2_300, "K-m")
        .sourced("K-h"),
    score("groc", -7, 7, WHOLE)
        .says(
            "Global rating of change",
            "Ask how the leg is compared with the start, from -7 (very much worse) to 7 (very much better).",
        )
        .meaningful(5_000, "K-h")
        .sourced("K-h"),
    score("visa_h", 0, 100, WHOLE)
        .says(
            "VISA-H",
            "For proximal hamstring tendinopathy: let the patient fill in the questions and note the score, 0 to 100.",
        )
        .meaningful(22_000, "K-h")
        .sourced("K-h"),
    number("tsk_11", "{score}", 11, 44, WHOLE)
        .says(
            "Tampa Scale for Kinesiophobia, 11 questions",
            "Let the patient fill in the eleven questions and add up the points, 11 to 44.",
        )
        .fresh_for(SCORE_DAYS)
        .meaningful(4_000, "K-h")
        .sourced("S60"),
    number("session_rpe_load", "{AU}", 0, SESSION_RPE_LOAD_MAX, TENTH)
        .says("Session load", "Multiply the minutes of the training session by its rated exertion, 0 to 10.")
        .fresh_for(PAIN_DAYS)
        .sourced("K-h"),
];
