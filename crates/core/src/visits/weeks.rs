//! What the rungs in force prescribed: by week from the activation, and over the last days.

use jiff::civil::Date;

use crate::ids::DecisionId;
use crate::protocol::Protocol;
use crate::recommend::days;
use crate::recommend::timeline::Timeline;
use crate::record::codes::PlanState;
use crate::record::decision::Decision;
use crate::record::plan::{FrequencyStep, Phase, Plan};
use crate::record::{Fact, Record};

use super::Week;

const WEEK_DAYS: i64 = 7;

/// The rungs that were in force up to a day.
pub(super) struct Prescription {
    as_of: Date,
    /// The first activation; none in a draft.
    begin: Option<Date>,
    stays: Vec<Stay>,
    state: PlanState,
}

/// Days in a row on one rung.
struct Stay {
    from: Date,
    /// The day after the last one.
    until: Date,
    visits_per_week: u8,
}

impl Prescription {
    /// From the decisions up to a day.
    pub(super) fn of(protocol: &Protocol, record: &Record, as_of: Date) -> Self {
        let timeline = in_force(protocol, record, as_of);
        let mut dates: Vec<Date> = record.decisions.iter().map(|fact| fact.content.date).collect();
        dates.retain(|date| *date <= as_of);
        dates.sort_unstable();
        dates.dedup();
        let ends = dates.iter().skip(1).copied().chain([as_of]);
        let (mut begin, mut stays) = (None, Vec::new());
        for (from, until) in dates.iter().copied().zip(ends) {
            let now = timeline.on(from);
            if now.activated && begin.is_none() {
                begin = Some(from);
            }
            if let Some(rung) = now.step.and_then(|place| ladder(protocol, record).get(place)) {
                stays.push(Stay { from, until, visits_per_week: rung.visits_per_week.get() });
            }
        }
        let state = timeline.on(as_of).plan_state(record.plan.content.state);
        Self { as_of, begin, stays: joined(stays), state }
    }

    /// The plan's state on the day.
    pub(super) fn plan_state(&self) -> PlanState {
        self.state
    }

    /// Every week from the activation to the one of the day, without its visits.
    pub(super) fn weeks(&self) -> Vec<Week> {
        let mut weeks = Vec::new();
        let Some(mut start) = self.begin else { return weeks };
        loop {
            let end = days::after(start, WEEK_DAYS);
            let prescribed = u8::try_from(self.between(start, end)).unwrap_or(u8::MAX);
            weeks.push(Week { start, prescribed, attended: 0, cancelled: 0, no_show: 0 });
            // The calendar ends somewhere, and there the weeks do.
            if end > self.as_of || days::between(start, end) < WEEK_DAYS {
                return weeks;
            }
            start = end;
        }
    }

    /// The place of a day's week; none before the activation.
    pub(super) fn week_of(&self, day: Date) -> Option<usize> {
        let since = days::between(self.begin?, day);
        usize::try_from(since.div_euclid(WEEK_DAYS)).ok()
    }

    /// Visits prescribed for so many days before the day.
    pub(super) fn of_last(&self, count: i64) -> u32 {
        self.between(days::after(self.as_of, count.saturating_neg()), self.as_of)
    }

    /// Visits prescribed from a day to the one before another: of each rung rounded down.
    fn between(&self, from: Date, until: Date) -> u32 {
        let mut prescribed = 0_u32;
        for stay in &self.stays {
            let on_rung = days::between(stay.from.max(from), stay.until.min(until)).max(0);
            let visits = on_rung.saturating_mul(i64::from(stay.visits_per_week)) / WEEK_DAYS;
            prescribed = prescribed.saturating_add(u32::try_from(visits).unwrap_or(u32::MAX));
        }
        prescribed
    }
}

/// A decision that leaves the rung as it is does not end the stay.
fn joined(stays: Vec<Stay>) -> Vec<Stay> {
    let mut joined: Vec<Stay> = Vec::with_capacity(stays.len());
    for stay in stays {
        match joined.last_mut() {
            Some(last) if last.until == stay.from && last.visits_per_week == stay.visits_per_week => {
                last.until = stay.until;
            }
            _ => joined.push(stay),
        }
    }
    joined
}

/// What the decisions up to a day put in force.
pub(crate) fn in_force(protocol: &Protocol, record: &Record, as_of: Date) -> Timeline {
    let rungs = ladder(protocol, record).len();
    timeline(&record.decisions, record.plan.content.start_date, rungs, as_of)
}

/// The same on a ladder of so many rungs.
fn timeline(decisions: &[Fact<DecisionId, Decision>], plan_start: Date, rungs: usize, as_of: Date) -> Timeline {
    let seen = |fact: &&Fact<DecisionId, Decision>| !fact.entered_in_error && fact.content.date <= as_of;
    let mut decisions: Vec<_> = decisions.iter().filter(seen).collect();
    decisions.sort_by_key(|fact| (fact.content.date, fact.content.decided_at, fact.id, fact.revision));
    Timeline::of(&decisions, plan_start, rungs.saturating_sub(1))
}

/// The phase and the rung that a plan's decisions put in force, whatever their days; neither in a draft and after
/// discharge. The rung is one of the plan's own ladder.
pub fn standing(plan: &Plan, decisions: &[Fact<DecisionId, Decision>]) -> (Option<Phase>, Option<FrequencyStep>) {
    let timeline = timeline(decisions, plan.start_date, plan.steps.len(), Date::MAX);
    let now = timeline.on(Date::MAX);
    (now.phase, now.step.and_then(|step| plan.steps.get(step)).copied())
}

/// The plan's ladder, or the protocol's.
pub(crate) fn ladder<'a>(protocol: &'a Protocol, record: &'a Record) -> &'a [FrequencyStep] {
    let own = &record.plan.content.steps;
    if own.is_empty() { &protocol.ladder.steps } else { own }
}
