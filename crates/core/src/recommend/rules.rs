//! Every rule that applies on the day, each evaluated once, with what led to its outcome.

use std::sync::Arc;

use crate::protocol::criterion::{Quantity, Test};
use crate::protocol::fact::Fact;
use crate::protocol::rule::{Effect, Rule, Target};
use crate::recommendation::{Comparison, CriterionResult, RuleId, RuleResult};
use crate::record::codes::{Modality, PlanState};
use crate::record::plan::Phase;

use super::evaluator::{Evaluator, View};
use super::kleene::{Outcome, Tally};
use super::referrals::Standing;

/// How much of a rule is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// Every criterion, with what was observed.
    Criteria,
    /// No more than settles the outcome; the result tells no criteria.
    Outcome,
}

/// One rule that applies, and how it came out.
pub(super) struct Evaluated<'a> {
    pub rule: &'a Rule,
    pub outcome: Outcome,
    /// The outcome for each modality, where the rule asks how the modality went so far.
    pub per_modality: Vec<(Modality, Outcome)>,
    pub result: RuleResult,
}

/// Every rule that applies on the day, in the order of the document.
pub(super) struct Evaluation<'a> {
    pub rules: Vec<Evaluated<'a>>,
    /// Draft plans: the highest phase whose predecessors' gates are met.
    pub entry_phase: Option<Phase>,
}

impl<'a> Evaluation<'a> {
    /// Rules of one kind, with their outcome.
    pub(super) fn of_kind<'s>(
        &'s self,
        is_kind: impl Fn(&Effect) -> bool + 's,
    ) -> impl Iterator<Item = &'s Evaluated<'a>> + 's {
        self.rules.iter().filter(move |evaluated| is_kind(&evaluated.rule.effect))
    }

    /// Ids of the rules of one kind whose outcome is such.
    pub(super) fn ids(&self, is_kind: impl Fn(&Effect) -> bool, is_such: impl Fn(Outcome) -> bool) -> Vec<RuleId> {
        let such = self.rules.iter().filter(|evaluated| is_kind(&evaluated.rule.effect) && is_such(evaluated.outcome));
        such.map(|evaluated| evaluated.rule.id.clone()).collect()
    }
}

impl<'a> Evaluator<'a> {
    /// Evaluates every rule of such kinds that applies on the day of the recommendation.
    pub(super) fn evaluate(&self, detail: Detail, is_such: impl Fn(&Effect) -> bool) -> Evaluation<'a> {
        let entry_phase = (self.plan_state(self.as_of) == PlanState::Draft).then(|| self.entry_phase());
        let concerns = |rule: &&Rule| {
            is_such(&rule.effect)
                && self.concerns_today(&rule.effect)
                && (self.applies(rule, self.as_of, entry_phase) || self.found_standing(rule).is_some())
        };
        let mut rules = Vec::with_capacity(self.protocol.rules.len());
        rules.extend(self.protocol.rules.iter().filter(concerns).map(|rule| self.evaluate_rule(rule, detail)));
        Evaluation { rules, entry_phase }
    }

    /// The highest phase whose predecessors' gates are all met.
    pub(crate) fn entry_phase(&self) -> Phase {
        let mut phase = Phase::One;
        while self.gates_outcome(phase, &View::on(self.as_of)) == Some(Outcome::Met) {
            let Some(next) = phase.next() else { break };
            phase = next;
        }
        phase
    }

    /// Rules about an active plan are left out of a draft and after discharge, gates of other phases always.
    fn concerns_today(&self, effect: &Effect) -> bool {
        let phase = self.today().phase;
        match effect {
            Effect::Gate(of) => phase == Some(*of) || self.plan_state(self.as_of) == PlanState::Draft,
            Effect::Progress
            | Effect::Hold
            | Effect::Regress(_)
            | Effect::StepBack
            | Effect::ReEvaluate(_)
            | Effect::NonResponse(_) => phase.is_some(),
            Effect::StepDown { from, .. } => self.step().is_some_and(|step| *from <= step.visits_per_week.get()),
            Effect::TaperDischarge => phase == Some(Phase::Four) || (phase.is_some() && self.next_step().is_none()),
            Effect::Refer(_)
            | Effect::Grade(_)
            | Effect::TaperStart { .. }
            | Effect::Permit(_)
            | Effect::Item { .. }
            | Effect::Review { .. } => true,
        }
    }

    fn evaluate_rule(&self, rule: &'a Rule, detail: Detail) -> Evaluated<'a> {
        let today = View::on(self.as_of);
        match &rule.effect {
            Effect::Refer(_) => self.evaluate_referral(rule, detail),
            Effect::StepBack => {
                let mut evaluated = self.evaluate_plainly(rule, &today, detail);
                let parts = [self.step_back_outcome(), evaluated.outcome];
                evaluated.outcome = parts.into_iter().collect::<Tally>().all();
                evaluated.result.verdict = evaluated.outcome.verdict();
                evaluated
            }
            Effect::Permit(permit) => match permit.target {
                Target::Modality(None) if asks_for_result(rule) => self.evaluate_per_modality(rule, detail),
                Target::Modality(modality) => self.evaluate_plainly(rule, &View { modality, ..today }, detail),
                Target::Activity(_) => self.evaluate_plainly(rule, &today, detail),
            },
            _ => self.evaluate_plainly(rule, &today, detail),
        }
    }

    fn evaluate_plainly(&self, rule: &'a Rule, view: &View, detail: Detail) -> Evaluated<'a> {
        let (outcome, result) = match detail {
            Detail::Criteria => self.explain(rule, view),
            Detail::Outcome => {
                let outcome = self.outcome(rule, view);
                (outcome, result(rule, outcome, Vec::new()))
            }
        };
        Evaluated { rule, outcome, per_modality: Vec::new(), result }
    }

    /// A referral that stays open is explained as it was when it was first met.
    fn evaluate_referral(&self, rule: &'a Rule, detail: Detail) -> Evaluated<'a> {
        let view = self.found_standing(rule).map_or(View::on(self.as_of), |standing| standing.view);
        self.evaluate_plainly(rule, &view, detail)
    }

    /// Where the referral of a rule stands; a latched one that is open stays in the answer though its rule applies no more.
    fn found_standing(&self, rule: &Rule) -> Option<&Standing<'a>> {
        let standings = self.standings.get().map(Vec::as_slice).unwrap_or_default();
        standings.iter().find(|standing| standing.rule.id == rule.id)
    }

    /// Of the modalities only those are explained that were tried and noted; all others come out alike.
    fn evaluate_per_modality(&self, rule: &'a Rule, detail: Detail) -> Evaluated<'a> {
        let mut per_modality = Vec::new();
        let mut criteria = Vec::new();
        let tried = self.modalities_tried();
        let untried = self.evaluate_plainly(rule, &View::on(self.as_of), detail);
        for modality in self.modalities() {
            let view = View { modality: Some(modality), ..View::on(self.as_of) };
            let own = tried.contains(&modality).then(|| self.evaluate_plainly(rule, &view, detail));
            let evaluated = own.as_ref().unwrap_or(&untried);
            per_modality.push((modality, evaluated.outcome));
            if evaluated.outcome != Outcome::Unmet {
                for criterion in &evaluated.result.criteria {
                    let path = format!("{modality}:{}", criterion.path);
                    let comparison = Arc::new(Comparison { path, ..criterion.comparison.as_ref().clone() });
                    criteria.push(CriterionResult { comparison, ..criterion.clone() });
                }
            }
        }
        let outcome = per_modality.iter().map(|(_, outcome)| *outcome).collect::<Tally>().any();
        Evaluated { rule, outcome, per_modality, result: result(rule, outcome, criteria) }
    }
}

fn result(rule: &Rule, outcome: Outcome, criteria: Vec<CriterionResult>) -> RuleResult {
    RuleResult { rule_id: rule.id.clone(), verdict: outcome.verdict(), criteria, evidence: Arc::clone(&rule.evidence) }
}

/// Rules that the advice on phase and visits follows from.
pub(super) fn is_about_phase_or_visits(effect: &Effect) -> bool {
    match effect {
        Effect::Gate(_)
        | Effect::Progress
        | Effect::Hold
        | Effect::Regress(_)
        | Effect::Refer(_)
        | Effect::StepDown { .. }
        | Effect::TaperDischarge
        | Effect::StepBack
        | Effect::ReEvaluate(_) => true,
        Effect::Grade(_)
        | Effect::TaperStart { .. }
        | Effect::Permit(_)
        | Effect::Item { .. }
        | Effect::Review { .. }
        | Effect::NonResponse(_) => false,
    }
}

/// Rules that a patient notices: those, and what may be done.
pub(super) fn is_noticed(effect: &Effect) -> bool {
    is_about_phase_or_visits(effect) || matches!(effect, Effect::Permit(_))
}

fn asks_for_result(rule: &Rule) -> bool {
    let criteria = rule.test.as_ref().map(Test::criteria).unwrap_or_default();
    criteria.iter().any(|criterion| criterion.quantity == Quantity::Fact(Fact::ModalityResult))
}
