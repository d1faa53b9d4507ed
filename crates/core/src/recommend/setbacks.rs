//! Days on which a regress rule was met: the clock of phase 1 starts again, and visits are not reduced for a while.

use jiff::civil::Date;

use crate::protocol::criterion::Quantity;
use crate::protocol::fact::Fact;
use crate::protocol::rule::{Effect, Rule};
use crate::recommendation::{CriterionResult, Verdict, WhyUnknown};

use super::evaluator::{Evaluator, View};
use super::kleene::{Outcome, Tally};

/// What is known of setbacks up to a day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setbacks {
    /// Whether a regress rule is met on the day itself; none when no plan is active then.
    pub today: Option<Outcome>,
    /// The last day on which one was met, or on which a therapist decided for an earlier phase.
    pub last: Option<Date>,
    /// The last day on which one may have been met: a value was asked for and not measured.
    pub last_possible: Option<Date>,
}

impl<'a> Evaluator<'a> {
    /// Setbacks up to a day.
    pub(super) fn setbacks(&self, day: Date) -> Setbacks {
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
        for date in self.dates_read_by(self.regress_rules(), day).into_iter().rev() {
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

    /// The days up to a day on which there is something that these rules read, in order.
    pub(super) fn dates_read_by<'r>(&self, rules: impl Iterator<Item = &'r Rule>, day: Date) -> Vec<Date> {
        let mut dates: Vec<Date> = Vec::new();
        let add_place = |place: Option<usize>, dates: &mut Vec<Date>| {
            dates.extend(self.book.at(place).entries().iter().map(|entry| entry.date));
        };
        for criterion in rules.filter_map(|rule| rule.test.as_ref()).flat_map(|test| test.criteria()) {
            match &criterion.quantity {
                Quantity::Measure(quantity) => add_place(Some(quantity.place), &mut dates),
                Quantity::Fact(fact) => {
                    if let Fact::Unrecorded(code) | Fact::EntryDays(code) = fact {
                        add_place(self.protocol.place_of_measure(*code), &mut dates);
                    }
                    for code in measures_behind(*fact) {
                        add_place(self.protocol.place_of(code), &mut dates);
                    }
                    if *fact == Fact::GateLost {
                        for place in self.places_of_gates() {
                            add_place(Some(place), &mut dates);
                        }
                    } else if follows_visits(*fact) {
                        dates.extend(self.facts.visits.iter().map(|visit| visit.content.date));
                    } else if follows_activities(*fact) {
                        dates.extend(self.facts.activities.iter().map(|activity| activity.content.date));
                    }
                }
            }
        }
        dates.retain(|date| *date <= day);
        dates.sort_unstable();
        dates.dedup();
        dates
    }
}

fn measures_behind(fact: Fact) -> &'static [&'static str] {
    match fact {
        Fact::PainInActivity => &["pain_activity", "pain_running"],
        Fact::NotPainfreeWalking | Fact::PainfreeWalkDay => &["gait", "pain_walking"],
        Fact::CrosstrainingCleanDays | Fact::RunningStepPercent | Fact::FullSessionsSymptomFree => {
            &["pain_next_morning"]
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
