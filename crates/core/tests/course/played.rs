//! The golden cases of the built-in protocols, played: a record, its day and its protocol after every step.

use taper_core::case::Case;
use taper_core::protocol::builtin::DOCUMENTS;
use taper_core::protocol::{Protocol, builtin};
use taper_core::recommendation::Recommendation;
use taper_core::record::Record;

/// One step of a golden case.
pub struct Played {
    pub case_id: String,
    /// Day since the onset.
    pub day: i64,
    pub protocol: &'static Protocol,
    pub record: Record,
    pub advice: Recommendation,
}

/// Every step of every golden case.
pub fn all() -> Vec<Played> {
    let mut played = Vec::new();
    for (document, protocol) in DOCUMENTS.iter().zip(builtin()) {
        for (_, text) in document.cases {
            played.extend(play(text, protocol));
        }
    }
    assert!(played.len() > 40, "{}", played.len());
    played
}

/// Every step of one case.
pub fn play(text: &str, protocol: &'static Protocol) -> Vec<Played> {
    let case = Case::parse_for(text, protocol).unwrap_or_else(|fault| panic!("{fault}"));
    let outcomes = case.play_with(protocol);
    let steps = case.steps.iter().zip(outcomes);
    let told = steps.map(|(step, outcome)| Played {
        case_id: case.id.clone(),
        day: step.day,
        protocol,
        record: outcome.record,
        advice: outcome.recommendation,
    });
    told.collect()
}

/// The built-in protocol of this id.
pub fn protocol(id: &str) -> &'static Protocol {
    builtin().iter().find(|protocol| protocol.reference.protocol == id).unwrap()
}

/// The last step of a golden case on a day.
pub fn at(case_id: &str, day: i64) -> Played {
    let mut steps: Vec<Played> =
        all().into_iter().filter(|played| played.case_id == case_id && played.day == day).collect();
    steps.pop().unwrap_or_else(|| panic!("no step of {case_id} on day {day}"))
}
