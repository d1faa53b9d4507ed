//! Walking, pain in activity, and the visits at which the discharge gates were met.

use jiff::civil::Date;

use crate::protocol::fact::place;
use crate::protocol::rule::Effect;
use crate::recommendation::WhyUnknown;
use crate::record::plan::Phase;

use super::days;
use super::evaluator::{Evaluator, View};
use super::facts::{count, thousandths};
use super::kleene::{Outcome, Tally};
use super::reading::Observation;
use super::series::{Entry, Window};

/// Least days between two weekly visits.
pub(crate) const WEEKLY_DAYS_MIN: i64 = 6;

/// The places of the measures that tell the pain in activity.
pub(super) const PAIN_IN_ACTIVITY: [usize; 2] = [place::PAIN_ACTIVITY, place::PAIN_RUNNING];

/// The entries of one measure on its latest day.
struct LatestDay<'a> {
    date: Date,
    entries: &'a [Entry],
    never_known: bool,
}

impl LatestDay<'_> {
    fn unknown(&self) -> bool {
        self.entries.iter().all(|entry| entry.level.is_none())
    }
}

/// The visits before discharge, each made as soon as it counts.
pub(crate) struct SoonestVisits {
    /// The day of the last of them; the day of the recommendation when none is missing.
    pub last: Date,
    /// How many of them come after the day of the recommendation.
    pub later: i64,
}

impl Evaluator<'_> {
    /// Whether the latest fresh value of a measure is worse than the best possible one.
    fn troubles(&self, place: usize, view: &View, counts_from: Date) -> Outcome {
        let series = self.book.at(Some(place)).entries();
        let from = counts_from.max(view.seen_from());
        let seen = series.iter().rev().skip_while(|entry| entry.date > view.day).take_while(|entry| entry.date >= from);
        let mut of_day: Vec<&Entry> = Vec::new();
        for entry in seen {
            if of_day.first().is_some_and(|latest| latest.date != entry.date) {
                break;
            }
            of_day.push(entry);
        }
        let Some(latest) = of_day.first() else { return Outcome::Unknown { asked: false } };
        if days::between(latest.date, view.day) > self.fresh_days(place) {
            return Outcome::Unknown { asked: false };
        }
        match of_day.iter().filter_map(|entry| entry.level).max() {
            Some(level) => Outcome::known(level > 0),
            None => Outcome::Unknown { asked: true },
        }
    }

    /// Days for which a value of the measure at this place counts.
    pub(crate) fn fresh_days(&self, place: usize) -> i64 {
        self.protocol.measures.get(place).map_or(0, |code| i64::from(code.measure().fresh_days))
    }

    /// A limp, or pain in walking.
    pub(crate) fn not_painfree_walking(&self, view: &View, counts_from: Date) -> Outcome {
        let parts = [place::GAIT, place::PAIN_WALKING].map(|place| self.troubles(place, view, counts_from));
        parts.into_iter().collect::<Tally>().any()
    }

    /// Days from the onset to the first day of walking without limp and pain; earlier days may have been so unseen.
    pub(crate) fn painfree_walk_day(&self, view: &View) -> Observation {
        let mut dates: Vec<Date> = Vec::new();
        for place in [place::GAIT, place::PAIN_WALKING] {
            let entries = self.book.at(Some(place)).entries();
            dates.extend(
                entries.iter().map(|entry| entry.date).filter(|date| *date <= view.day && *date >= self.onset()),
            );
        }
        dates.sort_unstable();
        dates.dedup();
        let (mut low, mut asked) = (0, false);
        for date in dates {
            let day = days::between(self.onset(), date);
            match self.not_painfree_walking(&View { day: date, ..*view }, Date::MIN) {
                Outcome::Unmet => return Observation::between(thousandths(low), thousandths(day), why(asked)),
                Outcome::Met => low = day.saturating_add(1),
                Outcome::Unknown { asked: also } => asked |= also,
            }
        }
        Observation::unknown(why(asked))
    }

    /// The worst of pain in activity and in running on the latest day that says either.
    pub(crate) fn pain_in_activity(&self, view: &View, counts_from: Date) -> Observation {
        let from = counts_from.max(view.seen_from());
        let parts: Vec<LatestDay<'_>> =
            PAIN_IN_ACTIVITY.iter().filter_map(|place| self.latest_day(*place, from, view.day)).collect();
        let Some(latest) = parts.iter().map(|part| part.date).max() else {
            return Observation::unknown(WhyUnknown::Missing);
        };
        let of_latest = || parts.iter().filter(|part| part.date == latest);
        let values = of_latest().flat_map(|part| part.entries.iter()).filter(|entry| entry.level.is_some());
        let worst = values.max_by_key(|entry| entry.level);
        let known = worst
            .and_then(|entry| entry.level.map(|level| Observation::known(level, Some(entry.source), Some(latest))));
        let unmeasured = parts.iter().any(|part| part.never_known) || of_latest().any(|part| part.unknown());
        let fresh = days::between(latest, view.day) <= self.fresh_days(place::PAIN_ACTIVITY);
        let why = match (fresh, unmeasured, known) {
            (true, false, Some(known)) => return known,
            (true, _, _) => WhyUnknown::NotMeasured,
            (false, _, _) => WhyUnknown::TooOld,
        };
        known.map_or(Observation::unknown(why), |known| Observation { range: None, why, ..known })
    }

    fn latest_day(&self, place: usize, from: Date, to: Date) -> Option<LatestDay<'_>> {
        let seen = self.book.at(Some(place)).within(&Window { from, to, site: None });
        let date = seen.last()?.date;
        let never_known = seen.iter().all(|entry| entry.level.is_none());
        let of_day = seen.iter().rev().take_while(|entry| entry.date == date).count();
        Some(LatestDay { date, never_known, entries: seen.get(seen.len().saturating_sub(of_day)..)? })
    }

    /// Whether every gate of a phase that applies is met; none when none applies.
    pub(crate) fn gates_outcome(&self, phase: Phase, view: &View) -> Option<Outcome> {
        self.outcome_of_all(view, |effect| matches!(effect, Effect::Gate(of) if *of == phase))
    }

    /// Attended weekly visits in a row, counted back, at which the gates of phase 4 and the progress rules were met.
    pub(crate) fn discharge_visits(&self, view: &View) -> Observation {
        let (mut certain, mut possible) = (0_i64, 0_i64);
        let (mut unbroken, mut why_unknown) = (true, WhyUnknown::Missing);
        let mut counted: Option<Date> = None;
        for (date, outcome) in self.visits_at_gates(view) {
            if let Outcome::Unknown { asked } = outcome {
                unbroken = false;
                if asked {
                    why_unknown = WhyUnknown::NotMeasured;
                }
            }
            if counted.is_none_or(|later| days::between(date, later) >= WEEKLY_DAYS_MIN) {
                counted = Some(date);
                possible = possible.saturating_add(1);
                certain = certain.saturating_add(i64::from(unbroken));
            }
        }
        if certain == possible {
            return count(certain, None);
        }
        Observation::between(thousandths(certain), thousandths(possible), why_unknown)
    }

    /// When so many weekly visits can have counted towards discharge at the soonest, if the gates are met from now on and
    /// a visit is made as soon as it counts. A visit of the day itself that did not count is made already: the next can be
    /// on the day after.
    pub(crate) fn discharge_visits_soonest(&self, visits: i64) -> SoonestVisits {
        let at_gates = self.visits_at_gates(&View::on(self.as_of));
        let mut counted: Option<Date> = None;
        let mut missing = visits;
        for (date, _) in at_gates.iter().rev() {
            if counted.is_none_or(|earlier| days::between(earlier, *date) >= WEEKLY_DAYS_MIN) {
                counted = Some(*date);
                missing = missing.saturating_sub(1);
            }
        }
        if missing <= 0 {
            return SoonestVisits { last: self.as_of, later: 0 };
        }
        let latest = self.facts.visits_until(self.as_of).last().map(|visit| visit.content.date);
        let in_vain_today = at_gates.is_empty() && latest == Some(self.as_of);
        let free = days::after(self.as_of, i64::from(in_vain_today));
        let next = counted.map_or(free, |last| days::after(last, WEEKLY_DAYS_MIN).max(free));
        SoonestVisits {
            last: days::after(next, missing.saturating_sub(1).saturating_mul(WEEKLY_DAYS_MIN)),
            later: missing.saturating_sub(i64::from(next == self.as_of)),
        }
    }

    /// Attended visits, the last one first, back to the first at which the gates of phase 4 and the progress rules were
    /// not met.
    fn visits_at_gates(&self, view: &View) -> Vec<(Date, Outcome)> {
        let mut at_gates = Vec::new();
        for visit in self.facts.visits_until(view.day).iter().rev() {
            let date = visit.content.date;
            let at_visit = View { day: date, ..*view };
            let parts = [
                self.gates_outcome(Phase::Four, &at_visit).unwrap_or(Outcome::Unmet),
                self.outcome_of_all(&at_visit, |effect| matches!(effect, Effect::Progress)).unwrap_or(Outcome::Met),
            ];
            let outcome = parts.into_iter().collect::<Tally>().all();
            if outcome == Outcome::Unmet {
                break;
            }
            at_gates.push((date, outcome));
        }
        at_gates
    }
}

fn why(asked: bool) -> WhyUnknown {
    if asked { WhyUnknown::NotMeasured } else { WhyUnknown::Missing }
}
