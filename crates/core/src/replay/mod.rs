//! Another version of a protocol over a past case: on which dates it would have advised differently, and which way.

mod dates;
mod tally;

use jiff::civil::Date;

use crate::difference::{Difference, Direction, differences};
use crate::protocol::Protocol;
use crate::recommend::past::Past;
use crate::recommend::recommend;
use crate::recommendation::Recommendation;
use crate::record::Record;
use crate::record::decision::{Decided, Decision};

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
    /// The version is for another presentation than the injury's: nothing was compared.
    pub is_of_another_presentation: bool,
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
/// Two versions of one SHA-256 differ on no date; a version for another presentation than the injury's is not compared.
pub fn case(pinned: &Protocol, other: &Protocol, record: &Record, last_day: Date) -> CaseReplay {
    let mut found = CaseReplay { dates: 0, differing: 0, first: None, is_of_another_presentation: false };
    if other.presentation.is_some_and(|presentation| presentation != record.injury.content.presentation) {
        found.is_of_another_presentation = true;
        return found;
    }
    let dates = dates::compared(record, last_day);
    found.dates = u32::try_from(dates.len()).unwrap_or(u32::MAX);
    if pinned.sha256 == other.sha256 {
        return found;
    }
    let frame = under(other, record);
    let mut before = Past::until(last_day, pinned, record, record);
    let mut after = Past::until(last_day, other, &frame, record);
    let mut first = None;
    for date in dates.into_iter().rev() {
        let (was, would_be);
        (was, before) = before.noticed(date, |decision| is_seen(decision, date));
        (would_be, after) = after.noticed(date, |decision| is_seen(decision, date));
        if was != would_be {
            found.differing = found.differing.saturating_add(1);
            first = Some(date);
        }
    }
    found.first = first.map(|date| {
        let differences = differences(&advice(pinned, record, record, date), &advice(other, &frame, record, date));
        First { date, direction: way(&differences), differences }
    });
    found
}

/// Patient, injury and plan of a record as they are under another version, without the facts.
fn under(other: &Protocol, record: &Record) -> Record {
    let mut plan = record.plan.clone();
    plan.content.protocol = other.reference.clone();
    plan.content.policy = other.allowed(&record.plan.content.policy);
    Record {
        patient: record.patient.clone(),
        injury: record.injury.clone(),
        recurrence: record.recurrence.clone(),
        assessments: Vec::new(),
        activities: Vec::new(),
        plan,
        sessions: Vec::new(),
        decisions: Vec::new(),
    }
}

/// The whole advice on a date; patient, injury and plan are those of the frame.
fn advice(protocol: &Protocol, frame: &Record, record: &Record, date: Date) -> Recommendation {
    let mut seen = record.clone();
    seen.plan = frame.plan.clone();
    seen.decisions.retain(|decision| is_seen(&decision.content, date));
    recommend(protocol, &seen, date)
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

/// Whether a decision is seen when those of the date are taken: it is one of an earlier date, or does not answer advice.
fn is_seen(decision: &Decision, date: Date) -> bool {
    let answers_the_advice = match decision.decided {
        Decided::Phase(_) | Decided::TaperStep(_) | Decided::Discharge => true,
        Decided::Activation { .. } | Decided::ResumeStretching | Decided::ClearReferral { .. } => false,
    };
    decision.date < date || !answers_the_advice
}

#[cfg(test)]
mod tests;
