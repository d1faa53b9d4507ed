//! What to do about the visits: re-think, more, fewer, none, or hold; and how many a week are advised.

use jiff::civil::Date;

use crate::protocol::rule::Effect;
use crate::recommendation::{FrequencyAdvice, NonResponse, PhaseAction, RuleId, TaperAction};
use crate::record::codes::PlanState;
use crate::record::plan::{FrequencyStep, Phase};

use super::days;
use super::evaluator::{Evaluator, View};
use super::kleene::Outcome;
use super::phase::PhaseAdvice;
use super::referrals::Standing;
use super::rules::Evaluation;

/// The advice on the visits.
pub(super) struct TaperAdvice {
    pub action: TaperAction,
    pub target: Option<FrequencyStep>,
    pub rule_ids: Vec<RuleId>,
}

impl TaperAdvice {
    /// A rung above the range to begin with is held with the rule of that range: fewer visits than planned are enough.
    /// A plan that rests is held because it rests.
    pub(super) fn name_fewer_visits(&mut self, evaluator: &Evaluator<'_>, advised: Option<&FrequencyAdvice>) {
        if evaluator.plan_state(evaluator.as_of) != PlanState::Active {
            return;
        }
        let (TaperAction::Hold, Some(rung), Some(advised)) = (self.action, evaluator.step(), advised) else { return };
        if advised.visits_per_week_max < rung.visits_per_week.get() {
            self.rule_ids.extend(advised.rule_ids.iter().cloned());
        }
    }
}

impl<'a> Evaluator<'a> {
    /// The rung in force.
    pub(crate) fn step(&self) -> Option<FrequencyStep> {
        self.today().step.and_then(|step| self.ladder().get(step)).copied()
    }

    /// The rung below the one in force.
    pub(crate) fn next_step(&self) -> Option<FrequencyStep> {
        let step = self.today().step?;
        self.ladder().get(step.checked_add(1)?).copied()
    }

    pub(crate) fn step_above(&self) -> Option<FrequencyStep> {
        let step = self.today().step?;
        self.ladder().get(step.checked_sub(1)?).copied()
    }

    /// Whether a step-down rule lies on the way from the rung in force to the next.
    pub(crate) fn leads_to_next_step(&self, effect: &Effect) -> bool {
        let (Some(step), Some(next)) = (self.step(), self.next_step()) else { return false };
        self.leads_down(effect, step.visits_per_week.get(), next.visits_per_week.get())
    }

    /// Whether a step-down rule lies on the way between two rungs, by their visits a week. A ladder may leave out rungs of
    /// the protocol (from 3 to 1 needs both rules), or begin above them (then the first rule counts).
    pub(crate) fn leads_down(&self, effect: &Effect, present: u8, next: u8) -> bool {
        let Effect::StepDown { from, to } = *effect else { return false };
        let highest = self.protocol.rules.iter().filter_map(|rule| match rule.effect {
            Effect::StepDown { from, .. } => Some(from),
            _ => None,
        });
        let above_all = highest.max().is_some_and(|highest| next >= highest && from == highest);
        above_all || (from > next && to < present)
    }

    /// Whether a regress rule is met by what came after the last step back, or the phase went back without the visits.
    pub(crate) fn step_back_outcome(&self) -> Outcome {
        if self.today().owes_step_back {
            return Outcome::Met;
        }
        let view = View { after: self.today().stepped_back, ..View::on(self.as_of) };
        self.regress_outcome(&view).unwrap_or(Outcome::Unmet)
    }
}

/// Decides in the order of advice: stop, re-think, back, discharge, down.
pub(super) fn advise(
    evaluator: &Evaluator<'_>,
    evaluation: &Evaluation<'_>,
    standings: &[Standing<'_>],
    phase: &PhaseAdvice,
) -> TaperAdvice {
    let hold = |rule_ids| TaperAdvice { action: TaperAction::Hold, target: None, rule_ids };
    if phase.action == PhaseAction::Stop {
        return hold(phase.rule_ids.clone());
    }
    let (Some(_), PlanState::Active) = (evaluator.step(), evaluator.plan_state(evaluator.as_of)) else {
        return hold(Vec::new());
    };
    let re_evaluate =
        evaluation.ids(|effect| matches!(effect, Effect::ReEvaluate(_)), |outcome| outcome == Outcome::Met);
    if !re_evaluate.is_empty() {
        return TaperAdvice { action: TaperAction::ReEvaluate, target: None, rule_ids: re_evaluate };
    }
    if let Some(rule_ids) = step_back(evaluator, evaluation)
        && let Some(above) = evaluator.step_above()
    {
        return TaperAdvice { action: TaperAction::StepBack, target: Some(above), rule_ids };
    }
    if phase.action == PhaseAction::Discharge {
        return TaperAdvice { action: TaperAction::Discharge, target: None, rule_ids: phase.rule_ids.clone() };
    }
    let waiting = waiting_for(evaluator, evaluation, standings);
    let down = evaluation.ids(|effect| evaluator.leads_to_next_step(effect), |_| true);
    let long_enough = days::between(evaluator.today().step_began, evaluator.as_of)
        >= i64::from(evaluator.protocol.ladder.step_days_min);
    match evaluator.next_step() {
        Some(next) if waiting.is_empty() && long_enough && !down.is_empty() => {
            TaperAdvice { action: TaperAction::StepDown, target: Some(next), rule_ids: down }
        }
        _ => hold(waiting),
    }
}

/// The rules that lead back one rung, when a regress rule is met.
fn step_back(evaluator: &Evaluator<'_>, evaluation: &Evaluation<'_>) -> Option<Vec<RuleId>> {
    let is_step_back = |effect: &Effect| *effect == Effect::StepBack;
    let has_rule = evaluation.of_kind(is_step_back).next().is_some();
    let mut rule_ids = evaluation.ids(is_step_back, |outcome| outcome == Outcome::Met);
    let leads = if has_rule { !rule_ids.is_empty() } else { evaluator.step_back_outcome() == Outcome::Met };
    rule_ids.extend(evaluation.ids(|effect| matches!(effect, Effect::Regress(_)), |outcome| outcome == Outcome::Met));
    leads.then_some(rule_ids)
}

/// Every rule that holds the rung.
fn waiting_for(evaluator: &Evaluator<'_>, evaluation: &Evaluation<'_>, standings: &[Standing<'_>]) -> Vec<RuleId> {
    let holds = |effect: &Effect, outcome: Outcome| match effect {
        Effect::StepDown { .. } => evaluator.leads_to_next_step(effect) && outcome != Outcome::Met,
        // Only the last rung leads to discharge.
        Effect::TaperDischarge => evaluator.next_step().is_none() && outcome != Outcome::Met,
        Effect::Regress(_) | Effect::ReEvaluate(_) => outcome.may_be_met(),
        _ => false,
    };
    let rules = evaluation.rules.iter().filter(|evaluated| holds(&evaluated.rule.effect, evaluated.outcome));
    let mut ids: Vec<RuleId> = rules.map(|evaluated| evaluated.rule.id.clone()).collect();
    ids.extend(standings.iter().filter(|standing| standing.holds_progress()).map(|standing| standing.rule.id.clone()));
    ids
}

/// Advised visits a week: the rung to go to, the range to begin with, or the rung in force.
pub(super) fn frequency(
    evaluator: &Evaluator<'_>,
    evaluation: &Evaluation<'_>,
    taper: &TaperAdvice,
) -> Option<FrequencyAdvice> {
    let exactly = |step: FrequencyStep, rule_ids: Vec<RuleId>| FrequencyAdvice {
        visits_per_week_min: step.visits_per_week.get(),
        visits_per_week_max: step.visits_per_week.get(),
        visit_minutes: Some(step.minutes.get()),
        rule_ids,
    };
    let today = evaluator.today();
    if today.discharged.is_some() || taper.action == TaperAction::Discharge {
        return None;
    }
    if let Some(target) = taper.target {
        return Some(exactly(target, taper.rule_ids.clone()));
    }
    let begins = match (today.phase, today.step) {
        (None, _) => true,
        (Some(phase), Some(step)) => phase <= Phase::Two && step == 0,
        (Some(_), None) => false,
    };
    let Some(mut advice) = start_range(evaluator, evaluation).filter(|_| begins) else {
        return evaluator.step().map(|step| exactly(step, Vec::new()));
    };
    if let (TaperAction::ReEvaluate, Some(step)) = (taper.action, evaluator.step()) {
        // Never more visits to chase what does not respond.
        advice.visits_per_week_max = advice.visits_per_week_max.min(step.visits_per_week.get());
        advice.visits_per_week_min = advice.visits_per_week_min.min(advice.visits_per_week_max);
    }
    Some(advice)
}

/// The range of the first starting rule that is met.
fn start_range(evaluator: &Evaluator<'_>, evaluation: &Evaluation<'_>) -> Option<FrequencyAdvice> {
    let first = evaluation.rules.iter().filter(|evaluated| evaluated.outcome == Outcome::Met).find_map(|evaluated| {
        let Effect::TaperStart { visits_per_week_min, visits_per_week_max } = evaluated.rule.effect else {
            return None;
        };
        Some((visits_per_week_min, visits_per_week_max, evaluated.rule.id.clone()))
    });
    let (visits_per_week_min, visits_per_week_max, rule_id) = first?;
    let step = evaluator.step().or(evaluator.ladder().first().copied());
    Some(FrequencyAdvice {
        visits_per_week_min,
        visits_per_week_max,
        visit_minutes: step.map(|step| step.minutes.get()),
        rule_ids: vec![rule_id],
    })
}

/// The case does not respond: what to try instead, from every rule that says so.
pub(super) fn non_response(evaluator: &Evaluator<'_>, evaluation: &Evaluation<'_>) -> Option<NonResponse> {
    let mut next: Vec<String> = Vec::new();
    let mut rule_ids = Vec::new();
    for evaluated in evaluation.rules.iter().filter(|evaluated| evaluated.outcome == Outcome::Met) {
        let (Effect::ReEvaluate(codes) | Effect::NonResponse(codes)) = &evaluated.rule.effect else { continue };
        rule_ids.push(evaluated.rule.id.clone());
        for code in codes {
            if !next.contains(code) {
                next.push(code.clone());
            }
        }
    }
    if rule_ids.is_empty() {
        return None;
    }
    let first_visit: Option<Date> = evaluator.facts.visits.first().map(|visit| visit.content.date);
    Some(NonResponse {
        visits_attended: u32::try_from(evaluator.facts.visits.len()).unwrap_or(u32::MAX),
        days_since_first_visit: first_visit.map_or(0, |date| days::between(date, evaluator.as_of)),
        next,
        rule_ids,
    })
}
