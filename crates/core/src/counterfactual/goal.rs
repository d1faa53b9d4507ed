//! What stands between a record and an advice on a day: rules that must be met, rules that must not, days to wait.
//!
//! Nothing is needed exactly when the engine gives the advice; a test holds the two together on random records.

use jiff::civil::Date;

use crate::protocol::rule::{Effect, Permit, Rule, Target, Verb};
use crate::recommend::days;
use crate::recommend::evaluator::{Evaluator, View};
use crate::recommend::kleene::{Outcome, Tally};
use crate::recommend::referrals::Standing;
use crate::recommendation::ReferralStanding;
use crate::record::codes::{ActivityKind, PlanState};
use crate::record::plan::Phase;

use super::remembered::Situation;
use super::{ChangeKind, Goal, Reason};

/// One thing that is still needed.
pub(super) enum Need<'a> {
    /// One of these rules must be met.
    OneOf(Vec<&'a Rule>),
    /// This rule must not be met.
    Not(&'a Rule),
    /// The open referral of this rule must be cleared.
    Cleared(&'a Rule),
    /// The referral of this rule must be excluded, by values seen from this view.
    Excluded(&'a Rule, View),
    /// The speed at which running starts to hurt must be known.
    PainOnset(&'a Rule),
    /// Nothing before this day.
    Until(Date),
    /// Nothing helps, for this reason.
    Never(Reason),
}

/// What a stage of a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aim {
    /// The advice.
    Advice(Goal),
    /// Every gate of phase 4 and every progress rule, as a visit needs it that counts towards discharge.
    DischargeGates,
}

/// Everything that is needed on the evaluator's day.
pub(super) fn needs<'a>(situation: &Situation<'_, 'a>, aim: Aim) -> Vec<Need<'a>> {
    let evaluator = &situation.evaluator;
    let standings = evaluator.standings.get().map(Vec::as_slice).unwrap_or_default();
    match aim {
        Aim::DischargeGates => {
            let rules = evaluator.protocol.rules.iter();
            let gates = rules.filter(|rule| matches!(rule.effect, Effect::Gate(Phase::Four) | Effect::Progress));
            unmet(situation, gates)
        }
        Aim::Advice(Goal::NextPhase) => of_phase(situation, standings, false),
        Aim::Advice(Goal::Discharge) => of_phase(situation, standings, true),
        Aim::Advice(Goal::NextStep) => of_step(situation, standings),
        Aim::Advice(Goal::Running) => of_permission(situation, standings, ActivityKind::Run),
        Aim::Advice(Goal::Stretching) => of_permission(situation, standings, ActivityKind::Stretching),
    }
}

/// Why no change leads to any advice on phase or visits; none while a plan is active.
fn inactive(evaluator: &Evaluator<'_>) -> Option<Reason> {
    if evaluator.today().discharged.is_some() {
        return Some(Reason::Discharged);
    }
    let active = evaluator.today().phase.is_some() && evaluator.plan_state(evaluator.as_of) == PlanState::Active;
    (!active).then_some(Reason::PlanNotActive)
}

fn unmet<'a>(situation: &Situation<'_, 'a>, rules: impl Iterator<Item = &'a Rule>) -> Vec<Need<'a>> {
    let evaluator = &situation.evaluator;
    let applying = rules.filter(|rule| evaluator.applies(rule, evaluator.as_of, None));
    let unmet = applying.filter(|rule| situation.outcome(rule) != Outcome::Met);
    unmet.map(|rule| Need::OneOf(vec![rule])).collect()
}

/// Rules of a kind that are met, or may be: they hold what is to go on.
fn holding<'a>(situation: &Situation<'_, 'a>, is_kind: impl Fn(&Effect) -> bool) -> Vec<Need<'a>> {
    let evaluator = &situation.evaluator;
    let rules = evaluator.protocol.rules.iter().filter(|rule| is_kind(&rule.effect));
    let applying = rules.filter(|rule| evaluator.applies(rule, evaluator.as_of, None));
    applying.filter(|rule| situation.outcome(rule).may_be_met()).map(Need::Not).collect()
}

fn stopping<'a>(standings: &[Standing<'a>]) -> Vec<Need<'a>> {
    let mut needs = Vec::new();
    for standing in standings.iter().filter(|standing| standing.holds_progress()) {
        needs.push(match standing.standing {
            ReferralStanding::CannotExclude => Need::Excluded(standing.rule, standing.view),
            ReferralStanding::Open | ReferralStanding::Cleared => Need::Cleared(standing.rule),
        });
    }
    needs
}

/// To go on from the phase in force, or to be discharged from the last.
fn of_phase<'a>(situation: &Situation<'_, 'a>, standings: &[Standing<'a>], discharge: bool) -> Vec<Need<'a>> {
    let evaluator = &situation.evaluator;
    let phase = match (inactive(evaluator), evaluator.today().phase) {
        (None, Some(phase)) => phase,
        (why, _) => return vec![Need::Never(why.unwrap_or(Reason::PlanNotActive))],
    };
    if discharge != phase.next().is_none() {
        return vec![Need::Never(Reason::LastPhase)];
    }
    let of_kind = |is_kind: &dyn Fn(&Effect) -> bool| -> Vec<&'a Rule> {
        let rules = evaluator.protocol.rules.iter().filter(|rule| is_kind(&rule.effect));
        rules.filter(|rule| evaluator.applies(rule, evaluator.as_of, None)).collect()
    };
    let gates = of_kind(&|effect| *effect == Effect::Gate(phase));
    let last = of_kind(&|effect| discharge && *effect == Effect::TaperDischarge);
    if gates.is_empty() || (discharge && last.is_empty()) {
        return vec![Need::Never(Reason::NoRule)];
    }
    let mut needs = stopping(standings);
    needs.extend(holding(situation, |effect| matches!(effect, Effect::Hold | Effect::Regress(_))));
    let progress = of_kind(&|effect| *effect == Effect::Progress);
    needs.extend(unmet(situation, gates.into_iter().chain(progress).chain(last)));
    needs
}

/// To go down one rung.
fn of_step<'a>(situation: &Situation<'_, 'a>, standings: &[Standing<'a>]) -> Vec<Need<'a>> {
    let evaluator = &situation.evaluator;
    if let Some(why) = inactive(evaluator) {
        return vec![Need::Never(why)];
    }
    if evaluator.step().is_none() || evaluator.next_step().is_none() {
        return vec![Need::Never(Reason::LastStep)];
    }
    let down: Vec<&Rule> = leading_down(evaluator).collect();
    if down.is_empty() {
        return vec![Need::Never(Reason::NoRule)];
    }
    let mut needs = stopping(standings);
    needs.extend(holding(situation, |effect| matches!(effect, Effect::Regress(_) | Effect::ReEvaluate(_))));
    needs.extend(unmet(situation, down.into_iter()));
    // While a step back is advised nothing else is; it is advised while a regress rule is met, and after the phase went
    // back until the visits are decided on.
    let rules = evaluator.protocol.rules.iter().filter(|rule| rule.effect == Effect::StepBack);
    let back: Vec<&Rule> = rules.filter(|rule| evaluator.applies(rule, evaluator.as_of, None)).collect();
    let leads = |rule: &&Rule| {
        let parts = [evaluator.step_back_outcome(), situation.outcome(rule)];
        parts.into_iter().collect::<Tally>().all() == Outcome::Met
    };
    let owed = match back.is_empty() {
        true => evaluator.step_back_outcome() == Outcome::Met,
        false => back.iter().any(leads),
    };
    if owed && evaluator.step_above().is_some() {
        needs.extend(back.iter().map(|rule| Need::Not(rule)));
    }
    let step_days_min = i64::from(evaluator.protocol.ladder.step_days_min);
    let enough = days::after(evaluator.today().step_began, step_days_min);
    if evaluator.as_of < enough {
        needs.push(Need::Until(enough));
    }
    if evaluator.today().phase == Some(Phase::Four) && of_phase(situation, standings, true).is_empty() {
        needs.push(Need::Never(Reason::DischargeAdvised));
    }
    needs
}

/// The rules that lead from the rung in force to the next.
pub(super) fn leading_down<'a, 'e>(evaluator: &'e Evaluator<'a>) -> impl Iterator<Item = &'a Rule> + use<'a, 'e> {
    let leads = |rule: &&Rule| evaluator.leads_to_next_step(&rule.effect);
    let rules = evaluator.protocol.rules.iter().filter(leads);
    rules.filter(|rule| match rule.effect {
        Effect::StepDown { from, .. } => {
            evaluator.step().is_some_and(|step| from <= step.visits_per_week.get())
                && evaluator.applies(rule, evaluator.as_of, None)
        }
        _ => false,
    })
}

/// The permission of a rule, when it is about this activity.
pub(super) fn permit(rule: &Rule, activity: ActivityKind) -> Option<&Permit> {
    match &rule.effect {
        Effect::Permit(permit) => match permit.target {
            Target::Activity(of) if of.is_none_or(|of| of == activity) => Some(permit),
            Target::Activity(_) | Target::Modality(_) => None,
        },
        _ => None,
    }
}

/// That an activity is allowed.
fn of_permission<'a>(
    situation: &Situation<'_, 'a>,
    standings: &[Standing<'a>],
    activity: ActivityKind,
) -> Vec<Need<'a>> {
    let evaluator = &situation.evaluator;
    let draft = evaluator.plan_state(evaluator.as_of) == PlanState::Draft;
    let entry_phase = draft.then(|| evaluator.entry_phase());
    let stops = standings.iter().filter(|standing| standing.is_open_stop());
    let mut needs: Vec<Need<'a>> = stops.map(|standing| Need::Cleared(standing.rule)).collect();
    let (mut allowing, mut allowed) = (Vec::new(), false);
    let mut below_onset: Option<&Rule> = None;
    for rule in &evaluator.protocol.rules {
        let Some(permit) = permit(rule, activity) else { continue };
        if !evaluator.applies(rule, evaluator.as_of, entry_phase) {
            continue;
        }
        let outcome = situation.outcome(rule);
        let counts = match permit.verb {
            Verb::Allow => outcome == Outcome::Met,
            Verb::Limit => outcome != Outcome::Unmet,
            Verb::Block | Verb::Drop | Verb::Notice => false,
        };
        if counts && permit.below_pain_onset {
            below_onset = Some(rule);
        }
        match permit.verb {
            Verb::Block if outcome != Outcome::Unmet => needs.push(Need::Not(rule)),
            Verb::Drop if outcome == Outcome::Met => needs.push(Need::Not(rule)),
            Verb::Allow => {
                allowing.push(rule);
                allowed |= outcome == Outcome::Met;
            }
            Verb::Block | Verb::Drop | Verb::Limit | Verb::Notice => {}
        }
    }
    if allowing.is_empty() {
        needs.push(Need::Never(inactive(evaluator).unwrap_or(Reason::NoRule)));
    } else if !allowed {
        needs.push(Need::OneOf(allowing));
    } else if let Some(rule) = below_onset {
        let onset = evaluator.pain_onset();
        if onset.range.is_none() || onset.shown.is_none() {
            needs.push(Need::PainOnset(rule));
        }
    }
    needs
}

/// What stands between a supposed activity and the permission to do it, at its dose, on the day.
pub(super) fn needs_of_activity<'a>(situation: &Situation<'_, 'a>, kind: &ChangeKind) -> Vec<Need<'a>> {
    let ChangeKind::Activity { activity, minutes, effort_percent, pain_during_max, .. } = kind else {
        return Vec::new();
    };
    let evaluator = &situation.evaluator;
    let standings = evaluator.standings.get().map(Vec::as_slice).unwrap_or_default();
    let needs = of_permission(situation, standings, *activity);
    if !needs.is_empty() {
        return needs;
    }
    let is_more = |dose: Option<u16>, most: Option<u16>| dose.zip(most).is_some_and(|(dose, most)| dose > most);
    for rule in &evaluator.protocol.rules {
        let Some(permit) = permit(rule, *activity) else { continue };
        let counts = evaluator.applies(rule, evaluator.as_of, None)
            && match permit.verb {
                Verb::Allow => situation.outcome(rule) == Outcome::Met,
                Verb::Limit => situation.outcome(rule) != Outcome::Unmet,
                Verb::Block | Verb::Drop | Verb::Notice => false,
            };
        let chosen = permit.pain_max_setting.map(|setting| evaluator.setting(setting).get());
        let pain_max = permit.limits.pain_max.into_iter().chain(chosen).min();
        let is_too_much = is_more(*minutes, permit.limits.minutes_max)
            || is_more(effort_percent.map(u16::from), permit.limits.effort_percent_max.map(u16::from))
            || pain_max.is_some_and(|most| *pain_during_max > most);
        if counts && is_too_much {
            return vec![Need::Never(Reason::NotFound)];
        }
    }
    Vec::new()
}
