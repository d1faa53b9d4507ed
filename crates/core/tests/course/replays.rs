//! Replays of small records: each date is judged by the decisions before it.

use taper_core::protocol::Protocol;
use taper_core::record::decision::Decided;
use taper_core::record::plan::Phase;
use taper_core::replay::case;

use crate::document::{Story, day, document, protocol};

#[test]
fn a_date_is_judged_in_the_phase_that_was_in_force_before_it() {
    let asked = r#"measure = "knee_extension_deficit_deg", op = "<", value = 10"#;
    let stricter = document("").replace(asked, &asked.replace("10", "5"));
    let stricter = Protocol::parse(&stricter, &[]).unwrap_or_else(|fault| panic!("{fault}"));
    let story = Story::active(Phase::One).number(3, "pain_rest", 1).decide(3, Decided::Phase(Phase::Two));
    let story = story.number(5, "knee_extension_deficit_deg", 8).decide(8, Decided::Phase(Phase::Three));
    let replay = case(&protocol(""), &stricter, &story.record, day(6));
    assert_eq!(replay.first.map(|first| first.date), Some(day(5)));
}
