//! Finds sets of changes that lead to an advice: stage by stage where a phase, a rung or a visit must come first.

use jiff::civil::Date;

use crate::protocol::criterion::{Comparator, Quantity, Test};
use crate::protocol::fact::Fact;
use crate::protocol::rule::{Effect, Rule, Verb};
use crate::recommend::days;
use crate::recommend::evaluator::{Evaluator, View};
use crate::recommend::walking::WEEKLY_DAYS_MIN;
use crate::record::codes::{ActivityKind, PlanState};
use crate::record::plan::Phase;

use super::fix::{Fixer, Stuck};
use super::goal::{Aim, Need, leading_down, needs, needs_of_activity, permit};
use super::set::merge;
use super::world::{World, is_decision};
use super::{Change, ChangeKind, Goal, Path, Reason, Stage};

/// A phase or a rung and some visits lie at most between a record and an advice; one change may call for another, and time
/// must pass now and then.
const ROUNDS_MAX: usize = 64;
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

/// How far a search has come.
#[derive(Clone)]
pub(super) struct Search {
    /// The changes so far, in the order in which they are made.
    changes: Vec<Change>,
    /// Those of earlier stages: each phase, rung or visit that must come first ends one.
    before: Vec<Change>,
    /// The first day of the stage.
    from: Date,
    /// The day that is looked at.
    day: Date,
}

impl Search {
    /// Nothing was done before this day.
    pub(super) fn on(day: Date) -> Self {
        Self { changes: Vec::new(), before: Vec::new(), from: day, day }
    }

    /// A phase or a rung is decided in it; there is but one in a path.
    fn has_decision(&self) -> bool {
        self.changes.iter().any(|change| is_decision(&change.kind))
    }
}

/// Where a search led.
#[derive(Default)]
pub(super) struct Led {
    /// The changes, and the day on which they give the advice.
    pub path: Option<Path>,
    /// Phases, rungs or visits came first.
    pub has_stages: bool,
    /// Where there were other sets of changes to begin with.
    pub others: Vec<Search>,
    /// Later days on which less may be needed.
    pub later: Vec<Date>,
    /// Without a path: why, where it is known.
    reason: Option<Reason>,
    /// Without a path: the rules that no change turned that was tried.
    rule_ids: Vec<String>,
    /// Of those the ones that compare with a baseline that is not on record.
    without_baseline: Vec<String>,
}

impl Led {
    /// No change meets a need. A reason that is no rule's outweighs a baseline that is missing.
    fn stuck(&mut self, need: &Need<'_>, without_baseline: &[String]) {
        match need {
            Need::Never(reason) => self.reason = Some(*reason),
            _ if ids(need).iter().any(|id| without_baseline.contains(id)) => {
                self.reason = self.reason.or(Some(Reason::BaselineMissing));
                self.without_baseline.extend(ids(need));
            }
            _ => self.rule_ids.extend(ids(need)),
        }
    }

    /// Why there is no path, and the rules that this is about.
    pub(super) fn why(self) -> (Reason, Vec<String>) {
        let reason = self.reason.unwrap_or(Reason::NotFound);
        let mut rule_ids = match reason {
            Reason::BaselineMissing => self.without_baseline,
            Reason::NotFound | Reason::BeyondAYear => self.rule_ids,
            _ => Vec::new(),
        };
        rule_ids.sort();
        rule_ids.dedup();
        (reason, rule_ids)
    }
}

/// What a look at the record with the changes so far shows.
enum Look {
    /// Nothing is needed any more; then this comes, for the sake of these rules. Nothing at the end of the last stage.
    Met(Option<(ChangeKind, Vec<String>)>),
    /// Nothing helps before this day.
    Wait(Date),
    /// Each of these sets is needed, or helps.
    Sets(Vec<Vec<Change>>),
}

/// The last day on which an advice is looked for.
pub(super) fn horizon(world: &World<'_>) -> Date {
    days::after(world.as_of, HORIZON_DAYS)
}

/// Goes on from a stage until the advice is given or nothing helps.
pub(super) fn lead(world: &mut World<'_>, goal: Goal, mut stage: Search) -> Led {
    let mut led = Led::default();
    let latest = horizon(world);
    for _ in 0..ROUNDS_MAX {
        match look(world, goal, &stage, &mut led) {
            Look::Met(None) => {
                led.path = Some(Path { changes: stage.changes, earliest: stage.day });
                return led;
            }
            Look::Met(Some((kind, _))) if is_decision(&kind) && stage.has_decision() => return led,
            Look::Met(Some((kind, rule_ids))) => {
                led.has_stages = true;
                stage.changes.push(Change { kind, date: stage.day, rule_ids });
                stage = Search { before: stage.changes.clone(), from: stage.day, ..stage };
            }
            Look::Wait(until) if until > latest => {
                led.reason = Some(Reason::BeyondAYear);
                return led;
            }
            Look::Wait(until) => {
                stage.changes.clone_from(&stage.before);
                stage.day = until;
            }
            Look::Sets(sets) => {
                let is_first = led.others.is_empty() && stage.changes.is_empty();
                let known = stage.changes.clone();
                let mut with = sets.into_iter().map(|set| {
                    let mut changes = known.clone();
                    set.into_iter().for_each(|change| merge(&mut changes, change));
                    Search { changes, ..stage.clone() }
                });
                let Some(smallest) = with.next().filter(|with| with.changes != known) else { return led };
                if is_first {
                    led.others = with.collect();
                }
                match permitted(world, smallest.changes.clone()) {
                    Ok(changes) => stage.changes = changes,
                    // The activities begin on the first day on which they may be allowed.
                    Err(Stuck::Until(date)) if date > stage.from && date <= latest => {
                        stage = Search { changes: stage.before.clone(), from: date, day: stage.day.max(date), ..stage };
                    }
                    Err(_) => return led,
                }
            }
        }
    }
    led
}

fn look(world: &mut World<'_>, goal: Goal, stage: &Search, led: &mut Led) -> Look {
    let (day, from) = (stage.day, stage.from);
    let is_beginning = stage.changes.is_empty();
    (led.reason, led.rule_ids, led.without_baseline) = (None, Vec::new(), Vec::new());
    world.ask(&stage.changes, day, |situation| {
        let evaluator = &situation.evaluator;
        let (aim, then) = match comes_before(evaluator, goal) {
            Before::Nothing => (Aim::Advice(goal), None),
            Before::Phase(phase) => (Aim::Advice(Goal::NextPhase), Some(ChangeKind::DecidePhase(phase))),
            Before::Step(step) => (Aim::Advice(Goal::NextStep), Some(ChangeKind::DecideStep(step))),
            Before::Visit(date) if date > day => return Look::Wait(date),
            Before::Visit(_) => (Aim::DischargeGates, Some(ChangeKind::Visit)),
        };
        let needs = needs(situation, aim);
        if needs.is_empty() {
            return Look::Met(then.map(|kind| {
                let rule_ids = rules_behind(evaluator, &kind, goal);
                (kind, rule_ids)
            }));
        }
        let mut fixer = Fixer::new(evaluator, day, from);
        let (mut parts, mut until) = (Vec::new(), None);
        for need in &needs {
            match fixer.meet(need) {
                Ok(sets) => parts.push(sets),
                Err(Stuck::Until(date)) => {
                    led.rule_ids.extend(ids(need));
                    until = until.max(Some(date));
                }
                Err(Stuck::Never) => {
                    led.stuck(need, &fixer.without_baseline);
                }
            }
        }
        if let Some(until) = until.filter(|until| *until > day) {
            return Look::Wait(until);
        }
        let sets = fixer.together(parts);
        if is_beginning {
            led.later.append(&mut fixer.later);
        }
        Look::Sets(sets.iter().map(|set| fixer.told(set)).collect())
    })
}

/// The changes with what the advice asks for before it allows each of their activities, measured on the day of the
/// activity.
fn permitted(world: &mut World<'_>, mut changes: Vec<Change>) -> Result<Vec<Change>, Stuck> {
    let is_activity = |change: &&Change| matches!(change.kind, ChangeKind::Activity { .. });
    let activities: Vec<Change> = changes.iter().filter(is_activity).cloned().collect();
    for activity in activities {
        let asked_for = world.ask(&changes, activity.date, |situation| {
            let needs = needs_of_activity(situation, &activity.kind);
            let mut fixer = Fixer::new(&situation.evaluator, activity.date, activity.date);
            let parts = needs.iter().map(|need| fixer.meet(need)).collect::<Result<_, _>>()?;
            let set = fixer.together(parts).into_iter().next().ok_or(Stuck::Never)?;
            Ok(fixer.told(&set))
        })?;
        if asked_for.iter().any(|change| is_activity(&change)) {
            return Err(Stuck::Never);
        }
        asked_for.into_iter().for_each(|change| merge(&mut changes, change));
    }
    Ok(changes)
}

fn ids(need: &Need<'_>) -> Vec<String> {
    match need {
        Need::OneOf(rules) => rules.iter().map(|rule| rule.id.to_string()).collect(),
        Need::Not(rule) | Need::Cleared(rule) | Need::Excluded(rule, _) | Need::PainOnset(rule) => {
            vec![rule.id.to_string()]
        }
        Need::Until(_) | Need::Never(_) => Vec::new(),
    }
}

/// What must be decided or attended before the advice can be given at all.
fn comes_before(evaluator: &Evaluator<'_>, goal: Goal) -> Before {
    let today = evaluator.today();
    let (Some(phase), PlanState::Active) = (today.phase, evaluator.plan_state(evaluator.as_of)) else {
        return Before::Nothing;
    };
    if let Some(next) = phase.next().filter(|_| phase_needed(evaluator, goal, phase) > phase) {
        return Before::Phase(next);
    }
    if goal == Goal::Discharge { before_discharge(evaluator) } else { Before::Nothing }
}

/// The phase in which the advice can be given at all.
fn phase_needed(evaluator: &Evaluator<'_>, goal: Goal, present: Phase) -> Phase {
    match goal {
        Goal::NextPhase => present,
        Goal::Discharge => Phase::Four,
        Goal::NextStep => phase_for_next_step(evaluator).unwrap_or(present),
        Goal::Running => phase_that_permits(evaluator, present, ActivityKind::Run),
        Goal::Stretching => phase_that_permits(evaluator, present, ActivityKind::Stretching),
    }
}

/// Every phase, rung and visit that must come before the advice, as the rules stand on the day.
pub(super) fn ahead(evaluator: &Evaluator<'_>, goal: Goal) -> Vec<Stage> {
    let today = evaluator.today();
    let (Some(phase), PlanState::Active) = (today.phase, evaluator.plan_state(evaluator.as_of)) else {
        return Vec::new();
    };
    let needed = phase_needed(evaluator, goal, phase);
    let phases = Phase::ALL.into_iter().filter(|of| *of > phase && *of <= needed);
    let mut stages: Vec<Stage> = phases.map(Stage::Phase).collect();
    if goal != Goal::Discharge {
        return stages;
    }
    if let (Some(step), Some(needed)) = (today.step, a_week_for_discharge(evaluator)) {
        let mut a_week = evaluator.step().map_or(needed, |step| i64::from(step.visits_per_week.get()));
        for (place, rung) in evaluator.ladder().iter().enumerate().skip(step.saturating_add(1)) {
            if a_week > needed {
                stages.extend(u8::try_from(place).ok().map(Stage::Step));
            }
            a_week = i64::from(rung.visits_per_week.get());
        }
    }
    let (visits, visits_needed) = visits_for_discharge(evaluator);
    stages.extend((visits..visits_needed).map(|_| Stage::Visit));
    stages
}

/// A first visit that counts, then the rungs, then the other visits.
fn before_discharge(evaluator: &Evaluator<'_>) -> Before {
    let (visits, visits_needed) = visits_for_discharge(evaluator);
    if visits < visits_needed && visits == 0 {
        return Before::Visit(evaluator.as_of);
    }
    let a_week = evaluator.step().map(|step| i64::from(step.visits_per_week.get()));
    if let (Some(a_week), Some(needed)) = (a_week, a_week_for_discharge(evaluator))
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

/// The visits that count towards discharge, and how many the rules ask for.
fn visits_for_discharge(evaluator: &Evaluator<'_>) -> (i64, i64) {
    let visits = evaluator.discharge_visits(&View::on(evaluator.as_of)).range.map_or(0, |range| range.low / 1000);
    (visits, asked_for_discharge(evaluator, Fact::DischargeVisits, &[Comparator::AtLeast]).unwrap_or_default())
}

/// The visits a week at which the rules allow discharge.
fn a_week_for_discharge(evaluator: &Evaluator<'_>) -> Option<i64> {
    asked_for_discharge(evaluator, Fact::VisitsPerWeek, &[Comparator::Equal, Comparator::AtMost])
}

fn asked_for_discharge(evaluator: &Evaluator<'_>, fact: Fact, comparators: &[Comparator]) -> Option<i64> {
    let rules = evaluator.protocol.rules.iter().filter(|rule| rule.effect == Effect::TaperDischarge);
    let criteria = rules.filter_map(|rule| rule.test.as_ref()).flat_map(Test::criteria);
    let such = criteria
        .filter(|criterion| criterion.quantity == Quantity::Fact(fact) && comparators.contains(&criterion.comparator));
    such.filter_map(|criterion| evaluator.levels(&criterion.threshold).first().map(|level| level / 1000)).max()
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
