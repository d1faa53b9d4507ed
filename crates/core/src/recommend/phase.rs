//! What to do about the phase: stop, go back, go on, discharge, or hold.

use crate::protocol::rule::{Effect, RegressTo};
use crate::recommendation::{PhaseAction, RuleId};
use crate::record::codes::PlanState;
use crate::record::plan::Phase;

use super::evaluator::Evaluator;
use super::kleene::Outcome;
use super::referrals::Standing;
use super::rules::Evaluation;

/// The advice on the phase.
pub(super) struct PhaseAdvice {
    pub action: PhaseAction,
    pub target: Option<Phase>,
    pub rule_ids: Vec<RuleId>,
}

impl PhaseAdvice {
    fn new(action: PhaseAction, target: Option<Phase>, rule_ids: Vec<RuleId>) -> Self {
        Self { action, target, rule_ids }
    }
}

/// Decides in the order of advice: stop, back, on.
pub(super) fn advise(
    evaluator: &Evaluator<'_>,
    evaluation: &Evaluation<'_>,
    standings: &[Standing<'_>],
) -> PhaseAdvice {
    let stops: Vec<RuleId> =
        standings.iter().filter(|standing| standing.is_open_stop()).map(|standing| standing.rule.id.clone()).collect();
    if !stops.is_empty() {
        return PhaseAdvice::new(PhaseAction::Stop, None, stops);
    }
    let waiting = waiting_for(evaluator, evaluation, standings);
    let Some(phase) = evaluator.today().phase else {
        return PhaseAdvice::new(PhaseAction::Hold, None, waiting);
    };
    if evaluator.plan_state(evaluator.as_of) != PlanState::Active {
        return PhaseAdvice::new(PhaseAction::Hold, None, waiting);
    }
    if let Some(regress) = regress(phase, evaluation, &waiting) {
        return regress;
    }
    if !waiting.is_empty() || !evaluation.rules.iter().any(|evaluated| is_gate(&evaluated.rule.effect)) {
        return PhaseAdvice::new(PhaseAction::Hold, None, waiting);
    }
    let needed = evaluation.ids(|effect| is_needed(effect, phase), |_| true);
    match phase.next() {
        Some(next) => PhaseAdvice::new(PhaseAction::Advance, Some(next), needed),
        None if evaluation.of_kind(|effect| *effect == Effect::TaperDischarge).next().is_some() => {
            PhaseAdvice::new(PhaseAction::Discharge, None, needed)
        }
        None => PhaseAdvice::new(PhaseAction::Hold, None, waiting),
    }
}

/// Back one phase, or to the first; in the first there is nothing to go back to, only the clock starts again.
fn regress(phase: Phase, evaluation: &Evaluation<'_>, waiting: &[RuleId]) -> Option<PhaseAdvice> {
    let met: Vec<_> = evaluation
        .of_kind(|effect| matches!(effect, Effect::Regress(_)))
        .filter(|evaluated| evaluated.outcome == Outcome::Met)
        .collect();
    if met.is_empty() {
        return None;
    }
    let mut rule_ids: Vec<RuleId> = met.iter().map(|evaluated| evaluated.rule.id.clone()).collect();
    let to_first = met.iter().any(|evaluated| evaluated.rule.effect == Effect::Regress(RegressTo::First));
    let Some(previous) = phase.previous() else {
        rule_ids.extend(waiting.iter().filter(|id| !met.iter().any(|evaluated| evaluated.rule.id == **id)).cloned());
        return Some(PhaseAdvice::new(PhaseAction::Hold, None, rule_ids));
    };
    let target = if to_first { Phase::One } else { previous };
    Some(PhaseAdvice::new(PhaseAction::Regress, Some(target), rule_ids))
}

fn is_gate(effect: &Effect) -> bool {
    matches!(effect, Effect::Gate(_))
}

/// Rules that must be met to go on from a phase.
fn is_needed(effect: &Effect, phase: Phase) -> bool {
    match effect {
        Effect::Gate(of) => *of == phase,
        Effect::Progress => true,
        Effect::TaperDischarge => phase == Phase::Four,
        _ => false,
    }
}

/// Every rule that holds the phase: needed and not met, holding, or a referral that cannot be excluded.
fn waiting_for(evaluator: &Evaluator<'_>, evaluation: &Evaluation<'_>, standings: &[Standing<'_>]) -> Vec<RuleId> {
    let phase = evaluator.today().phase.or(evaluation.entry_phase);
    let mut ids: Vec<RuleId> = Vec::new();
    for evaluated in &evaluation.rules {
        let holds = match &evaluated.rule.effect {
            Effect::Hold | Effect::Regress(_) => evaluated.outcome.may_be_met(),
            Effect::Refer(_) => {
                let of_rule = |standing: &&Standing<'_>| standing.rule.id == evaluated.rule.id;
                standings.iter().find(of_rule).is_some_and(Standing::holds_progress)
            }
            effect => phase.is_some_and(|phase| is_needed(effect, phase)) && evaluated.outcome != Outcome::Met,
        };
        if holds {
            ids.push(evaluated.rule.id.clone());
        }
    }
    ids
}
