//! Whether a modality or an activity is advised, and within which limits.

use crate::protocol::rule::{Effect, Permit, Target, Verb};
use crate::recommendation::{ActivityAdvice, Limits, ModalityAdvice, Permission, RuleId};
use crate::record::codes::{ActivityKind, Modality};
use crate::value::{Nprs, Thousandths};

use super::evaluator::Evaluator;
use super::kleene::Outcome;
use super::referrals::Standing;
use super::rules::{Evaluated, Evaluation};

/// A rule on one target, and how it came out for it.
struct Say<'e> {
    rule_id: &'e RuleId,
    permit: &'e Permit,
    outcome: Outcome,
}

/// What the rules say together about one target.
struct Advice {
    permission: Permission,
    limits: Limits,
    notices: Vec<String>,
    rule_ids: Vec<RuleId>,
}

impl Evaluator<'_> {
    /// Every modality that a rule of the protocol names, in the order of the list of codes.
    pub(super) fn modalities(&self) -> Vec<Modality> {
        let named =
            |modality: &Modality| self.permits().any(|permit| permit.target == Target::Modality(Some(*modality)));
        Modality::ALL.iter().copied().filter(named).collect()
    }

    fn activities_named(&self) -> Vec<ActivityKind> {
        let named =
            |activity: &ActivityKind| self.permits().any(|permit| permit.target == Target::Activity(Some(*activity)));
        ActivityKind::ALL.iter().copied().filter(named).collect()
    }

    fn permits(&self) -> impl Iterator<Item = &Permit> {
        self.protocol.rules.iter().filter_map(|rule| match &rule.effect {
            Effect::Permit(permit) => Some(permit),
            _ => None,
        })
    }
}

/// One piece of advice for each modality of the protocol.
pub(super) fn modalities(
    evaluator: &Evaluator<'_>,
    evaluation: &Evaluation<'_>,
    standings: &[Standing<'_>],
) -> Vec<ModalityAdvice> {
    let (named, permits) = (evaluator.modalities(), permits(evaluation));
    named
        .into_iter()
        .map(|modality| {
            let says = says(
                &permits,
                |target| matches!(target, Target::Modality(of) if of.is_none_or(|of| of == modality)),
                Some(modality),
            );
            let Advice { permission, limits, notices, rule_ids } = advise(evaluator, &says, standings);
            ModalityAdvice { modality, permission, limits, notices, rule_ids }
        })
        .collect()
}

/// One piece of advice for each activity of the protocol.
pub(super) fn activities(
    evaluator: &Evaluator<'_>,
    evaluation: &Evaluation<'_>,
    standings: &[Standing<'_>],
) -> Vec<ActivityAdvice> {
    let (named, permits) = (evaluator.activities_named(), permits(evaluation));
    named
        .into_iter()
        .map(|activity| {
            let says = says(
                &permits,
                |target| matches!(target, Target::Activity(of) if of.is_none_or(|of| of == activity)),
                None,
            );
            let Advice { permission, mut limits, notices, rule_ids } = advise(evaluator, &says, standings);
            limits.conditions.extend(notices.into_iter().filter(|_| permission == Permission::Allowed));
            ActivityAdvice { activity, permission, limits, rule_ids }
        })
        .collect()
}

/// The rules on modalities and activities, each with its permit.
fn permits<'e>(evaluation: &'e Evaluation<'_>) -> Vec<(&'e Permit, &'e Evaluated<'e>)> {
    let mut permits: Vec<(&Permit, &Evaluated<'_>)> = Vec::new();
    for evaluated in &evaluation.rules {
        if let Effect::Permit(permit) = &evaluated.rule.effect {
            permits.push((permit, evaluated));
        }
    }
    permits
}

fn says<'e>(
    permits: &[(&'e Permit, &'e Evaluated<'_>)],
    concerns: impl Fn(Target) -> bool,
    modality: Option<Modality>,
) -> Vec<Say<'e>> {
    let outcome_for = |evaluated: &Evaluated<'_>| {
        let own = evaluated.per_modality.iter().find(|(of, _)| Some(*of) == modality);
        own.map_or(evaluated.outcome, |(_, outcome)| *outcome)
    };
    let mut found = Vec::new();
    for (permit, evaluated) in permits {
        if concerns(permit.target) {
            found.push(Say { rule_id: &evaluated.rule.id, permit, outcome: outcome_for(evaluated) });
        }
    }
    found
}

/// Stop, block, drop, unknown, allow, not yet: in this order.
fn advise(evaluator: &Evaluator<'_>, says: &[Say<'_>], standings: &[Standing<'_>]) -> Advice {
    let such = |verb: Verb, is_such: &dyn Fn(Outcome) -> bool| -> Vec<RuleId> {
        let such = says.iter().filter(|say| say.permit.verb == verb && is_such(say.outcome));
        such.map(|say| say.rule_id.clone()).collect()
    };
    let met = |outcome: Outcome| outcome == Outcome::Met;
    let unknown = |outcome: Outcome| matches!(outcome, Outcome::Unknown { .. });
    let notices = notices(says);
    let without_limits =
        |permission, rule_ids| Advice { permission, limits: Limits::default(), notices: notices.clone(), rule_ids };
    let stops: Vec<RuleId> =
        standings.iter().filter(|standing| standing.is_open_stop()).map(|standing| standing.rule.id.clone()).collect();
    if !stops.is_empty() {
        return without_limits(Permission::Blocked, stops);
    }
    let blocks = such(Verb::Block, &met);
    if !blocks.is_empty() {
        return without_limits(Permission::Blocked, blocks);
    }
    let drops = such(Verb::Drop, &met);
    if !drops.is_empty() {
        return without_limits(Permission::NotRepeated, drops);
    }
    let allows = such(Verb::Allow, &|_| true);
    let unknown_allows = such(Verb::Allow, &unknown);
    let unknown_blocks = such(Verb::Block, &unknown);
    let open_question = !allows.is_empty() && unknown_allows.len() == allows.len();
    if !unknown_blocks.is_empty() || open_question {
        let rule_ids = unknown_blocks.into_iter().chain(unknown_allows).collect();
        return without_limits(Permission::CheckFirst, rule_ids);
    }
    if such(Verb::Allow, &met).is_empty() {
        return without_limits(Permission::NotYet, allows);
    }
    allowed(evaluator, says, notices)
}

/// What counts for the limits: rules that allow and are met; limits also while it is UNKNOWN whether they are met.
fn counts(say: &Say<'_>) -> bool {
    match say.permit.verb {
        Verb::Allow => say.outcome == Outcome::Met,
        Verb::Limit => say.outcome != Outcome::Unmet,
        Verb::Block | Verb::Drop | Verb::Notice => false,
    }
}

fn allowed(evaluator: &Evaluator<'_>, says: &[Say<'_>], notices: Vec<String>) -> Advice {
    let counting: Vec<&Say<'_>> = says.iter().filter(|say| counts(say)).collect();
    let rule_ids = counting.iter().map(|say| say.rule_id.clone()).collect();
    let mut limits = Limits::default();
    for say in &counting {
        merge(&mut limits, &say.permit.limits);
        let chosen = say.permit.pain_max_setting.map(|setting| evaluator.setting(setting)).map(Nprs::get);
        limits.pain_max = least(limits.pain_max, chosen);
    }
    limits.areas = areas(&counting);
    limits.minutes_min = limits.minutes_min.map(|least| limits.minutes_max.map_or(least, |most| least.min(most)));
    let mut permission = Permission::Allowed;
    if counting.iter().any(|say| say.permit.below_pain_onset) {
        let onset = evaluator.pain_onset();
        match (onset.range, onset.shown) {
            (Some(_), Some(speed)) if onset.at_least => limits.speed_kmh_max = Some(Thousandths(speed)),
            (Some(_), Some(speed)) => limits.speed_kmh_below = Some(Thousandths(speed)),
            // Without a staged test there is no speed to stay below.
            _ => permission = Permission::CheckFirst,
        }
    }
    Advice { permission, limits, notices, rule_ids }
}

/// Notices of the rules that count, each once.
fn notices(says: &[Say<'_>]) -> Vec<String> {
    let mut notices: Vec<String> = Vec::new();
    for say in says.iter().filter(|say| counts(say) || (say.permit.verb == Verb::Notice && say.outcome == Outcome::Met))
    {
        for notice in &say.permit.notices {
            if !notices.contains(notice) {
                notices.push(notice.clone());
            }
        }
    }
    notices
}

/// The areas of the limits, where there are such; otherwise those of the rules that allow.
fn areas(counting: &[&Say<'_>]) -> Vec<String> {
    let of_verb = |verb: Verb| -> Vec<String> {
        let mut areas: Vec<String> = Vec::new();
        for say in counting.iter().filter(|say| say.permit.verb == verb) {
            for area in &say.permit.limits.areas {
                if !areas.contains(area) {
                    areas.push(area.clone());
                }
            }
        }
        areas
    };
    let limited = of_verb(Verb::Limit);
    if limited.is_empty() { of_verb(Verb::Allow) } else { limited }
}

/// The strictest of both.
fn merge(limits: &mut Limits, other: &Limits) {
    limits.minutes_min = limits.minutes_min.max(other.minutes_min);
    limits.minutes_max = least(limits.minutes_max, other.minutes_max);
    limits.times_per_day_max = least(limits.times_per_day_max, other.times_per_day_max);
    limits.times_per_week_max = least(limits.times_per_week_max, other.times_per_week_max);
    limits.pain_max = least(limits.pain_max, other.pain_max);
    limits.effort_percent_max = least(limits.effort_percent_max, other.effort_percent_max);
    for condition in &other.conditions {
        if !limits.conditions.contains(condition) {
            limits.conditions.push(condition.clone());
        }
    }
}

fn least<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
