//! Finds one set of changes that leads to an advice: stage by stage where a phase, a rung or a visit must come first.

use jiff::civil::Date;

use crate::protocol::criterion::{Comparator, Quantity, Test};
use crate::protocol::fact::Fact;
use crate::protocol::rule::{Effect, Rule, Verb};
use crate::recommend::days;
use crate::recommend::evaluator::{Evaluator, View};
use crate::recommend::walking::WEEKLY_DAYS_MIN;
use crate::record::codes::{ActivityKind, PlanState};
use crate::record::plan::Phase;

use super::fix::{Fixer, Key, Stuck, merge};
use super::goal::{Aim, Need, leading_down, needs, permit};
use super::world::World;
use super::{Change, ChangeKind, Goal};

/// Three phases, some rungs and two visits lie at most between a record and an advice.
const STAGES_MAX: usize = 16;
/// One change may call for another; so often within a stage.
const ROUNDS_MAX: usize = 16;
/// What lies further ahead is no plan.
const HORIZON_DAYS: i64 = 366;

/// What must come before the advice itself can be looked at.
enum Before {
    /// The next phase.
    Phase(Phase),
    /// The next rung, by its place in the ladder.
    Step(u8),
    /// A visit that counts towards discharge, not before this day.
    Visit(Date),
    /// Nothing.
    Nothing,
}

/// On the way to an advice.
pub(super) struct Solver<'w, 'p> {
    world: &'w mut World<'p>,
    goal: Goal,
    banned: &'w [Key],
    /// The changes so far, in the order in which they are made.
    pub changes: Vec<Change>,
    /// The day on which the advice is given.
    pub day: Date,
    /// What was chosen where there was another way.
    pub choices: Vec<Key>,
    /// Later days on which less may be needed.
    pub later: Vec<Date>,
    /// Ids of the rules that no change turns.
    pub blocking: Vec<String>,
}

/// What a look at the record with the changes so far shows.
#[derive(Default)]
struct Round {
    met: bool,
    found: Vec<Change>,
    until: Option<Date>,
    blocking: Vec<String>,
}

impl<'w, 'p> Solver<'w, 'p> {
    /// From a day on, without changing what is banned.
    pub(super) fn new(world: &'w mut World<'p>, goal: Goal, day: Date, banned: &'w [Key]) -> Self {
        let (changes, choices, later, blocking) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { world, goal, banned, changes, day, choices, later, blocking }
    }

    /// Whether a way was found; then `changes` and `day` tell it.
    pub(super) fn solve(&mut self) -> bool {
        for _ in 0..STAGES_MAX {
            let goal = self.goal;
            let before = self.world.ask(&self.changes, self.day, |evaluator| comes_before(evaluator, goal));
            let (aim, kind) = match before {
                Before::Nothing => return self.reach(Aim::Advice(goal)),
                Before::Phase(phase) => (Aim::Advice(Goal::NextPhase), ChangeKind::DecidePhase(phase)),
                Before::Step(step) => (Aim::Advice(Goal::NextStep), ChangeKind::DecideStep(step)),
                Before::Visit(date) => {
                    self.day = self.day.max(date);
                    (Aim::DischargeGates, ChangeKind::Visit)
                }
            };
            if !self.reach(aim) {
                return false;
            }
            let rule_ids = self.world.ask(&self.changes, self.day, |evaluator| rules_behind(evaluator, &kind, goal));
            self.changes.push(Change { kind, date: self.day, rule_ids });
        }
        false
    }

    /// Adds the changes that a stage needs; the day moves on where time must pass.
    fn reach(&mut self, aim: Aim) -> bool {
        let (before, from) = (self.changes.clone(), self.day);
        let latest = days::after(self.world.as_of, HORIZON_DAYS);
        for _ in 0..ROUNDS_MAX {
            let round = self.look(aim, from);
            if round.met {
                return true;
            }
            self.blocking.clone_from(&round.blocking);
            if let Some(until) = round.until.filter(|until| *until > self.day) {
                if until > latest {
                    return false;
                }
                self.changes.clone_from(&before);
                self.day = until;
                continue;
            }
            let known = self.changes.clone();
            round.found.into_iter().for_each(|change| merge(&mut self.changes, change));
            if self.changes == known {
                return false;
            }
        }
        false
    }

    fn look(&mut self, aim: Aim, from: Date) -> Round {
        let (day, banned) = (self.day, self.banned);
        let (round, choices, later) = self.world.ask(&self.changes, day, |evaluator| {
            let needs = needs(evaluator, aim);
            let mut fixer =
                Fixer { evaluator, day, from, banned, rule_id: String::new(), choices: Vec::new(), later: Vec::new() };
            let mut round = Round { met: needs.is_empty(), ..Round::default() };
            for need in &needs {
                match fixer.meet(need) {
                    Ok(changes) => changes.into_iter().for_each(|change| merge(&mut round.found, change)),
                    Err(Stuck::Until(date)) => {
                        round.until = round.until.max(Some(date));
                        round.blocking.extend(ids(need));
                    }
                    Err(Stuck::Never) => round.blocking.extend(ids(need)),
                }
            }
            (round, fixer.choices, fixer.later)
        });
        self.choices.extend(choices);
        self.later.extend(later);
        round
    }
}

fn ids(need: &Need<'_>) -> Vec<String> {
    match need {
        Need::OneOf(rules) => rules.iter().map(|rule| rule.id.to_string()).collect(),
        Need::Not(rule) | Need::Cleared(rule) | Need::Excluded(rule, _) | Need::PainOnset(rule) => {
            vec![rule.id.to_string()]
        }
        Need::Until(_) => Vec::new(),
        Need::Never(why) => vec![why.clone()],
    }
}

/// What must be decided or attended before the advice can be given at all.
fn comes_before(evaluator: &Evaluator<'_>, goal: Goal) -> Before {
    let today = evaluator.today();
    let (Some(phase), PlanState::Active) = (today.phase, evaluator.plan_state(evaluator.as_of)) else {
        return Before::Nothing;
    };
    let target = match goal {
        Goal::NextPhase => phase,
        Goal::Discharge => Phase::Four,
        Goal::NextStep => phase_for_next_step(evaluator).unwrap_or(phase),
        Goal::Running => phase_that_permits(evaluator, phase, ActivityKind::Run),
        Goal::Stretching => phase_that_permits(evaluator, phase, ActivityKind::Stretching),
    };
    if let Some(next) = phase.next().filter(|_| target > phase) {
        return Before::Phase(next);
    }
    if goal == Goal::Discharge { before_discharge(evaluator) } else { Before::Nothing }
}

/// A first visit that counts, then the rungs, then the other visits.
fn before_discharge(evaluator: &Evaluator<'_>) -> Before {
    let asked = |fact: Fact, comparator: &[Comparator]| -> Option<i64> {
        let rules = evaluator.protocol.rules.iter().filter(|rule| rule.effect == Effect::TaperDischarge);
        let criteria = rules.filter_map(|rule| rule.test.as_ref()).flat_map(Test::criteria);
        let such = criteria.filter(|criterion| {
            criterion.quantity == Quantity::Fact(fact) && comparator.contains(&criterion.comparator)
        });
        such.filter_map(|criterion| evaluator.levels(&criterion.threshold).first().map(|level| level / 1000)).max()
    };
    let visits_needed = asked(Fact::DischargeVisits, &[Comparator::AtLeast]).unwrap_or_default();
    let visits = evaluator.discharge_visits(&View::on(evaluator.as_of)).range.map_or(0, |range| range.low / 1000);
    if visits < visits_needed && visits == 0 {
        return Before::Visit(evaluator.as_of);
    }
    let a_week = evaluator.step().map(|step| i64::from(step.visits_per_week.get()));
    let a_week_needed = asked(Fact::VisitsPerWeek, &[Comparator::Equal, Comparator::AtMost]);
    if let (Some(a_week), Some(needed)) = (a_week, a_week_needed)
        && a_week > needed
        && evaluator.next_step().is_some()
    {
        let next = evaluator.today().step.and_then(|step| u8::try_from(step.saturating_add(1)).ok());
        return next.map_or(Before::Nothing, Before::Step);
    }
    if visits < visits_needed {
        let last = evaluator.facts.visits.last().map_or(evaluator.as_of, |visit| visit.content.date);
        return Before::Visit(days::after(last, WEEKLY_DAYS_MIN));
    }
    Before::Nothing
}

/// The phase that the rules of the next rung ask for.
fn phase_for_next_step(evaluator: &Evaluator<'_>) -> Option<Phase> {
    let mut needed = None;
    for criterion in leading_down(evaluator).filter_map(|rule| rule.test.as_ref()).flat_map(Test::criteria) {
        if criterion.quantity == Quantity::Fact(Fact::Phase) && criterion.comparator == Comparator::AtLeast {
            let level = evaluator.levels(&criterion.threshold).first().copied();
            needed = needed.max(level.and_then(|level| Phase::try_from(level / 1000).ok()));
        }
    }
    needed
}

/// The first phase from the present one on in which a rule can allow an activity and none blocks it always.
fn phase_that_permits(evaluator: &Evaluator<'_>, present: Phase, activity: ActivityKind) -> Phase {
    let in_phase = |rule: &Rule, phase: Phase| {
        (rule.when.phase.is_empty() || rule.when.phase.contains(&phase))
            && evaluator.applies_besides_phase(&rule.when, evaluator.as_of)
    };
    let says = |phase: Phase, is_such: &dyn Fn(&Rule, Verb) -> bool| {
        evaluator.protocol.rules.iter().any(|rule| {
            permit(rule, activity).is_some_and(|permit| in_phase(rule, phase) && is_such(rule, permit.verb))
        })
    };
    let permits = |phase: &Phase| {
        says(*phase, &|_, verb| verb == Verb::Allow)
            && !says(*phase, &|rule, verb| verb == Verb::Block && rule.test.is_none())
    };
    Phase::ALL.into_iter().filter(|phase| *phase >= present).find(permits).unwrap_or(present)
}

/// The rules that wait for a decision or a visit.
fn rules_behind(evaluator: &Evaluator<'_>, kind: &ChangeKind, goal: Goal) -> Vec<String> {
    let rules = evaluator.protocol.rules.iter();
    let is_such = |rule: &&Rule| match (kind, goal) {
        (ChangeKind::Visit | ChangeKind::DecideStep(_), _) => rule.effect == Effect::TaperDischarge,
        (_, Goal::NextStep) => evaluator.leads_to_next_step(&rule.effect),
        (_, Goal::Running) => is_allowing(rule, ActivityKind::Run),
        (_, Goal::Stretching) => is_allowing(rule, ActivityKind::Stretching),
        (_, Goal::Discharge) => rule.effect == Effect::TaperDischarge,
        (_, Goal::NextPhase) => false,
    };
    rules.filter(is_such).map(|rule| rule.id.to_string()).collect()
}

fn is_allowing(rule: &Rule, activity: ActivityKind) -> bool {
    permit(rule, activity).is_some_and(|permit| permit.verb == Verb::Allow) && !rule.when.phase.is_empty()
}
