//! Visits counted by one definition, adherence to what was prescribed, and reviews that fall due.

mod focus;
mod review;
mod weeks;

use jiff::civil::Date;

use crate::protocol::Protocol;
use crate::recommend::days;
use crate::record::Record;
use crate::record::codes::{Area, PlanState, SessionState};
use crate::record::session::Session;
use crate::value::Thousandths;

use self::weeks::Prescription;

pub(crate) use self::review::reviews_of;
pub use self::review::{ReviewDue, reviews};
pub use self::weeks::standing;
pub(crate) use self::weeks::{in_force, ladder};

/// Days over which a plan is behind on its visits or not. DERIVED.
const BEHIND_DAYS: i64 = 14;
/// A hundred percent, in thousandths.
const WHOLE: i64 = 100_000;

/// The definition by which visits are counted, in words: the one place where it is written.
pub const DEFINITION: &str = "\
A visit is a session of the plan; one entered in error never counts. \
It is attended, cancelled or a no-show by its state, and counts from its civil date in the clinic's time zone on; \
with the state planned it is planned up to its date, and from the day after overdue: nobody noted what became of it. \
Visits are prescribed by the rungs that the therapist's decisions put in force, from the activation to the discharge: \
in each week, counted from the activation, and for each rung in force in it, visits a week times the days on that rung \
divided by seven, rounded down; the day itself is not over and prescribes nothing yet. \
Adherence is the visits attended since the activation in percent of those prescribed, at most 100: more visits than \
prescribed are not better. \
Behind are the visits prescribed for the last 14 days less those attended in them and on the day, while the plan is \
active; an overdue visit counts as not attended until it is noted. \
A suspension has no dates in the record: it is not taken off what was prescribed, but a suspended plan is not behind.";

/// The visits of a plan up to a day, by [`DEFINITION`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visits {
    /// Planned for the day or later.
    pub planned: u32,
    /// Planned for a day that is past, and never resolved.
    pub overdue_planned: u32,
    /// Attended.
    pub attended: u32,
    /// Cancelled.
    pub cancelled: u32,
    /// Not come, without cancelling.
    pub no_show: u32,
    /// Prescribed by the rungs in force.
    pub prescribed: u32,
    /// Every week from the activation to the one of the day; empty in a draft.
    pub weeks: Vec<Week>,
    /// Attended since the activation in percent of prescribed, 0 to 100; none when nothing was prescribed yet.
    pub adherence_percent: Option<Thousandths>,
    /// Hands-on minutes of attended visits by area: those of the plan's shares first, then others that were treated.
    pub focus: Vec<FocusAdherence>,
    /// Visits missing against the prescription in the last 14 days.
    pub behind: u32,
}

/// One week, counted from the day of the activation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Week {
    /// Its first day.
    pub start: Date,
    /// Visits prescribed in it so far.
    pub prescribed: u8,
    /// Visits attended.
    pub attended: u8,
    /// Visits cancelled.
    pub cancelled: u8,
    /// Visits not come to.
    pub no_show: u8,
}

/// Hands-on minutes on one area against the share prescribed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FocusAdherence {
    /// Where.
    pub area: Area,
    /// Minutes in attended visits.
    pub minutes: u32,
    /// Of all hands-on minutes that were recorded by area, percent; none when there are none.
    pub share_percent: Option<Thousandths>,
    /// The plan's share, or the protocol's; 0 for an area that it does not name. The shares are those of massage on the
    /// injury itself: while only its surroundings may be treated, the minutes stand under `around_injury`.
    pub prescribed_percent: u8,
}

/// Counts the visits of a plan up to a day, by [`DEFINITION`].
pub fn visits(protocol: &Protocol, record: &Record, as_of: Date) -> Visits {
    let prescription = Prescription::of(protocol, record, as_of);
    let mut weeks = prescription.weeks();
    let (mut planned, mut overdue_planned, mut attended, mut cancelled, mut no_show) =
        (0_u32, 0_u32, 0_u32, 0_u32, 0_u32);
    let mut attended_lately = 0_u32;
    for session in sessions(record) {
        if session.state == SessionState::Planned {
            let counter = if session.date >= as_of { &mut planned } else { &mut overdue_planned };
            *counter = counter.saturating_add(1);
        }
        if session.date > as_of {
            continue;
        }
        let week = prescription.week_of(session.date).and_then(|place| weeks.get_mut(place));
        let (counter, of_week) = match session.state {
            SessionState::Planned => continue,
            SessionState::Attended => (&mut attended, week.map(|week| &mut week.attended)),
            SessionState::Cancelled => (&mut cancelled, week.map(|week| &mut week.cancelled)),
            SessionState::NoShow => (&mut no_show, week.map(|week| &mut week.no_show)),
        };
        *counter = counter.saturating_add(1);
        if let Some(of_week) = of_week {
            *of_week = of_week.saturating_add(1);
        }
        if session.state == SessionState::Attended && session.date >= days::after(as_of, -BEHIND_DAYS) {
            attended_lately = attended_lately.saturating_add(1);
        }
    }
    let prescribed = total(weeks.iter().map(|week| week.prescribed));
    let behind = match prescription.plan_state() {
        PlanState::Active => prescription.of_last(BEHIND_DAYS).saturating_sub(attended_lately),
        PlanState::Draft | PlanState::Suspended | PlanState::Completed | PlanState::Cancelled => 0,
    };
    Visits {
        planned,
        overdue_planned,
        attended,
        cancelled,
        no_show,
        prescribed,
        adherence_percent: percent(total(weeks.iter().map(|week| week.attended)).min(prescribed), prescribed),
        focus: focus::adherence(protocol, record, as_of),
        weeks,
        behind,
    }
}

/// The sessions that were not entered in error.
pub(crate) fn sessions(record: &Record) -> impl Iterator<Item = &Session> {
    record.sessions.iter().filter(|fact| !fact.entered_in_error).map(|fact| &fact.content)
}

fn total(counts: impl Iterator<Item = u8>) -> u32 {
    counts.fold(0, |sum, count| sum.saturating_add(u32::from(count)))
}

/// A part of a whole in thousandths of a percent, rounded down; none of an empty whole.
fn percent(part: u32, whole: u32) -> Option<Thousandths> {
    let scaled = i64::from(part).saturating_mul(WHOLE);
    scaled.checked_div(i64::from(whole)).map(Thousandths)
}
