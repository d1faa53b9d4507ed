//! The advice in a few plain sentences: the phase, what holds it, the visits, referrals, what to measure.

use taper_core::recommendation::{PhaseAction, Recommendation, ReferralMode, ReferralStanding, TaperAction, Verdict};

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
    let target = advice.phase_target.map_or_else(String::new, |phase| phase.number().to_string());
    let Some(in_force) = advice.phase.map(|phase| phase.number()) else {
        return match (advice.discharged, advice.entry_phase) {
            (true, _) => "The plan has ended.".to_owned(),
            (false, Some(entry)) => format!("The plan is a draft; the values allow entry in phase {}.", entry.number()),
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

/// The sentences of the rules that are not met or not known to be; a setback is told by the rule that is met.
/// Referrals have sentences of their own.
fn holds(advice: &Recommendation, rule_ids: &[String], texts: Texts<'_>) -> Vec<String> {
    let mut sentences = Vec::new();
    for rule in advice.rules.iter().filter(|rule| rule_ids.contains(&rule.rule_id)) {
        if advice.referrals.iter().any(|referral| referral.rule_id == rule.rule_id) {
            continue;
        }
        let text = texts.rule(&rule.rule_id);
        match rule.verdict {
            Verdict::Met if advice.phase_action == PhaseAction::Regress => sentences.push(text),
            Verdict::Met => {}
            Verdict::Unmet => sentences.push(format!("Not met: {text}")),
            Verdict::Unknown => sentences.push(format!("Not known: {text}")),
        }
    }
    sentences
}

/// What is open, each with its rule; what cannot be excluded, in one sentence.
fn referrals(advice: &Recommendation, texts: Texts<'_>) -> Vec<String> {
    let mut sentences = Vec::new();
    let mut not_excluded = 0;
    for referral in &advice.referrals {
        let text = texts.rule(&referral.rule_id);
        match (referral.standing, referral.mode) {
            (ReferralStanding::Open, ReferralMode::Stop) => sentences.push(format!("Refer, and stop: {text}")),
            (ReferralStanding::Open, ReferralMode::InParallel) => {
                sentences.push(format!("Refer beside the treatment: {text}"));
            }
            (ReferralStanding::CannotExclude, _) => not_excluded += 1,
            (ReferralStanding::Cleared, _) => {}
        }
    }
    match not_excluded {
        0 => {}
        1 => sentences.push("One reason to refer cannot be excluded: complete the red-flag screen.".to_owned()),
        more => sentences.push(format!("{more} reasons to refer cannot be excluded: complete the red-flag screen.")),
    }
    sentences
}

fn visits(advice: &Recommendation) -> String {
    let a_week = |visits: u8| {
        if visits == 1 { "1 visit a week".to_owned() } else { format!("{visits} visits a week") }
    };
    let target = advice.taper_target.map_or_else(String::new, |step| a_week(step.visits_per_week.get()));
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

/// What to measure for the rules that hold the phase or the visits; the red-flag screen is told of once.
fn to_measure(advice: &Recommendation) -> Vec<String> {
    let held = advice.phase_rule_ids.iter().chain(&advice.taper_rule_ids);
    let is_referral = |id: &String| advice.referrals.iter().any(|referral| referral.rule_id == *id);
    let waiting: Vec<&String> = held.filter(|id| !is_referral(id)).collect();
    let missing = advice.missing.iter().filter(|missing| missing.rule_ids.iter().any(|id| waiting.contains(&id)));
    let ways = missing.map(|missing| how(&missing.what)).filter(|way| !way.is_empty());
    ways.take(MISSING_SHOWN_MAX).map(|way| format!("To measure: {way}")).collect()
}
