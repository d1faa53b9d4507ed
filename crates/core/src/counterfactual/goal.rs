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

use super::Goal;

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
    Never(String),
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
pub(super) fn needs<'a>(evaluator: &Evaluator<'a>, aim: Aim) -> Vec<Need<'a>> {
    let standings = evaluator.standings.get_or_init(|| evaluator.find_referrals());
    match aim {
        Aim::DischargeGates => {
            let rules = evaluator.protocol.rules.iter();
            let gates = rules.filter(|rule| matches!(rule.effect, Effect::Gate(Phase::Four) | Effect::Progress));
            unmet(evaluator, gates)
        }
        Aim::Advice(Goal::NextPhase) => of_phase(evaluator, standings, false),
        Aim::Advice(Goal::Discharge) => of_phase(evaluator, standings, true),
        Aim::Advice(Goal::NextStep) => of_step(evaluator, standings),
        Aim::Advice(Goal::Running) => of_permission(evaluator, standings, ActivityKind::Run),
        Aim::Advice(Goal::Stretching) => of_permission(evaluator, standings, ActivityKind::Stretching),
    }
}

/// Why no change leads to any advice on phase or visits; none while a plan is active.
fn inactive(evaluator: &Evaluator<'_>) -> Option<String> {
    if evaluator.today().discharged.is_some() {
        return Some("discharged".to_owned());
    }
    let active = evaluator.today().phase.is_some() && evaluator.plan_state(evaluator.as_of) == PlanState::Active;
    (!active).then(|| "plan_not_active".to_owned())
}

fn unmet<'a>(evaluator: &Evaluator<'a>, rules: impl Iterator<Item = &'a Rule>) -> Vec<Need<'a>> {
    let today = View::on(evaluator.as_of);
    let applying = rules.filter(|rule| evaluator.applies(rule, evaluator.as_of, None));
    let unmet = applying.filter(|rule| evaluator.outcome(rule, &today) != Outcome::Met);
    unmet.map(|rule| Need::OneOf(vec![rule])).collect()
}

/// Rules of a kind that are met, or may be: they hold what is to go on.
fn holding<'a>(evaluator: &Evaluator<'a>, is_kind: impl Fn(&Effect) -> bool) -> Vec<Need<'a>> {
    let today = View::on(evaluator.as_of);
    let rules = evaluator.protocol.rules.iter().filter(|rule| is_kind(&rule.effect));
    let applying = rules.filter(|rule| evaluator.applies(rule, evaluator.as_of, None));
    applying.filter(|rule| evaluator.outcome(rule, &today).may_be_met()).map(Need::Not).collect()
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
fn of_phase<'a>(evaluator: &Evaluator<'a>, standings: &[Standing<'a>], discharge: bool) -> Vec<Need<'a>> {
    let phase = match (inactive(evaluator), evaluator.today().phase) {
        (None, Some(phase)) => phase,
        (why, _) => return vec![Need::Never(why.unwrap_or_default())],
    };
    if discharge != phase.next().is_none() {
        return vec![Need::Never("last_phase".to_owned())];
    }
    let of_kind = |is_kind: &dyn Fn(&Effect) -> bool| -> Vec<&'a Rule> {
        let rules = evaluator.protocol.rules.iter().filter(|rule| is_kind(&rule.effect));
        rules.filter(|rule| evaluator.applies(rule, evaluator.as_of, None)).collect()
    };
    let gates = of_kind(&|effect| *effect == Effect::Gate(phase));
    let last = of_kind(&|effect| discharge && *effect == Effect::TaperDischarge);
    if gates.is_empty() || (discharge && last.is_empty()) {
        return vec![Need::Never("no_rule".to_owned())];
    }
    let mut needs = stopping(standings);
    needs.extend(holding(evaluator, |effect| matches!(effect, Effect::Hold | Effect::Regress(_))));
    let progress = of_kind(&|effect| *effect == Effect::Progress);
    needs.extend(unmet(evaluator, gates.into_iter().chain(progress).chain(last)));
    needs
}

/// To go down one rung.
fn of_step<'a>(evaluator: &Evaluator<'a>, standings: &[Standing<'a>]) -> Vec<Need<'a>> {
    if let Some(why) = inactive(evaluator) {
        return vec![Need::Never(why)];
    }
    if evaluator.step().is_none() || evaluator.next_step().is_none() {
        return vec![Need::Never("last_step".to_owned())];
    }
    let today = View::on(evaluator.as_of);
    let down: Vec<&Rule> = leading_down(evaluator).collect();
    if down.is_empty() {
        return vec![Need::Never("no_rule".to_owned())];
    }
    let mut needs = stopping(standings);
    needs.extend(holding(evaluator, |effect| matches!(effect, Effect::Regress(_) | Effect::ReEvaluate(_))));
    needs.extend(unmet(evaluator, down.into_iter()));
    // While a step back is advised nothing else is; it is advised while a regress rule is met, and after the phase went
    // back until the visits are decided on.
    let rules = evaluator.protocol.rules.iter().filter(|rule| rule.effect == Effect::StepBack);
    let back: Vec<&Rule> = rules.filter(|rule| evaluator.applies(rule, evaluator.as_of, None)).collect();
    let leads = |rule: &&Rule| {
        let parts = [evaluator.step_back_outcome(), evaluator.outcome(rule, &today)];
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
    if evaluator.today().phase == Some(Phase::Four) && of_phase(evaluator, standings, true).is_empty() {
        needs.push(Need::Never("discharge".to_owned()));
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
fn of_permission<'a>(evaluator: &Evaluator<'a>, standings: &[Standing<'a>], activity: ActivityKind) -> Vec<Need<'a>> {
    let draft = evaluator.plan_state(evaluator.as_of) == PlanState::Draft;
    let entry_phase = draft.then(|| evaluator.entry_phase());
    let today = View::on(evaluator.as_of);
    let stops = standings.iter().filter(|standing| standing.is_open_stop());
    let mut needs: Vec<Need<'a>> = stops.map(|standing| Need::Cleared(standing.rule)).collect();
    let (mut allowing, mut allowed) = (Vec::new(), false);
    let mut below_onset: Option<&Rule> = None;
    for rule in &evaluator.protocol.rules {
        let Some(permit) = permit(rule, activity) else { continue };
        if !evaluator.applies(rule, evaluator.as_of, entry_phase) {
            continue;
        }
        let outcome = evaluator.outcome(rule, &today);
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
        needs.push(Need::Never(inactive(evaluator).unwrap_or("no_rule".to_owned())));
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
