//! Days on which a regress rule was met: the clock of phase 1 starts again, and visits are not reduced for a while.

use jiff::civil::Date;

use crate::protocol::criterion::Quantity;
use crate::protocol::fact::{Fact, place};
use crate::protocol::rule::{Effect, Rule};
use crate::recommendation::{CriterionResult, Verdict, WhyUnknown};

use super::days;
use super::evaluator::{Evaluator, View};
use super::kleene::{Outcome, Tally};
use super::possible::{Days, Possible};
use super::series::Window;
use super::walking::PAIN_IN_ACTIVITY;

/// What is known of setbacks up to a day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setbacks {
    /// Whether a regress rule is met on the day itself; none when no plan is active then.
    pub today: Option<Outcome>,
    /// The last day on which one was met, or on which a therapist decided for an earlier phase.
    pub last: Option<Date>,
    /// The last day on which one may have been met: a value was asked for and not measured.
    pub last_possible: Option<Date>,
}

impl<'a> Evaluator<'a> {
    /// Setbacks up to a day.
    pub(crate) fn setbacks(&self, day: Date) -> Setbacks {
        if day == self.as_of {
            *self.setbacks_today.get_or_init(|| self.find_setbacks(day))
        } else {
            self.find_setbacks(day)
        }
    }

    /// Whether any regress rule is met on a day; none when no plan is active then.
    pub(super) fn regress_outcome(&self, view: &View) -> Option<Outcome> {
        self.timeline.on(view.day).phase?;
        let rules = self.regress_rules().filter(|rule| self.applies(rule, view.day, None));
        Some(rules.map(|rule| self.outcome(rule, view)).collect::<Tally>().any())
    }

    fn regress_rules(&self) -> impl Iterator<Item = &'a Rule> {
        self.protocol.rules.iter().filter(|rule| matches!(rule.effect, Effect::Regress(_)))
    }

    fn find_setbacks(&self, day: Date) -> Setbacks {
        let decided = self.timeline.on(day).regressed;
        let mut setbacks = Setbacks { today: self.regress_outcome(&View::on(day)), last: decided, last_possible: None };
        for date in self.days_to_look_for_setbacks(decided, day).into_iter().rev() {
            if setbacks.last.is_some_and(|last| last >= date) {
                break;
            }
            match self.regress_outcome(&View::on(date)) {
                Some(Outcome::Met) => {
                    let (happened, unsure) = self.happened(date);
                    setbacks.last = setbacks.last.max(Some(happened));
                    setbacks.last_possible = setbacks.last_possible.or(unsure.then_some(date));
                }
                Some(Outcome::Unknown { asked: true }) => {
                    setbacks.last_possible = setbacks.last_possible.or(Some(date));
                }
                Some(Outcome::Unknown { asked: false } | Outcome::Unmet) | None => {}
            }
        }
        setbacks
    }

    /// The days after the last setback that was decided, up to a day, on which there is something that the regress rules
    /// read and one of them may have been met.
    fn days_to_look_for_setbacks(&self, decided: Option<Date>, day: Date) -> Vec<Date> {
        let from = decided.map_or(Date::MIN, days::next);
        let mut rules: Vec<(&Rule, Days)> = Vec::new();
        let mut any = Days::default();
        for rule in self.regress_rules() {
            let Some(test) = &rule.test else { continue };
            let Possible { met: mut days, asked } = self.possible(test, &View::on(day), from);
            days.add_all(asked);
            let days = days.in_order(from, day);
            any.add_all(days.clone());
            rules.push((rule, days));
        }
        let mut dates = self.dates_read_by(self.regress_rules(), &any.in_order(from, day));
        dates.retain(|date| rules.iter().any(|(rule, days)| days.contains(*date) && self.applies(rule, *date, None)));
        dates
    }

    /// The day of the latest value that made a regress rule met on a day; and whether a value that was asked for and not
    /// measured may lie later.
    fn happened(&self, day: Date) -> (Date, bool) {
        let mut dates: Vec<Option<Date>> = Vec::new();
        let mut unsure = false;
        for rule in self.regress_rules().filter(|rule| self.applies(rule, day, None)) {
            let (outcome, result) = self.explain(rule, &View::on(day));
            let not_measured = |criterion: &CriterionResult| criterion.why_unknown == Some(WhyUnknown::NotMeasured);
            unsure |= result.criteria.iter().any(not_measured);
            if outcome == Outcome::Met {
                let met = result.criteria.iter().filter(|criterion| criterion.verdict == Verdict::Met);
                dates.push(met.filter_map(|criterion| criterion.observed_date).max());
            }
        }
        // What has no date of its own, for example a lost gate, happened on the day.
        let latest = dates.iter().map(|date| date.unwrap_or(day)).max();
        (latest.unwrap_or(day), unsure)
    }

    /// The days among these on which there is something that these rules read, in order.
    pub(super) fn dates_read_by<'r>(&self, rules: impl Iterator<Item = &'r Rule>, among: &Days) -> Vec<Date> {
        let mut dates: Vec<Date> = Vec::new();
        if among.is_empty() {
            return dates;
        }
        let mut read = Read::default();
        for criterion in rules.filter_map(|rule| rule.test.as_ref()).flat_map(|test| test.criteria()) {
            match &criterion.quantity {
                Quantity::Measure(quantity) => read.add(quantity.place),
                Quantity::Fact(fact) => self.add_read_by_fact(*fact, &mut read),
            }
        }
        for (from, to) in among.spans() {
            for place in &read.places {
                let within = self.book.at(Some(*place)).within(&Window { from, to, site: None });
                dates.extend(within.iter().map(|entry| entry.date));
            }
            if read.visits {
                let until = self.facts.visits_until(to);
                let first = until.partition_point(|visit| visit.content.date < from);
                dates.extend(until.iter().skip(first).map(|visit| visit.content.date));
            }
            if read.activities {
                let until = self.facts.activities_until(to);
                let first = until.partition_point(|activity| activity.content.date < from);
                dates.extend(until.iter().skip(first).map(|activity| activity.content.date));
            }
        }
        dates.sort_unstable();
        dates.dedup();
        dates
    }

    fn add_read_by_fact(&self, fact: Fact, read: &mut Read) {
        if let Fact::Unrecorded(code) | Fact::EntryDays(code) = fact
            && let Some(place) = self.protocol.place_of_measure(code)
        {
            read.add(place);
        }
        for place in measures_behind(fact) {
            read.add(*place);
        }
        let behind_rules = match fact {
            Fact::GateLost => self.places_of(|effect| matches!(effect, Effect::Gate(_))),
            Fact::Degree | Fact::ActivityDegree => self.places_of(|effect| matches!(effect, Effect::Grade(_))),
            _ => Vec::new(),
        };
        for place in behind_rules {
            read.add(place);
        }
        read.visits |= follows_visits(fact);
        read.activities |= follows_activities(fact);
    }
}

/// What rules read, each once.
#[derive(Default)]
struct Read {
    /// Places of measures.
    places: Vec<usize>,
    visits: bool,
    activities: bool,
}

impl Read {
    fn add(&mut self, place: usize) {
        if !self.places.contains(&place) {
            self.places.push(place);
        }
    }
}

/// The places of the measures that a fact reads.
fn measures_behind(fact: Fact) -> &'static [usize] {
    match fact {
        Fact::PainInActivity => &PAIN_IN_ACTIVITY,
        Fact::NotPainfreeWalking | Fact::PainfreeWalkDay => &[place::GAIT, place::PAIN_WALKING],
        Fact::CrosstrainingCleanDays | Fact::RunningStepPercent | Fact::FullSessionsSymptomFree => {
            &[place::PAIN_NEXT_MORNING]
        }
        _ => &[],
    }
}

fn follows_visits(fact: Fact) -> bool {
    matches!(
        fact,
        Fact::SessionPain
            | Fact::UnrecordedSessionPain
            | Fact::AdverseEvents
            | Fact::VisitsAttended
            | Fact::TreatmentDays
            | Fact::DaysSinceFirstVisit
            | Fact::ModalityResult
            | Fact::Used(_)
    )
}

fn follows_activities(fact: Fact) -> bool {
    matches!(
        fact,
        Fact::LoadingPain | Fact::CrosstrainingCleanDays | Fact::RunningStepPercent | Fact::FullSessionsSymptomFree
    )
}
