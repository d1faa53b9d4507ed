//! Which way a change goes: more load and fewer visits advance, more caution holds back.

use crate::recommendation::{PhaseAction, ReferralStanding, TaperAction};
use crate::record::plan::FrequencyStep;

use super::Direction;

/// From a smaller to a greater rank advances.
pub(super) fn up<T: Ord>(before: T, after: T) -> Direction {
    match before.cmp(&after) {
        std::cmp::Ordering::Less => Direction::Advances,
        std::cmp::Ordering::Greater => Direction::HoldsBack,
        std::cmp::Ordering::Equal => Direction::Neither,
    }
}

/// From a smaller to a greater rank holds back.
pub(super) fn down<T: Ord>(before: T, after: T) -> Direction {
    up(after, before)
}

/// Where both are there, from a smaller to a greater rank advances.
pub(super) fn up_if_both<T: Ord>(before: Option<T>, after: Option<T>) -> Direction {
    match (before, after) {
        (Some(before), Some(after)) => up(before, after),
        _ => Direction::Neither,
    }
}

/// A most: none is no limit at all.
pub(super) fn most<T: Ord>(before: Option<T>, after: Option<T>) -> Direction {
    match (before, after) {
        (Some(before), Some(after)) => up(before, after),
        (None, Some(_)) => Direction::HoldsBack,
        (Some(_), None) => Direction::Advances,
        (None, None) => Direction::Neither,
    }
}

/// A rung with fewer visits, or of equal visits with fewer minutes, advances.
pub(super) fn rung(before: Option<FrequencyStep>, after: Option<FrequencyStep>) -> Direction {
    let load = |step: FrequencyStep| (step.visits_per_week, step.minutes);
    up_if_both(after.map(load), before.map(load))
}

/// From the most caution to the most load.
pub(super) fn phase_rank(action: PhaseAction) -> u8 {
    match action {
        PhaseAction::Stop => 0,
        PhaseAction::Regress => 1,
        PhaseAction::Hold => 2,
        PhaseAction::Advance => 3,
        PhaseAction::Discharge => 4,
    }
}

/// From the most caution to the fewest visits; more visits and thinking anew are of one rank.
pub(super) fn taper_rank(action: TaperAction) -> u8 {
    match action {
        TaperAction::StepBack | TaperAction::ReEvaluate => 0,
        TaperAction::Hold => 1,
        TaperAction::StepDown => 2,
        TaperAction::Discharge => 3,
    }
}

/// From the least caution to the most; one that is cleared holds back no more than one that never was.
pub(super) fn standing_rank(standing: Option<ReferralStanding>) -> u8 {
    match standing {
        None | Some(ReferralStanding::Cleared) => 0,
        Some(ReferralStanding::CannotExclude) => 1,
        Some(ReferralStanding::Open) => 2,
    }
}
