//! Golden cases: a patient's story as dated facts with the recommendations that must follow; it can be played.

mod differ;
mod document;
mod expect;
mod play;
mod read;
mod read_expect;
mod read_facts;

use jiff::civil::Date;

use crate::protocol::{self, DocumentFault, Protocol};
use crate::record::activity::Activity;
use crate::record::assessment::Assessment;
use crate::record::codes::OverrideReason;
use crate::record::decision::Decision;
use crate::record::injury::Injury;
use crate::record::patient::Patient;
use crate::record::plan::{Phase, Plan};
use crate::record::session::Session;

pub use self::expect::{Expect, ExpectPermit, ExpectReferral, ExpectedStanding, Mismatch, check_expectation};
pub use self::play::StepOutcome;

/// Why a case that expects nothing fails: it would hold whatever is advised.
pub const EXPECTS_NOTHING: &str = "it expects nothing: a step needs an [step.expect]";

/// A patient's story with what must be advised along the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// For example `C4`.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// Day 0 of the first injury.
    pub onset: Date,
    /// The patient.
    pub patient: Patient,
    /// The first injury, as it is first recorded.
    pub injury: Injury,
    /// Its plan, a draft.
    pub plan: Plan,
    /// What happens, in order.
    pub steps: Vec<Step>,
}

/// What happens on a day, and what must then be advised. Facts of earlier days may come in late.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Line of the case, counted from 1.
    pub line: usize,
    /// Day since the first onset.
    pub day: i64,
    /// The date of that day.
    pub date: Date,
    /// A new injury that recurs from the one before, with a draft plan of its own; what follows is about these.
    pub recurrence: Option<(Injury, Plan)>,
    /// The patient is back to full participation.
    pub return_to_sport: bool,
    /// The plan becomes active.
    pub activate: Option<Activate>,
    /// Assessments.
    pub assessments: Vec<Assessment>,
    /// Sessions.
    pub sessions: Vec<Session>,
    /// Activities.
    pub activities: Vec<Activity>,
    /// Decisions besides the activation.
    pub decisions: Vec<Decision>,
    /// What must be advised at the end of the day, so far.
    pub expect: Option<Expect>,
}

/// The activation of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activate {
    /// First phase.
    pub phase: Phase,
    /// First rung, as a place in the ladder.
    pub step: u8,
    /// Why it goes against the advice; present exactly when it does.
    pub override_reason: Option<OverrideReason>,
}

impl Case {
    /// Reads a case for the built-in protocol that it names.
    pub fn parse(text: &str) -> Result<Self, DocumentFault> {
        read::read(text, |reference_id, version| {
            let named = |protocol: &&Protocol| {
                protocol.reference.protocol == reference_id
                    && version.is_none_or(|version| protocol.reference.version == version)
            };
            protocol::builtin().iter().filter(named).max_by_key(|protocol| &protocol.reference.version)
        })
    }

    /// Reads a case for this protocol, which it must name.
    pub fn parse_for(text: &str, protocol: &Protocol) -> Result<Self, DocumentFault> {
        read::read(text, |reference_id, version| {
            let named = protocol.reference.protocol == reference_id
                && version.is_none_or(|version| protocol.reference.version == version);
            named.then_some(protocol)
        })
    }

    /// Whether no step says what must be advised.
    pub fn expects_nothing(&self) -> bool {
        self.steps.iter().all(|step| step.expect.is_none())
    }

    /// Plays the steps on the built-in protocol of the case; empty when there is no such protocol.
    pub fn play(&self) -> Vec<StepOutcome> {
        protocol::find(&self.plan.protocol).map(|protocol| self.play_with(protocol)).unwrap_or_default()
    }

    /// Every way in which the built-in protocol of the case says something else than is expected.
    pub fn check(&self) -> Vec<Mismatch> {
        match protocol::find(&self.plan.protocol) {
            Some(protocol) => self.check_with(protocol),
            None => vec![Mismatch {
                line: 1,
                day: None,
                what: "protocol".to_owned(),
                expected: self.plan.protocol.protocol.clone(),
                found: "no built-in protocol of this name and version".to_owned(),
                because: Vec::new(),
            }],
        }
    }

    /// Every way in which a protocol says something else than is expected.
    pub fn check_with(&self, protocol: &Protocol) -> Vec<Mismatch> {
        let mut mismatches = Vec::new();
        for (step, outcome) in self.steps.iter().zip(self.play_with(protocol)) {
            let Some(expect) = &step.expect else { continue };
            let found = check_expectation(expect, &outcome.recommendation);
            mismatches.extend(found.into_iter().map(|mismatch| Mismatch { day: Some(step.day), ..mismatch }));
        }
        mismatches
    }
}
