//! The red-flag screen among the changes of a path: it is completed at once, and told as one thing.

use taper_api::v1::counterfactual_change::Change;
use taper_api::v1::{CounterfactualChange, WhyUnknown};
use taper_core::measure::MeasureCode;

use crate::story::words;

/// Whether it is an answer of the screen that nobody gave yet. One that speaks for a referral is told by itself.
pub(super) fn is_answer(change: &CounterfactualChange) -> bool {
    let Some(Change::Measure(needed)) = &change.change else { return false };
    let is_open = needed.why_unknown() != WhyUnknown::Unspecified;
    let speaks_for_none = needed.present.is_none() || needed.present == needed.needed;
    is_open && speaks_for_none && MeasureCode::parse(&needed.measure).is_ok_and(MeasureCode::is_red_flag)
}

/// So many answers of one day.
pub(super) fn completed(answers: usize) -> String {
    format!("complete the red-flag screen ({}), with no red flag found", words::counted_items(answers, "answer"))
}
