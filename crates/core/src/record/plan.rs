//! A treatment plan: the protocol it is pinned to, the policy chosen within it, and its ladder of visits.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::codes::{Area, Equipment, PlanState, RunningPolicy};
use crate::value::{Nprs, Percent, ValueFault, VisitMinutes, VisitsPerWeek};

/// A phase of rehabilitation, 1 to 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub enum Phase {
    /// Reduce pain and inflammation.
    One = 1,
    /// Restore range of motion and flexibility.
    Two = 2,
    /// Restore muscle function.
    Three = 3,
    /// Exercises that lead up to running again.
    Four = 4,
}

impl Phase {
    /// All four.
    pub const ALL: [Phase; 4] = [Phase::One, Phase::Two, Phase::Three, Phase::Four];

    /// 1 to 4.
    pub fn number(self) -> i64 {
        self as i64
    }

    /// The next phase; none after the fourth.
    pub fn next(self) -> Option<Phase> {
        Self::try_from(self.number() + 1).ok()
    }

    /// The phase before; none before the first.
    pub fn previous(self) -> Option<Phase> {
        Self::try_from(self.number() - 1).ok()
    }
}

impl TryFrom<i64> for Phase {
    type Error = ValueFault;

    fn try_from(number: i64) -> Result<Self, ValueFault> {
        match number {
            1 => Ok(Phase::One),
            2 => Ok(Phase::Two),
            3 => Ok(Phase::Three),
            4 => Ok(Phase::Four),
            _ => Err(ValueFault::OutOfRange {
                found: number.to_string(),
                min: "1".to_owned(),
                max: "4".to_owned(),
                unit: "phase",
            }),
        }
    }
}

impl From<Phase> for i64 {
    fn from(phase: Phase) -> i64 {
        phase.number()
    }
}

/// Which protocol version a plan follows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ProtocolRef {
    /// For example `hamstring-strain`.
    pub protocol: String,
    /// For example `1`.
    pub version: String,
}

/// What a clinic chose within the protocol; what is absent follows the protocol's default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// When running may begin.
    pub running: Option<RunningPolicy>,
    /// Worst pain with which progress is advised.
    pub pain_limit: Option<Nprs>,
    /// Worst pain in strength work from phase 3.
    pub pain_limit_strength: Option<Nprs>,
    /// Worst pain in running.
    pub pain_limit_running: Option<Nprs>,
    /// Equipment at hand; `None` means that everything is.
    pub equipment: Option<Vec<Equipment>>,
}

impl Policy {
    /// These choices, and those of a default where nothing was chosen.
    pub fn or(&self, default: &Policy) -> Policy {
        Policy {
            running: self.running.or(default.running),
            pain_limit: self.pain_limit.or(default.pain_limit),
            pain_limit_strength: self.pain_limit_strength.or(default.pain_limit_strength),
            pain_limit_running: self.pain_limit_running.or(default.pain_limit_running),
            equipment: self.equipment.clone().or_else(|| default.equipment.clone()),
        }
    }
}

/// One rung of the ladder of visits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrequencyStep {
    /// Visits a week.
    pub visits_per_week: VisitsPerWeek,
    /// Minutes of each visit.
    pub minutes: VisitMinutes,
}

/// The share of hands-on work on one area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FocusShare {
    /// Where.
    pub area: Area,
    /// Share in percent; the shares of a plan sum to 100.
    pub percent: Percent,
}

/// One revision of a plan. The phase and the rung in force follow from its decisions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The protocol version that it is pinned to.
    pub protocol: ProtocolRef,
    /// The clinic's choices.
    pub policy: Policy,
    /// The ladder, from most visits a week to fewest; at least one rung, strictly falling.
    pub steps: Vec<FrequencyStep>,
    /// Where the hands-on work goes; empty follows the protocol's default.
    pub focus: Vec<FocusShare>,
    /// First day of the plan; baselines are the first values from this day on.
    pub start_date: Date,
    /// Draft, active, ...
    pub state: PlanState,
}
