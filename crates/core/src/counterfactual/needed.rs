//! Which changes of a path are missed at once: without its value the rule that waits for it does not come out as needed.
//!
//! This spares the whole question for most changes; what is not told here is found out by leaving the change out.

use jiff::civil::Date;

use crate::protocol::rule::{Effect, Rule};
use crate::recommend::evaluator::{Evaluator, View};
use crate::recommend::kleene::Outcome;
use crate::record::Source;
use crate::record::plan::Phase;

use super::apply::is_hypothetical;
use super::goal::Aim;
use super::world::{World, before_decision};
use super::{Change, ChangeKind, Goal};

/// For each change whether it is missed at once.
pub(super) fn missed(world: &mut World<'_>, changes: &[Change], day: Date, goal: Goal) -> Vec<bool> {
    let mut missed = vec![false; changes.len()];
    let mut begin = 0;
    for (place, change) in changes.iter().enumerate() {
        let aim = match change.kind {
            ChangeKind::DecidePhase(_) => Aim::Advice(Goal::NextPhase),
            ChangeKind::DecideStep(_) => Aim::Advice(Goal::NextStep),
            ChangeKind::Visit => Aim::DischargeGates,
            _ => continue,
        };
        let known = before_decision(changes, place);
        let stage = changes.iter().enumerate().take(place).skip(begin);
        of_stage(world, &known, change.date, aim, stage, &mut missed);
        begin = place.saturating_add(1);
    }
    of_stage(world, changes, day, Aim::Advice(goal), changes.iter().enumerate().skip(begin), &mut missed);
    missed
}

fn of_stage<'c>(
    world: &mut World<'_>,
    known: &[Change],
    day: Date,
    aim: Aim,
    stage: impl Iterator<Item = (usize, &'c Change)>,
    missed: &mut [bool],
) {
    world.ask(known, day, |situation| {
        let evaluator = &mut situation.evaluator;
        for (place, change) in stage.filter(|(_, change)| change.date == day) {
            if let Some(missed) = missed.get_mut(place) {
                *missed |= is_missed(evaluator, aim, change);
            }
        }
    });
}

/// Whether a rule that waits for a value is not as the stage needs it without that value.
fn is_missed(evaluator: &mut Evaluator<'_>, aim: Aim, change: &Change) -> bool {
    let ChangeKind::Measure { measure, site, .. } = &change.kind else { return false };
    let protocol = evaluator.protocol;
    let Some(place) = protocol.place_of_measure(*measure) else { return false };
    let taken = evaluator.book.take_out(place, |entry| {
        let ours = matches!(entry.source, Source::Assessment(id) if is_hypothetical(id));
        ours && entry.date == change.date && entry.site == *site
    });
    let Some(number) = taken else { return false };
    evaluator.setbacks_today.take();
    let mut rules = change.rule_ids.iter().filter_map(|rule_id| protocol.rule(rule_id));
    let is_missed = rules.any(|rule| stands_in_the_way(evaluator, aim, rule));
    evaluator.book.put_back(place, number);
    evaluator.setbacks_today.take();
    is_missed
}

/// Whether the aim cannot be reached for this rule; of permissions another rule may allow the same.
fn stands_in_the_way<'a>(evaluator: &Evaluator<'a>, aim: Aim, rule: &'a Rule) -> bool {
    let outcome = || evaluator.outcome(rule, &View::on(evaluator.as_of));
    let phase = evaluator.today().phase;
    let of_phase = matches!(aim, Aim::Advice(Goal::NextPhase | Goal::Discharge));
    let of_step = aim == Aim::Advice(Goal::NextStep);
    let concerns = match &rule.effect {
        Effect::Gate(Phase::Four) if aim == Aim::DischargeGates => true,
        Effect::Gate(of) => of_phase && phase == Some(*of),
        Effect::Progress => of_phase || aim == Aim::DischargeGates,
        Effect::Hold => of_phase,
        Effect::Regress(_) | Effect::Refer(_) => of_phase || of_step,
        Effect::ReEvaluate(_) => of_step,
        effect @ Effect::StepDown { .. } => of_step && evaluator.leads_to_next_step(effect),
        _ => false,
    };
    if !concerns {
        return false;
    }
    match &rule.effect {
        Effect::Refer(refer) => evaluator.standing(rule, refer).is_some_and(|standing| standing.holds_progress()),
        _ if !evaluator.applies(rule, evaluator.as_of, None) => false,
        Effect::Hold | Effect::Regress(_) | Effect::ReEvaluate(_) => outcome().may_be_met(),
        _ => outcome() != Outcome::Met,
    }
}
