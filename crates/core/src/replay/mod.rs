//! Another version of a protocol over a past case: on which dates it would have advised differently, and which way.

mod dates;
mod tally;

use jiff::civil::Date;

use crate::difference::{Difference, Direction, advice_differs, differences};
use crate::protocol::Protocol;
use crate::recommend::recommend;
use crate::record::decision::{Decided, Decision};
use crate::record::{Fact, Record};

pub use self::tally::Tally;

/// The most dates on which one case is compared.
pub const DATES_MAX: usize = 20;

/// How one case comes out under another version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseReplay {
    /// Dates that were compared, 0 to [`DATES_MAX`].
    pub dates: u32,
    /// Those of them on which a patient would have noticed.
    pub differing: u32,
    /// The first of these.
    pub first: Option<First>,
}

/// The first date on which a case would have been advised differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct First {
    /// The date.
    pub date: Date,
    /// Which way the other version goes: caution first, see [`way`].
    pub direction: Direction,
    /// In what the two differ, from the pinned version to the other.
    pub differences: Vec<Difference>,
}

/// Compares what the pinned version advised with what the other would have, until a day and on [`DATES_MAX`] dates at
/// most: those on which something was recorded to count. Of more than that, as many are taken, evenly over their order,
/// with the first and the last.
///
/// The record is read as it is known now. On each date the advice is the one that its decisions had before them: a
/// phase, a taper step or a discharge that was decided on the date itself is not seen yet, or else a gate that opens
/// later would never show, since the therapist's decision has already gone through it. Nothing but the version of the
/// protocol is changed in the plan; where that version does not allow a choice of its policy, its own default holds.
/// Two versions of one SHA-256 differ on no date.
pub fn case(pinned: &Protocol, other: &Protocol, record: &Record, last_day: Date) -> CaseReplay {
    let dates = dates::compared(record, last_day);
    let mut found = CaseReplay { dates: u32::try_from(dates.len()).unwrap_or(u32::MAX), differing: 0, first: None };
    if pinned.sha256 == other.sha256 {
        return found;
    }
    let mut before = record.clone();
    let mut after = record.clone();
    after.plan.content.protocol = other.reference.clone();
    after.plan.content.policy = other.allowed(&record.plan.content.policy);
    for date in dates {
        let decisions = decided_before(&record.decisions, date);
        after.decisions.clone_from(&decisions);
        before.decisions = decisions;
        let (was, would_be) = (recommend(pinned, &before, date), recommend(other, &after, date));
        if !advice_differs(&was, &would_be) {
            continue;
        }
        found.differing = found.differing.saturating_add(1);
        if found.first.is_none() {
            let differences = differences(&was, &would_be);
            found.first = Some(First { date, direction: way(&differences), differences });
        }
    }
    found
}

/// Which way the differences of one date go together: they hold back if any of them does, since what is more cautious
/// in one point must not be told as an advance; else they advance if any of them does.
pub fn way(differences: &[Difference]) -> Direction {
    let any = |direction| differences.iter().any(|difference| difference.direction == direction);
    if any(Direction::HoldsBack) {
        Direction::HoldsBack
    } else if any(Direction::Advances) {
        Direction::Advances
    } else {
        Direction::Neither
    }
}

/// The decisions that stand when those of the date are taken.
fn decided_before<I: Clone>(decisions: &[Fact<I, Decision>], date: Date) -> Vec<Fact<I, Decision>> {
    let mut before = Vec::with_capacity(decisions.len());
    for decision in decisions {
        let answers_the_advice = match decision.content.decided {
            Decided::Phase(_) | Decided::TaperStep(_) | Decided::Discharge => true,
            Decided::Activation { .. } | Decided::ResumeStretching | Decided::ClearReferral { .. } => false,
        };
        if decision.content.date < date || !answers_the_advice {
            before.push(decision.clone());
        }
    }
    before
}

#[cfg(test)]
mod tests;
