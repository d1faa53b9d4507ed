//! Whether a modality or an activity is advised, and within which limits.

use crate::protocol::rule::{Effect, Permit, Target, Verb};
use crate::recommendation::{ActivityAdvice, Limits, ModalityAdvice, Permission, RuleId};
use crate::record::codes::{ActivityKind, Modality};
use crate::value::{Nprs, Thousandths};

use super::evaluator::Evaluator;
use super::kleene::Outcome;
use super::reading::Observation;
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
        let mut named = Vec::new();
        for permit in self.permits() {
            if let Target::Modality(Some(modality)) = permit.target {
                named.push(modality);
            }
        }
        named.sort_unstable();
        named.dedup();
        named
    }

    fn activities_named(&self) -> Vec<ActivityKind> {
        let mut named = Vec::new();
        for permit in self.permits() {
            if let Target::Activity(Some(activity)) = permit.target {
                named.push(activity);
            }
        }
        named.sort_unstable();
        named.dedup();
        named
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
    let permits = permits(evaluation);
    let advice_on = |modality| {
        let says = says_on_modality(&permits, modality);
        let Advice { permission, limits, notices, rule_ids } = advise(evaluator, &says, standings);
        ModalityAdvice { modality, permission, limits, notices, rule_ids }
    };
    evaluator.modalities().into_iter().map(advice_on).collect()
}

/// One piece of advice for each activity of the protocol.
pub(super) fn activities(
    evaluator: &Evaluator<'_>,
    evaluation: &Evaluation<'_>,
    standings: &[Standing<'_>],
) -> Vec<ActivityAdvice> {
    let permits = permits(evaluation);
    let advice_on = |activity| {
        let says = says_on_activity(&permits, activity);
        let Advice { permission, mut limits, notices, rule_ids } = advise(evaluator, &says, standings);
        limits.conditions.extend(notices.into_iter().filter(|_| permission == Permission::Allowed));
        ActivityAdvice { activity, permission, limits, rule_ids }
    };
    evaluator.activities_named().into_iter().map(advice_on).collect()
}

/// The permission alone of each modality of the protocol.
pub(super) fn of_modalities(
    evaluator: &Evaluator<'_>,
    evaluation: &Evaluation<'_>,
    standings: &[Standing<'_>],
) -> Vec<(Modality, Permission)> {
    let permits = permits(evaluation);
    let of_one = |modality| (modality, permission(evaluator, &says_on_modality(&permits, modality), standings));
    evaluator.modalities().into_iter().map(of_one).collect()
}

/// The permission alone of each activity of the protocol.
pub(super) fn of_activities(
    evaluator: &Evaluator<'_>,
    evaluation: &Evaluation<'_>,
    standings: &[Standing<'_>],
) -> Vec<(ActivityKind, Permission)> {
    let permits = permits(evaluation);
    let of_one = |activity| (activity, permission(evaluator, &says_on_activity(&permits, activity), standings));
    evaluator.activities_named().into_iter().map(of_one).collect()
}

fn says_on_modality<'e>(permits: &[(&'e Permit, &'e Evaluated<'_>)], modality: Modality) -> Vec<Say<'e>> {
    let concerns = |target| matches!(target, Target::Modality(of) if of.is_none_or(|of| of == modality));
    says(permits, concerns, Some(modality))
}

fn says_on_activity<'e>(permits: &[(&'e Permit, &'e Evaluated<'_>)], activity: ActivityKind) -> Vec<Say<'e>> {
    let concerns = |target| matches!(target, Target::Activity(of) if of.is_none_or(|of| of == activity));
    says(permits, concerns, None)
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

/// Stop, block, drop, unknown, allow, not yet: in this order. What is allowed may still wait for a staged test.
fn settled(says: &[Say<'_>], standings: &[Standing<'_>]) -> Permission {
    let any = |verb: Verb, is_such: fn(Outcome) -> bool| {
        says.iter().any(|say| say.permit.verb == verb && is_such(say.outcome))
    };
    if standings.iter().any(Standing::is_open_stop) || any(Verb::Block, is_met) {
        return Permission::Blocked;
    }
    if any(Verb::Drop, is_met) {
        return Permission::NotRepeated;
    }
    let open_question = any(Verb::Allow, is_unknown) && !any(Verb::Allow, |outcome| !is_unknown(outcome));
    if any(Verb::Block, is_unknown) || open_question {
        return Permission::CheckFirst;
    }
    if any(Verb::Allow, is_met) { Permission::Allowed } else { Permission::NotYet }
}

/// The permission alone: that of [`advise`].
fn permission(evaluator: &Evaluator<'_>, says: &[Say<'_>], standings: &[Standing<'_>]) -> Permission {
    let settled = settled(says, standings);
    let asks_for_onset = || says.iter().any(|say| counts(say) && say.permit.below_pain_onset);
    if settled == Permission::Allowed && asks_for_onset() && speed(&evaluator.pain_onset()).is_none() {
        return Permission::CheckFirst;
    }
    settled
}

fn advise(evaluator: &Evaluator<'_>, says: &[Say<'_>], standings: &[Standing<'_>]) -> Advice {
    let such = |verb: Verb, is_such: fn(Outcome) -> bool| -> Vec<RuleId> {
        let such = says.iter().filter(|say| say.permit.verb == verb && is_such(say.outcome));
        such.map(|say| say.rule_id.clone()).collect()
    };
    let permission = settled(says, standings);
    let rule_ids = match permission {
        Permission::Allowed => return allowed(evaluator, says, notices(says)),
        Permission::Blocked => {
            let stops = standings.iter().filter(|standing| standing.is_open_stop());
            let stops: Vec<RuleId> = stops.map(|standing| standing.rule.id.clone()).collect();
            if stops.is_empty() { such(Verb::Block, is_met) } else { stops }
        }
        Permission::NotRepeated => such(Verb::Drop, is_met),
        Permission::CheckFirst => {
            such(Verb::Block, is_unknown).into_iter().chain(such(Verb::Allow, is_unknown)).collect()
        }
        Permission::NotYet => such(Verb::Allow, |_| true),
    };
    Advice { permission, limits: Limits::default(), notices: notices(says), rule_ids }
}

fn is_met(outcome: Outcome) -> bool {
    outcome == Outcome::Met
}

fn is_unknown(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Unknown { .. })
}

/// The speed that running stays below, when it counts.
fn speed(onset: &Observation) -> Option<i64> {
    onset.range.and(onset.shown)
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
        match speed(&onset) {
            Some(speed) if onset.at_least => limits.speed_kmh_max = Some(Thousandths(speed)),
            Some(speed) => limits.speed_kmh_below = Some(Thousandths(speed)),
            // Without a staged test there is no speed to stay below.
            None => permission = Permission::CheckFirst,
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
