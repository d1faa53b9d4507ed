//! The advice in a few plain sentences: the phase, what holds it, the visits, referrals, what to measure.

use taper_core::recommendation::{
    PhaseAction, Recommendation, ReferralMode, ReferralStanding, RuleResult, TaperAction, Verdict,
};

use super::texts::{Texts, how};

/// Values to measure that the summary names; the answer lists all of them.
const MISSING_SHOWN_MAX: usize = 3;

/// Composes the sentences from the advice and the protocol's own sentences.
pub(crate) fn summary(advice: &Recommendation, texts: Texts<'_>) -> String {
    let mut sentences = vec![phase(advice)];
    sentences.extend(holds(advice, &advice.phase_rule_ids, texts));
    sentences.extend(referrals(advice, texts));
    sentences.push(visits(advice));
    if advice.taper_action == TaperAction::Hold {
        sentences.extend(holds(advice, &advice.taper_rule_ids, texts));
    }
    sentences.extend(to_measure(advice));
    sentences.retain(|sentence| !sentence.is_empty());
    sentences.push("The therapist decides.".to_owned());
    let mut unique: Vec<String> = Vec::new();
    for sentence in sentences {
        if !unique.contains(&sentence) {
            unique.push(sentence);
        }
    }
    unique.join(" ")
}

fn phase(advice: &Recommendation) -> String {
    let target = advice
        .phase_target
        .map_or_else(String::new, |phase| phase.number().to_string());
    let Some(in_force) = advice.phase.map(|phase| phase.number()) else {
        return match (advice.discharged, advice.entry_phase) {
            (true, _) => "The plan has ended.".to_owned(),
            (false, Some(entry)) => format!(
                "The plan is a draft; the values allow entry in phase {}.",
                entry.number()
            ),
            (false, None) => "The plan is a draft.".to_owned(),
        };
    };
    match advice.phase_action {
        PhaseAction::Advance => format!("Phase {in_force}: the gates are met; advance to phase {target}."),
        PhaseAction::Hold => format!("Phase {in_force}: stay."),
        PhaseAction::Regress => format!("Phase {in_force}: go back to phase {target}."),
        PhaseAction::Stop => {
            format!("Phase {in_force}: stop; no advance and no hands-on work until the referral is cleared.")
        }
        PhaseAction::Discharge => format!("Phase {in_force}: the plan may end."),
    }
}

/// The sentences of the rules that are not met, or not known to be.
fn holds(advice: &Recommendation, rule_ids: &[String], texts: Texts<'_>) -> Vec<String> {
    let results = rule_ids
        .iter()
        .filter_map(|id| advice.rules.iter().find(|rule| rule.rule_id == *id));
    let sentence = |rule: &RuleResult| match rule.verdict {
        Verdict::Met => texts.rule(&rule.rule_id),
        Verdict::Unmet => format!("Not met: {}", texts.rule(&rule.rule_id)),
        Verdict::Unknown => format!("Not known: {}", texts.rule(&rule.rule_id)),
    };
    let open = |rule: &&RuleResult| rule.verdict != Verdict::Met || advice.phase_action == PhaseAction::Regress;
    results.filter(open).map(sentence).collect()
}

fn referrals(advice: &Recommendation, texts: Texts<'_>) -> Vec<String> {
    let open = advice
        .referrals
        .iter()
        .filter(|referral| referral.standing == ReferralStanding::Open);
    let sentence = |referral: &taper_core::recommendation::ReferralAdvice| {
        let mode = match referral.mode {
            ReferralMode::Stop => "Refer, and stop",
            ReferralMode::InParallel => "Refer beside the treatment",
        };
        format!("{mode}: {}", texts.rule(&referral.rule_id))
    };
    open.map(sentence).collect()
}

fn visits(advice: &Recommendation) -> String {
    let a_week = |visits: u8| {
        if visits == 1 {
            "1 visit a week".to_owned()
        } else {
            format!("{visits} visits a week")
        }
    };
    let target = advice
        .taper_target
        .map_or_else(String::new, |step| a_week(step.visits_per_week.get()));
    let Some(in_force) = advice.step.map(|step| a_week(step.visits_per_week.get())) else {
        return String::new();
    };
    match advice.taper_action {
        TaperAction::StepDown => format!("Visits: from {in_force} down to {target}."),
        TaperAction::Hold => format!("Visits: stay at {in_force}."),
        TaperAction::StepBack => format!("Visits: from {in_force} back up to {target}."),
        TaperAction::ReEvaluate => format!("Visits: {in_force} do not help enough; re-think instead of going on."),
        TaperAction::Discharge => "Visits: none are needed any more.".to_owned(),
    }
}

/// What to measure for the rules that hold the phase or the visits.
fn to_measure(advice: &Recommendation) -> Vec<String> {
    let waited_for = |rule_ids: &[String]| {
        rule_ids
            .iter()
            .any(|id| advice.phase_rule_ids.contains(id) || advice.taper_rule_ids.contains(id))
    };
    let missing = advice.missing.iter().filter(|missing| waited_for(&missing.rule_ids));
    let ways = missing.map(|missing| how(&missing.what)).filter(|way| !way.is_empty());
    ways.take(MISSING_SHOWN_MAX)
        .map(|way| format!("To measure: {way}"))
        .collect()
}
